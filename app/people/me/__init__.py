"""A signed-in person's own account: reading it, changing it, taking the data along, erasing it."""
