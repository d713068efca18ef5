"""How documents look: an organisation's own, and what a call asks of every bid for it."""
