"""Areas by their official codes, and how areas that are named differently meet."""
