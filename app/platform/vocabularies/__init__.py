"""The codes of the contract with their plain words, over HTTP."""
