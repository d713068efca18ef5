"""The workspace without a browser: its parts, the contract, what it keeps apart."""
