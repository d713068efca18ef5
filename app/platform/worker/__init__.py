"""Work beside the requests: the outbox's relay, the job queue's tasks, and mail."""
