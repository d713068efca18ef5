"""Cobid: joint bids that every partner really agreed to."""
