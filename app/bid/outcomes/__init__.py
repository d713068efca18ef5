"""What the bid promises to change."""
