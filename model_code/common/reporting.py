"""Metrics of a training job, in its log and in a file."""

import json
import math
import time
from pathlib import Path


class Reporter:
    """Writes metrics to the log, one stable line each, and to a JSON Lines file beside it."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._path = path

    def report(self, step: int, **metrics: float) -> None:
        """Log ``name=value`` pairs; every float that Python can print can be read back."""
        self._write("metrics", step, metrics)

    def report_kept(self, step: int, **metrics: float) -> None:
        """The same, at the end, for the weights of ``step`` that are kept."""
        self._write("kept", step, metrics)

    def _write(self, kind: str, step: int, metrics: dict[str, float]) -> None:
        # float(): numpy's own numbers print their type as well.
        values = {name: float(value) for name, value in metrics.items()}
        line = " ".join(f"{name}={value!r};" for name, value in values.items())
        print(f"[{kind}] step={step}; {line}", flush=True)
        # JSON knows neither nan nor inf.
        written = {name: value if math.isfinite(value) else None for name, value in values.items()}
        record = {"kind": kind, "step": step, "time": time.time(), **written}
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(record, allow_nan=False) + "\n")
