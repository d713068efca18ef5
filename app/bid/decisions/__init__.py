"""Motions, votes, proxies, counting, and what a decision carries out."""
