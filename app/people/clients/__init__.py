"""OAuth2 clients of an organisation."""
