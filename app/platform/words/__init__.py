"""Codes, and the words that people read for them."""
