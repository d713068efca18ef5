"""People and organisations, and how they reach the service."""
