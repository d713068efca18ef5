"""The bid document: the proposal as the frozen value that partners sign, and what goes into it."""
