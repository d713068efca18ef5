"""Finding calls: filters, orders, the sector's own words, and what fits an organisation."""
