"""Saved searches: an organisation's own question, asked again for it, by mail, in a feed reader and in a calendar."""
