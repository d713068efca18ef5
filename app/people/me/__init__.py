"""What a signed-in person reads of itself, changes, takes along, and has erased."""
