"""Several files that belong together: class folders, brat, Amazon Comprehend, source and target."""

import csv
from collections import defaultdict
from collections.abc import Sequence
from pathlib import PurePosixPath
from typing import Final

from backend.data.errors import FormatError
from backend.data.exports import brat
from backend.data.exports.export import CLASSES, ENTITIES, SUMMARIES, Found, entity
from backend.data.files import TextFile
from backend.data.schemas import Example
from backend.data.split_names import split_of, split_word
from backend.data.tables import LeftOut

_SOURCES: Final = (".source", ".src", ".article")
_TARGETS: Final = (".target", ".tgt", ".summary", ".highlights", ".abstract")
_COMPREHEND: Final = ("file", "line", "begin offset", "end offset", "type")
_UNLABELLED: Final = frozenset({"unsup", "unlabeled", "unlabelled"})


def recognised_files(files: Sequence[TextFile]) -> Found | None:
    """The examples of files that are read together; None where each stands for itself."""
    if len(files) < 2:
        return None
    return brat.documents(files) or _comprehend(files) or _aligned(files) or _folders(files)


def _folders(files: Sequence[TextFile]) -> Found | None:
    """Text files in a folder for each class, perhaps in a folder for each split."""
    texts = [file for file in files if _suffix(file) in (".txt", ".text", "")]
    by_class: dict[str, list[TextFile]] = defaultdict(list)
    for file in texts:
        by_class[PurePosixPath(file.name.replace("\\", "/")).parent.name].append(file)
    unlabelled = [f for name in list(by_class) if name.casefold() in _UNLABELLED
                  for f in by_class.pop(name)]  # fmt: skip
    # A few files beside the folders say what the data is.
    classes = {
        name: found for name, found in by_class.items() if name and not split_word(name)
        and len(found) > 1
    }  # fmt: skip
    held = sum(map(len, classes.values()))
    if len(classes) < 2 or held < 0.8 * (len(files) - len(unlabelled)):
        return None
    parts: dict[str, list[Example]] = defaultdict(list)
    for label, found in classes.items():
        for file in found:
            split = split_of(str(PurePosixPath(file.name.replace("\\", "/")).parent))
            parts[split].append({"text": file.text.strip(), "label": label, "id": file.name})
    used = {file.name for found in classes.values() for file in found}
    left_out = [
        LeftOut(file.name, "it lies in no folder of a class") for file in files
        if file.name not in used
    ]  # fmt: skip
    why = f"its texts lie in folders: {', '.join(sorted(classes)[:4])}"
    return Found("Text files in class folders", why, {CLASSES: dict(parts)}, tuple(left_out))


def _suffix(file: TextFile) -> str:
    return PurePosixPath(file.base).suffix.casefold()


def _aligned(files: Sequence[TextFile]) -> Found | None:
    """``train.source`` and ``train.target``, a text a line."""
    by_stem: dict[str, dict[str, TextFile]] = defaultdict(dict)
    for file in files:
        kind = "source" if file.name.casefold().endswith(_SOURCES) else ""
        kind = kind or ("target" if file.name.casefold().endswith(_TARGETS) else "")
        if not kind:
            return None
        by_stem[file.name.rpartition(".")[0]][kind] = file
    if not all(len(pair) == 2 for pair in by_stem.values()):
        return None
    parts: dict[str, list[Example]] = defaultdict(list)
    for stem, pair in by_stem.items():
        source, target = (pair[kind].text.rstrip("\n").split("\n") for kind in ("source", "target"))
        if len(source) != len(target):
            raise FormatError(
                f"{pair['source'].base} has {len(source):,} lines and {pair['target'].base} "
                f"{len(target):,}: each text needs its summary in the same line."
            )
        split = split_of(stem) if len(by_stem) > 1 else ""
        parts[split] += [
            {"text": text.strip(), "summary": summary.strip()}
            for text, summary in zip(source, target, strict=True)
        ]
    return Found("Source and target files", "the files pair line by line", {SUMMARIES: dict(parts)})


def _comprehend(files: Sequence[TextFile]) -> Found | None:
    """Amazon Comprehend: annotations.csv, and the documents that it names, one a line or a file."""
    tables = [file for file in files if _is_annotations(file)]
    if not tables:
        return None
    documents = {file.base: file.text.rstrip("\n") for file in files if file not in tables}
    by_line = len(_header(tables[0])) == len(_COMPREHEND)
    left_out: list[LeftOut] = []
    marked: dict[tuple[str, int], list[list[str]]] = defaultdict(list)
    for table in tables:
        width = len(_header(table))
        for number, row in enumerate(csv.reader(table.text.split("\n")[1:]), 2):
            if len(row) == width and row[0] in documents:
                marked[row[0], int(row[1]) if by_line else 0].append(row[-3:])
            elif row:
                place = f"{table.base}, line {number}"
                left_out.append(LeftOut(place, "its document is not here", ",".join(row)[:200]))
    if not marked:
        raise FormatError(f"{tables[0].base} names documents that are not here: bring them too.")
    examples: list[Example] = [
        {"text": part, "entities": [
            entity(part, int(start), int(end), label)
            for start, end, label in marked.get((name, at), ())
        ]}
        for name, text in documents.items()
        for at, part in enumerate(text.split("\n") if by_line else [text])
    ]  # fmt: skip
    why = f"annotations.csv says where the entities of each {'line' if by_line else 'file'} are"
    return Found("Amazon Comprehend", why, {ENTITIES: {"": examples}}, tuple(left_out))


def _header(file: TextFile) -> tuple[str, ...]:
    first = next(csv.reader(file.text.split("\n")[:1]), [])
    return tuple(cell.strip().casefold() for cell in first)


def _is_annotations(file: TextFile) -> bool:
    return _header(file) in (_COMPREHEND, tuple(name for name in _COMPREHEND if name != "line"))
