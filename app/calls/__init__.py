"""What commissioners ask for, written here or found elsewhere."""
