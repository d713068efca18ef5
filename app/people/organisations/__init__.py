"""Organisations: the directory, members, their roles and invitations."""
