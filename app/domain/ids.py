"""Identifiers are UUIDv7 strings made by the application, canonical (lower case, hyphens) everywhere in Python."""

Id = str
