"""The datasets that come with the project: ``assets/datasets/<name>/<split>.jsonl`` and a card."""

from collections.abc import Callable
from pathlib import Path
from typing import Final

from backend.data.errors import DatasetError
from backend.data.reading import SourceFile, read
from backend.data.store import Datasets
from backend.settings import ROOT

FOLDER: Final = ROOT / "assets" / "datasets"
SOURCE: Final = "shipped with this project"


def absent(datasets: Datasets, root: Path) -> tuple[str, ...]:
    """The names of the datasets below ``root`` that ``datasets`` has not; raises ``CloudError``."""
    there = {version.name for version in datasets.list()}
    return tuple(path.name for path in _folders(root) if path.name not in there)


def _folders(root: Path) -> list[Path]:
    return sorted(path for path in root.glob("*") if path.is_dir())


def install(datasets: Datasets, root: Path, report: Callable[[str], None]) -> tuple[str, ...]:
    """Keep every dataset below ``root``; gives their names. What is kept already stays as it is.

    One that cannot be read is reported and left out. Raises ``CloudError`` where the service
    refuses.
    """
    names = []
    for folder in _folders(root):
        files = [SourceFile(path.name, path.read_bytes()) for path in folder.glob("*.jsonl")]
        try:
            found = read(files)
            task = found.tasks[0]
            datasets.add_reading(folder.name, task, found, source=SOURCE)
            names.append(folder.name)
        except DatasetError as error:
            report(f"{folder.name}: left out. {error}")
    return tuple(names)
