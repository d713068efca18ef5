"""Contributions, expectations, the honesty round, reconciliation, acknowledgements."""
