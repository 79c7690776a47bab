"""Counts of what was asked and how it went, as Prometheus reads them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from khabar.serve.pool import Tally

MEDIA = "text/plain; version=0.0.4; charset=utf-8"
_BOUNDS = (0.005, 0.02, 0.1, 0.5, 2.0, 10.0, 60.0)


class Metrics:
    """Requests by route and status, and how long their answers took to begin, in seconds."""

    def __init__(self) -> None:
        self._requests = Counter[tuple[str, int]]()
        self._times = Counter[tuple[str, float]]()
        self._seconds = Counter[str]()
        self.documents = 0

    def note(self, route: str, status: int, seconds: float) -> None:
        """Count one answer."""
        self._requests[route, status] += 1
        self._seconds[route] += seconds  # type: ignore[assignment]
        for bound in (*_BOUNDS, float("inf")):
            if seconds <= bound:
                self._times[route, bound] += 1

    def text(self, state: Mapping[str, int], tally: Tally, snapshot: int) -> str:
        """All metrics in the text format of Prometheus."""
        lines = _family("khabar_requests_total", "counter", "Answers by route and status.")
        lines += [
            f'khabar_requests_total{{route="{route}",status="{status}"}} {count}'
            for (route, status), count in sorted(self._requests.items())
        ]
        lines += _family("khabar_request_seconds", "histogram", "Time until an answer begins.")
        for route in sorted(self._seconds):
            for bound in (*_BOUNDS, float("inf")):
                name = "+Inf" if bound == float("inf") else f"{bound:g}"
                count = self._times[route, bound]
                lines.append(f'khabar_request_seconds_bucket{{route="{route}",le="{name}"}} {count}')
            lines.append(f'khabar_request_seconds_sum{{route="{route}"}} {self._seconds[route]:.6f}')
            total = self._times[route, float("inf")]
            lines.append(f'khabar_request_seconds_count{{route="{route}"}} {total}')
        lines += _family("khabar_workers", "gauge", "Worker processes by what they do.")
        lines += [f'khabar_workers{{state="{name}"}} {state[name]}' for name in ("idle", "brief", "long")]
        lines += _single("khabar_waiting", "gauge", "Questions that wait for a worker.", state["waiting"])
        lines += _single("khabar_worker_memory_bytes", "gauge", "Memory of all workers.", state["memory"])
        lines += _single("khabar_forks_total", "counter", "Workers started.", tally.forks)
        lines += _family("khabar_killed_total", "counter", "Questions ended by a limit.")
        lines += [f'khabar_killed_total{{why="{why}"}} {count}' for why, count in sorted(tally.killed.items())]
        lines += _single("khabar_snapshot", "gauge", "Number of the snapshot that is served.", snapshot)
        lines += _single("khabar_ingested_total", "counter", "Documents taken in by this server.", self.documents)
        return "\n".join(lines) + "\n"


def _family(name: str, kind: str, about: str) -> list[str]:
    return [f"# HELP {name} {about}", f"# TYPE {name} {kind}"]


def _single(name: str, kind: str, about: str, value: int) -> list[str]:
    return [*_family(name, kind, about), f"{name} {value}"]
