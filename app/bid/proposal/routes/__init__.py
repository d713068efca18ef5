"""Proposals and partners over HTTP."""
