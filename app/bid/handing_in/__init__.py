"""Submitting, lodging, and what becomes of versions."""
