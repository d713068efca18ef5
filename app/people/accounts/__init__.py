"""People: registration, sign-in and passwords."""
