"""Extraction of documents, compared with a second opinion.

``python -m benchmarks.documents FOLDER`` reads every file below a folder. PDFs are compared with
``pdftotext`` (Debian: poppler-utils), text files with their own words; other kinds have no second
opinion, and only say that they were read. For each file: the words of the opinion that the
extraction has (recall), and the runs of four words that it has in the same order.
"""

import argparse
import re
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from backend.documents import DocumentError, extract

RECALL = 0.95
"""Share of the words from which a file is read right."""
ORDER = 0.9
"""Share of the runs from which its order is right; tables and notes may stand elsewhere."""
_RUN = 4
_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]|[^\W\u3040-\u30ff\u3400-\u9fff]+")
_HYPHEN_AT_END = re.compile(r"(?<=[^\W\d_])-\n(?=[^\W\d_])")


@dataclass(frozen=True)
class Row:
    """One file: seconds that reading it took, and how far it agrees with the second opinion."""

    name: str
    seconds: float
    recall: float | None = None
    order: float | None = None
    problem: str = ""


def compare(text: str, opinion: str) -> tuple[float, float]:
    """Recall and order of ``text``, each from 0 to 1, by the words of ``opinion``."""
    ours, theirs = _words(text), _words(opinion)
    return _share(_runs(ours, 1), _runs(theirs, 1)), _share(_runs(ours, _RUN), _runs(theirs, _RUN))


def measure(path: Path) -> Row:
    """Read a file and compare it."""
    start = time.perf_counter()
    try:
        document = extract(path.name, path.read_bytes())
    except DocumentError as error:
        return Row(path.name, time.perf_counter() - start, problem=str(error))
    seconds = time.perf_counter() - start
    opinion = _opinion(path, document.kind)
    if opinion is None or not _words(opinion):
        return Row(path.name, seconds)
    recall, order = compare(document.text, opinion)
    return Row(path.name, seconds, recall, order)


def main(arguments: Sequence[str] | None = None) -> None:
    """Print a row for each file below a folder, and how many are right."""
    parser = argparse.ArgumentParser(description="Compare extracted texts with a second opinion.")
    parser.add_argument("folder", type=Path)
    folder: Path = parser.parse_args(arguments).folder
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    print("| file | recall | order | seconds | |\n| --- | ---: | ---: | ---: | --- |")
    rows = []
    for path in paths:
        row = measure(path)
        rows.append(row)
        recall, order = _shown(row.recall), _shown(row.order)
        print(
            f"| {row.name} | {recall} | {order} | {row.seconds:.1f} | {row.problem} |", flush=True
        )
    compared = [row for row in rows if row.recall is not None]
    words = sum(row.recall is not None and row.recall >= RECALL for row in rows)
    ordered = sum(row.order is not None and row.order >= ORDER for row in rows)
    refused = sum(bool(row.problem) for row in rows)
    print(
        f"\n{len(rows)} files, {len(compared)} compared, {words} with recall of {RECALL} or more, "
        f"{ordered} with order of {ORDER} or more, {refused} refused."
    )


def _opinion(path: Path, kind: str) -> str | None:
    if kind == "text":
        return path.read_text(encoding="utf-8", errors="replace")
    program = shutil.which("pdftotext")
    if kind != "pdf" or program is None:
        return None
    command = [program, "-enc", "UTF-8", str(path), "-"]
    done = subprocess.run(command, capture_output=True, check=False, timeout=120)
    return _HYPHEN_AT_END.sub("", done.stdout.decode(errors="replace"))


def _words(text: str) -> list[str]:
    return _WORD.findall(text.lower())


def _runs(words: Sequence[str], length: int) -> Counter[tuple[str, ...]]:
    return Counter(zip(*(words[at:] for at in range(length)), strict=False))


def _share(ours: Counter[tuple[str, ...]], theirs: Counter[tuple[str, ...]]) -> float:
    return (ours & theirs).total() / theirs.total() if theirs else 1.0


def _shown(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}"


if __name__ == "__main__":
    if shutil.which("pdftotext") is None:
        sys.stderr.write("pdftotext is not installed: PDFs are read but not compared.\n")
    main()
