"""Organisations: the directory, members and their roles."""
