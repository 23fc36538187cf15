"""The metrics as modules of the ``evaluate`` library, loaded by path: nothing is downloaded.

``load("named_entities")`` here, or ``evaluate.load("backend/evaluation/modules/named_entities")``
in the project's folder. They are thin: the numbers come from ``backend.evaluation.metrics``.
``evaluate`` brings ``datasets`` and is slow to import, so no page and no server may import these.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from backend.evaluation.examples import require_task

if TYPE_CHECKING:
    from evaluate import Metric


def load(task: str, *, cache: Path | None = None) -> "Metric":
    """The module of ``task``, which keeps its scratch files in ``cache``."""
    import importlib

    import evaluate

    name = require_task(task)
    module = importlib.import_module(f"backend.evaluation.modules.{name}.{name}")
    kinds: list[Any] = [
        kind
        for kind in vars(module).values()
        if isinstance(kind, type)
        and issubclass(kind, evaluate.Metric)
        and kind is not evaluate.Metric
    ]
    (kind,) = kinds
    metric: Metric = kind(cache_dir=str(cache) if cache else None)
    return metric
