"""Cobid: joint bids that every partner really agreed to."""

VERSION = "0.1.0"
