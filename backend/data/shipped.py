"""The datasets that come with the project: ``assets/datasets/<name>/<split>.jsonl`` and a card."""

from collections.abc import Callable
from pathlib import Path
from typing import Final

from backend.data.errors import DatasetError
from backend.data.reading import SourceFile, read
from backend.data.store import Datasets

SOURCE: Final = "shipped with this project"


def install(datasets: Datasets, root: Path, report: Callable[[str], None]) -> tuple[str, ...]:
    """Keep every dataset below ``root``; gives their names. What is kept already stays as it is.

    One that cannot be read is reported and left out. Raises ``CloudError`` where the service
    refuses.
    """
    names = []
    for folder in sorted(path for path in root.glob("*") if path.is_dir()):
        files = [SourceFile(path.name, path.read_bytes()) for path in folder.glob("*.jsonl")]
        try:
            found = read(files)
            task = found.tasks[0]
            datasets.add_reading(folder.name, task, found, source=SOURCE)
            names.append(folder.name)
        except DatasetError as error:
            report(f"{folder.name}: left out. {error}")
    return tuple(names)
