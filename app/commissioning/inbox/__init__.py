"""The feed of submissions, receipts and outcomes."""
