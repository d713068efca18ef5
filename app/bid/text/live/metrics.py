"""What /metrics shows of live editing."""

from prometheus_client import Counter, Gauge, Histogram

rooms = Gauge("cobid_live_rooms", "Sections open, counted once for each process", multiprocess_mode="livesum")
sockets = Gauge("cobid_live_sockets", "Live editing connections", multiprocess_mode="livesum")
updates = Counter("cobid_live_updates", "Updates taken in")
refused = Counter("cobid_live_refused", "What was not taken, by reason", ["reason"])
commits = Counter("cobid_live_commits", "Group commits")
commit_seconds = Histogram(
    "cobid_live_commit_seconds", "Time of a group commit", buckets=(0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 2)
)
resyncs = Counter("cobid_live_resyncs", "Slow readers whose queue was dropped")
