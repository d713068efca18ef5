"""What every room stands on: HTTP, access, the database, words, rich text, the worker."""
