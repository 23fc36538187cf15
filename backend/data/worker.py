"""The child process that reads datasets: ``python -m backend.data.worker STATUS``.

Reads a request and its files from standard input and writes contents or examples to standard
output, or ``{"error"}`` with a sentence; what it is doing stands in the file STATUS meanwhile. It
starts with no keys in its environment and uses no more than its limits.
"""

import json
import sys
from pathlib import Path
from typing import Final

from backend.child_process import confine
from backend.data.errors import DatasetError
from backend.data.reading import read
from backend.data.transport import BOUNDS, contents_line, examples_lines, read_request

_SAMPLE: Final = 200
"""Rows of each split that the app gets to see before a dataset is added."""

TOO_MUCH: Final = (
    "This data needs more memory than reading may take: use a part of it, a few thousand examples "
    "are enough to fine-tune, or bring it as CSV or JSON Lines."
)


def main() -> None:
    """One request in, one answer out."""
    confine(BOUNDS)
    status, out = Path(sys.argv[1]), sys.stdout.buffer
    try:
        request, files = read_request(sys.stdin.buffer)
        status.write_text("Reading the files")
        contents = read(files, header=request.header)
        if not request.task:
            out.write(contents_line(contents.sample(_SAMPLE)))
            return
        status.write_text(f"Making examples of {sum(contents.counts.values()):,} rows")
        examples = contents.examples(request.task, request.mapping, names=request.names)
        status.write_text("Handing the examples over")
        for line in examples_lines(examples):
            out.write(line)
    except DatasetError as error:
        _fail(str(error))
    except MemoryError:
        _fail(TOO_MUCH)


def _fail(sentence: str) -> None:
    sys.stdout.buffer.write(json.dumps({"error": sentence}).encode() + b"\n")


if __name__ == "__main__":
    main()
