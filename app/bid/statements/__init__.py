"""Formal statements of each partner, and claims of confidentiality."""
