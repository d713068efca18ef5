"""The bid over HTTP in every format: drafts, editions, the annex, private schedules, the pack, and the public check."""
