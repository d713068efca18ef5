"""People: registration, sign-in, passwords, and what waits for them."""
