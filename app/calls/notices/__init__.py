"""Notices from elsewhere: open contracting data in."""
