"""How far a transform job has come: kept so that a killed service goes on where it was.

A job's folder holds ``inputs.json``, the files as they were listed at the start; ``progress.json``,
written after each answer; and ``output``, the results of the file under way. What ``output`` holds
beyond what ``progress.json`` says is cut off when the job goes on.
"""

import json
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import BinaryIO

from backend.local.jobs.transform_files import InputFile


@dataclass(frozen=True)
class Place:
    """The file under way, counted from 0; ``offset`` bytes and ``line`` lines of it are read and
    answered by ``size`` bytes of output. ``version`` tells whether it is still the same file.

    ``failure`` is why the first file of those before it failed, None where none did.
    """

    file: int = 0
    version: str = ""
    offset: int = 0
    line: int = 0
    size: int = 0
    failure: str | None = None


class Progress:
    """The folder of one job. Methods block."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @property
    def output(self) -> Path:
        """The results of the file under way."""
        return self._folder / "output"

    def inputs(self) -> list[InputFile] | None:
        """The files that were listed at the start, None before that."""
        try:
            rows = json.loads((self._folder / "inputs.json").read_bytes())
        except (FileNotFoundError, ValueError):
            return None
        return [InputFile(**row) for row in rows]

    def begin(self, inputs: Sequence[InputFile]) -> None:
        """Keep the list of files."""
        self._folder.mkdir(parents=True, exist_ok=True)
        self._write("inputs.json", [asdict(item) for item in inputs])

    def place(self) -> Place:
        """Where the job is to go on."""
        try:
            return Place(**json.loads((self._folder / "progress.json").read_bytes()))
        except (FileNotFoundError, ValueError, TypeError):
            return Place()

    def keep(self, place: Place) -> None:
        """Write where the job is; its output must be in the file already."""
        self._write("progress.json", asdict(place))

    def continued(self, size: int) -> BinaryIO | None:
        """The output, cut to ``size`` bytes, to be written on; None where some are lost."""
        if not size:
            return self.output.open("wb")
        try:
            file = self.output.open("r+b")
        except FileNotFoundError:
            return None
        if file.seek(0, os.SEEK_END) < size:
            file.close()
            return None
        file.truncate(size)
        file.seek(size)
        return file

    def _write(self, name: str, content: object) -> None:
        unfinished = self._folder / f".{name}.tmp"
        unfinished.write_text(json.dumps(content))
        unfinished.replace(self._folder / name)
