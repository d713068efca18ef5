"""Proposals and their partners: starting a bid, inviting, accepting, leaving, and what each reader sees of it."""
