"""Scoped loads and locks: the only way in."""
