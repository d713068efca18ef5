"""The web workspace: pages for people, which call the public API and know nothing else of the service."""
