"""``python -m backend.data.hub_worker NAME FOLDER``: a dataset of the hub as JSON Lines.

A process of its own, since the library behind it is heavy and may take long or break. Its last
line of output is ``{"problem": ""}``, or what went wrong.
"""

import json
import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

_MOST: Final = 500_000
_BYTES: Final = 256 * 1024 * 1024
_SECONDS: Final = "10"


def problem_of(name: str, folder: Path) -> str:
    """Write ``splits/<split>.jsonl`` below ``folder``; gives "" or a word for what went wrong."""
    os.environ |= {
        "HF_HUB_DISABLE_TELEMETRY": "1",
        "HF_HUB_DOWNLOAD_TIMEOUT": _SECONDS,
        "HF_HUB_ETAG_TIMEOUT": _SECONDS,
        "HF_DATASETS_DISABLE_PROGRESS_BARS": "1",
    }
    try:
        import datasets
        from huggingface_hub import HfApi
    except ImportError:
        return "library"
    repository, _, configuration = name.partition(":")
    # Any failure of a library of others must become an answer here: nobody sees this process.
    try:
        HfApi().dataset_info(repository, timeout=float(_SECONDS))
    except Exception as error:  # noqa: BLE001
        return "missing" if "NotFound" in type(error).__name__ else "network"
    try:
        loaded = datasets.load_dataset(
            repository, configuration or None, cache_dir=str(folder / "cache")
        )
        return _write(loaded, folder / "splits")
    except Exception as error:  # noqa: BLE001
        return f"{type(error).__name__}: {' '.join(str(error).split())[:150]}"


def _write(loaded: Mapping[str, Any], folder: Path) -> str:
    folder.mkdir()
    written = count = 0
    for split, rows in loaded.items():
        named = _naming(rows.features)
        hidden = True
        with (folder / f"{split}.jsonl").open("w", encoding="utf-8") as file:
            for row in rows:
                plain = {key: named[key](value) for key, value in row.items()}
                hidden = hidden and -1 in row.values()
                written += file.write(json.dumps(plain, ensure_ascii=False, default=str) + "\n")
                count += 1
                if written > _BYTES or count > _MOST:
                    return "size"
        if hidden:  # a test split whose labels are kept back
            (folder / f"{split}.jsonl").unlink()
    return ""


def _naming(features: Mapping[str, Any]) -> dict[str, Callable[[Any], Any]]:
    """For each column, what turns class numbers into names."""
    return {key: _names(feature) for key, feature in features.items()}


def _names(feature: Any) -> Callable[[Any], Any]:
    inner: Any = getattr(feature, "feature", None)
    if hasattr(feature, "int2str"):
        return lambda value: feature.int2str(value) if value is not None and value >= 0 else value
    if hasattr(inner, "int2str"):
        return lambda values: [inner.int2str(value) for value in values]
    return lambda value: value


if __name__ == "__main__":
    print(json.dumps({"problem": problem_of(sys.argv[1], Path(sys.argv[2]))}))  # noqa: T201
