"""Calls: their lots, questions, terms, amendments and deadlines."""
