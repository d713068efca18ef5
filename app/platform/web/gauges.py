"""The families of `/metrics` that are read when somebody asks: the work beside the requests, and which version runs."""

from collections.abc import Iterable

from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from app.platform.worker.tallies import Standing


def of(standing: Standing | None, version: str) -> CollectorRegistry:
    """None: the database did not answer."""
    registry = CollectorRegistry()
    registry.register(_Now(standing, version))
    return registry


class _Now(Collector):
    def __init__(self, standing: Standing | None, version: str) -> None:
        self._standing, self._version = standing, version

    def collect(self) -> Iterable[Metric]:
        info = GaugeMetricFamily("cobid_info", "Which version runs.", labels=["version"])
        info.add_metric([self._version], 1)
        yield info
        now = self._standing
        yield GaugeMetricFamily("cobid_database_up", "1 when the database answered.", value=int(now is not None))
        if now is None:
            return
        yield GaugeMetricFamily("cobid_jobs_waiting", "Jobs whose time has come.", value=now.jobs_waiting)
        yield GaugeMetricFamily("cobid_jobs_retrying", "Jobs that failed and are tried again.", value=now.jobs_retrying)
        yield GaugeMetricFamily("cobid_jobs_failed", "Jobs that were given up.", value=now.jobs_failed)
        yield GaugeMetricFamily(
            "cobid_oldest_job_seconds", "For how long the oldest job waits.", value=now.oldest_job_seconds
        )
        mails = CounterMetricFamily("cobid_mails", "Mails handed over, and tries that failed.", labels=["result"])
        mails.add_metric(["sent"], now.mails_sent)
        mails.add_metric(["failed"], now.mails_failed)
        yield mails
        if now.worker_seen_seconds is not None:
            yield GaugeMetricFamily(
                "cobid_worker_seen_seconds", "Since a worker last gave a sign of life.", value=now.worker_seen_seconds
            )
