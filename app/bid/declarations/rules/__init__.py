"""Rules of declarations: what one must be like, who sees what of it, and how all are compared."""
