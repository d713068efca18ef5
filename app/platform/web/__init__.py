"""The HTTP edge: one way for every request."""
