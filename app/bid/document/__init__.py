"""The bid document: the proposal as the frozen value that is signed, and what it is made of."""
