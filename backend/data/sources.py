"""Data from elsewhere: objects in S3, and datasets of the Hugging Face hub by name."""

import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

from backend.cloud.connections import Connections
from backend.cloud.errors import translated
from backend.data.errors import DatasetError
from backend.data.files import MAX_BYTES, MAX_FILES, TOO_LARGE, SourceFile
from backend.settings import ROOT

PUBLISHED: Final = {
    "SST-2": "stanfordnlp/sst2",
    "WikiANN": "unimelb-nlp/wikiann:en",
    "SQuAD2.0": "rajpurkar/squad_v2",
    "SemEval-2010": "SemEvalWorkshop/sem_eval_2010_task_8",
}
"""The data of the original solution, and what the hub calls it."""

_HUB_NAME: Final = re.compile(r"\w[\w.-]{0,95}(/[\w.-]{1,96})?(:[\w.-]{1,96})?")
_URI: Final = re.compile(r"s3://([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])/(.*)", re.DOTALL)
_SECONDS: Final = 900
_SENTENCES: Final = {
    "network": "The hub cannot be reached from here: upload the files instead, or try again when "
    "there is a network.",
    "missing": "The hub has no open dataset of that name: check it, as in “owner/name”.",
    "library": "The library “datasets” is not installed: upload the files instead.",
    "size": TOO_LARGE,
}


def fetch(connections: Connections, where: str) -> list[SourceFile]:
    """The files at ``where``: an ``s3://`` URI of an object or a folder, a key of ``PUBLISHED``, or
    a name of the hub (``owner/name``, with ``:configuration`` where there are several).

    Raises ``DatasetError`` or ``CloudError`` in one sentence.
    """
    where = where.strip()
    if "://" in where:
        return from_s3(connections, where)
    return from_hub(PUBLISHED.get(where, where))


def from_s3(connections: Connections, uri: str) -> list[SourceFile]:
    """The object of that URI, or all objects below it."""
    match = _URI.fullmatch(uri)
    if not match:
        raise DatasetError(f"“{uri[:100]}” is no S3 URI: it looks like s3://bucket/folder.")
    bucket, prefix = match.groups()
    with translated():
        pages = connections.s3.get_paginator("list_objects_v2").paginate(
            Bucket=bucket, Prefix=prefix, PaginationConfig={"MaxItems": 10 * MAX_FILES}
        )
        found = [item for page in pages for item in page.get("Contents", ()) if item["Size"]]
    here = [item for item in found if _is_below(item["Key"], prefix)]
    if not here:
        raise DatasetError(f"There is nothing at {uri[:200]}: check bucket and folder.")
    if len(here) > MAX_FILES:
        raise DatasetError(f"There are more than {MAX_FILES} files: name a folder with fewer.")
    if sum(item["Size"] for item in here) > MAX_BYTES:
        raise DatasetError(TOO_LARGE)
    return [SourceFile(item["Key"], _object(connections, bucket, item["Key"])) for item in here]


def _is_below(key: str, prefix: str) -> bool:
    """Whether ``key`` is what the URI names or lies in it: not its namesake with a longer name."""
    return not prefix or key == prefix or key.startswith(f"{prefix.rstrip('/')}/")


def _object(connections: Connections, bucket: str, key: str) -> bytes:
    with translated():
        return bytes(connections.s3.get_object(Bucket=bucket, Key=key)["Body"].read())


def from_hub(name: str) -> list[SourceFile]:
    """The splits of a dataset of the hub as JSON Lines, read by a process of its own.

    That process loads the library, which is heavy, and runs what the hub sends.
    """
    if not _HUB_NAME.fullmatch(name):
        raise DatasetError(f"“{name[:100]}” is no name of the hub: it looks like owner/name.")
    with tempfile.TemporaryDirectory() as folder:
        problem = _run(name, folder)
        if problem:
            raise DatasetError(_SENTENCES.get(problem, _unknown(problem)))
        files = sorted(Path(folder, "splits").glob("*.jsonl"))
        return [SourceFile(path.name, path.read_bytes()) for path in files]


def _unknown(problem: str) -> str:
    return f"The hub's dataset could not be read ({problem[:200]}): upload its files instead."


def _run(name: str, folder: str) -> str:
    """Have the child write the splits below ``folder``; gives what went wrong, or ""."""
    try:
        done = subprocess.run(
            [sys.executable, "-m", "backend.data.hub_worker", name, folder],
            cwd=ROOT,
            capture_output=True,
            timeout=_SECONDS,
            check=False,
        )
        return str(json.loads(done.stdout.splitlines()[-1])["problem"])
    except subprocess.TimeoutExpired:
        return "network"
    except (IndexError, ValueError, KeyError):
        return "the reading process ended early"
