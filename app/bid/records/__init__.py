"""The rows of the aggregate, the statement that loads it whole, and who sees what, as SQL."""
