"""Readiness, editions as they are signed, signatures."""
