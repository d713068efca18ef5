"""Facilitators, difficulties, people on two sides, suggestions."""
