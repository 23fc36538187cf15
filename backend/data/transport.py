"""What goes between the app and the process that reads datasets: requests, contents, examples."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import IO, Any, Final

from backend.child_process import Bounds
from backend.data.contents import Contents, Examples
from backend.data.files import SourceFile
from backend.data.schemas import Example
from backend.data.tables import LeftOut, Table

BOUNDS: Final = Bounds(memory=4 << 30, answer=2 << 30, cpu_seconds=300, seconds=600)
"""What the process may use that reads datasets."""
MOST_LEFT_OUT: Final = 1_000
"""Rows without an example that are listed; the notes count all."""


@dataclass(frozen=True)
class Request:
    """What to read, and with a ``task`` what to make of it: see ``Contents.examples``."""

    header: bool | None = None
    task: str = ""
    mapping: Mapping[str, str] | None = None
    names: tuple[str, ...] = field(default=())


def write_request(out: IO[bytes], request: Request, files: Sequence[SourceFile]) -> None:
    """A line of JSON that names all files with their sizes, and then their bytes."""
    sizes = [(file.name, len(file.data)) for file in files]
    header = asdict(request) | {"files": sizes}
    out.write(json.dumps(header).encode() + b"\n")
    for file in files:
        out.write(file.data)


def read_request(source: IO[bytes]) -> tuple[Request, list[SourceFile]]:
    """What ``write_request`` wrote."""
    header = json.loads(source.readline())
    files = [SourceFile(name, source.read(size)) for name, size in header.pop("files")]
    return Request(**header | {"names": tuple(header["names"])}), files


def contents_line(contents: Contents) -> bytes:
    """``contents`` as a line of JSON."""
    return _line(asdict(contents))


def contents_from(content: Mapping[str, Any]) -> Contents:
    """What ``contents_line`` wrote."""
    tables = {
        split: Table(
            **table
            | {
                "columns": tuple(table["columns"]),
                "left_out": (),
                "notes": tuple(table["notes"]),
                "meanings": {name: tuple(names) for name, names in table["meanings"].items()},
            }
        )
        for split, table in content["tables"].items()
    }
    return Contents(
        **dict(content)
        | {
            "tasks": tuple(content["tasks"]),
            "tables": tables,
            "notes": tuple(content["notes"]),
            "left_out": (),
            "without": tuple(LeftOut(**row) for row in content["without"]),
        }
    )


def examples_lines(examples: Examples) -> Iterator[bytes]:
    """``examples`` as lines of JSON: first what is said about them, then one each."""
    left_out = [asdict(row) for row in examples.left_out[:MOST_LEFT_OUT]]
    yield _line({"notes": examples.notes, "left_out": left_out, "splits": list(examples.parts)})
    for split, part in examples.parts.items():
        for example in part:
            yield _line([split, example])


def examples_from(lines: Iterable[bytes]) -> Examples:
    """What ``examples_lines`` wrote."""
    source = iter(lines)
    about = json.loads(next(source))
    parts: dict[str, list[Example]] = {split: [] for split in about["splits"]}
    for line in source:
        split, example = json.loads(line)
        parts[split].append(example)
    return Examples(
        parts, tuple(about["notes"]), tuple(LeftOut(**row) for row in about["left_out"])
    )


def _line(value: Any) -> bytes:
    # Dates and the like in cells are shown as they print.
    return json.dumps(value, default=str).encode() + b"\n"
