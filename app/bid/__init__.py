"""One joint bid: a room for each thing of it."""
