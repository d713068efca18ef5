"""Webhooks: signed messages to a system of an organisation's own, saying that there is something new to read."""
