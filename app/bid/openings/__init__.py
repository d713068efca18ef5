"""Roles that a bid offers to organisations outside it."""
