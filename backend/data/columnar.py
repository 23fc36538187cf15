"""Excel, Parquet and Arrow files, and spaCy's binary documents, as tables."""

import io
import json
import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, Protocol

from backend.data.errors import DatasetError, FormatError
from backend.data.files import SourceFile
from backend.data.headers import looks_like_header
from backend.data.json_rows import flattened
from backend.data.tables import MAX_COLUMNS, Table, columns_of, named, require_few

if TYPE_CHECKING:
    import pyarrow

_ARROW_STREAM: Final = b"\xff\xff\xff\xff"
MAX_ROWS: Final = 1_000_000


def columnar_table(file: SourceFile, name: str, *, header: bool | None) -> Table | None:
    """The table in a file of one of these kinds, None where it is of another.

    Raises ``DatasetError`` where it is damaged or too large.
    """
    read = _reader(file.data, name)
    if read is None:
        return None
    try:
        return read(file.data, name, header=header)
    except DatasetError:
        raise
    except ImportError as error:
        raise DatasetError(
            f"The library that reads files like {name} is not installed: save it as CSV."
        ) from error
    # These libraries raise whatever a damaged file brings them to.
    except Exception as error:
        raise DatasetError(f"{name} is damaged and cannot be read: save it again.") from error


class _Read(Protocol):
    def __call__(self, data: bytes, name: str, *, header: bool | None) -> Table: ...


def _reader(data: bytes, name: str) -> _Read | None:
    if data[:4] == b"PK\x03\x04":
        return _excel
    if data[:4] == b"PAR1":
        return _parquet
    if data[:6] == b"ARROW1" or data[:4] == _ARROW_STREAM:
        return _arrow
    if name.casefold().endswith(".spacy"):
        return _spacy
    return None


def _excel(data: bytes, name: str, *, header: bool | None) -> Table:
    """The first sheet that holds a table."""
    import pandas as pd

    sheets = pd.read_excel(
        io.BytesIO(data), sheet_name=None, header=None, engine="openpyxl", na_filter=False
    )
    filled = {title: sheet for title, sheet in sheets.items() if len(sheet) > 1}
    if not filled:
        raise FormatError(f"{name} has no sheet with rows: choose another file.")
    title, sheet = max(filled.items(), key=lambda item: len(item[1]))
    require_few(sheet.shape[1], name)
    rows = [[_cell(value) for value in row] for row in sheet.itertuples(index=False, name=None)]
    rows = [row for row in rows if any(str(value).strip() for value in row)]
    texts = [[str(value) for value in row] for row in rows[:1_001]]
    table = named("Excel", rows, header=looks_like_header(texts) if header is None else header)
    others = sorted(set(map(str, filled)) - {str(title)})
    if others:
        said = f"{name} has several sheets: “{title}” was read, {', '.join(others)[:100]} not."
        return Table(table.format, table.columns, table.rows, table.header, notes=(said,))
    return table


def _cell(value: Any) -> Any:
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    return value if isinstance(value, (str, int, float)) else str(value)


def _parquet(data: bytes, name: str, *, header: bool | None) -> Table:  # noqa: ARG001
    from pyarrow import parquet

    file = parquet.ParquetFile(io.BytesIO(data))
    if file.metadata.num_rows > MAX_ROWS or file.metadata.num_columns > MAX_COLUMNS:
        raise DatasetError(
            f"{name} has more than {MAX_ROWS:,} rows or {MAX_COLUMNS:,} columns: use a part of it."
        )
    return _from_arrow("Parquet", file.read(), name)


def _arrow(data: bytes, name: str, *, header: bool | None) -> Table:  # noqa: ARG001
    """Arrow's file and stream formats; the latter is what the library datasets saves."""
    from pyarrow import ipc

    source = io.BytesIO(data)
    reader = ipc.open_file(source) if data[:6] == b"ARROW1" else ipc.open_stream(source)
    return _from_arrow("Arrow", reader.read_all(), name)


def _from_arrow(format: str, table: "pyarrow.Table", name: str) -> Table:  # noqa: A002
    meanings = _meanings(table.schema.metadata or {})
    columns = [column for column in table.column_names if not column.startswith("__index_level")]
    rows = [flattened(row) for row in table.select(columns).to_pylist()]
    if not rows:
        raise FormatError(f"{name} has no rows: choose another file.")
    return Table(format, columns_of(rows, name), rows, meanings=meanings)


def _meanings(metadata: Mapping[bytes, bytes]) -> dict[str, tuple[str, ...]]:
    """What the numbers of a column stand for, as the library datasets keeps it in a file."""
    try:
        features = json.loads(metadata[b"huggingface"])["info"]["features"]
    except (KeyError, ValueError, TypeError):
        return {}
    return meanings_of(features)


def meanings_of(features: Any) -> dict[str, tuple[str, ...]]:
    """Names by column in the ``features`` of Hugging Face's dataset_info.json."""
    found: dict[str, tuple[str, ...]] = {}
    for column, feature in features.items() if isinstance(features, dict) else ():
        while isinstance(feature, (dict, list)) and "names" not in feature:
            feature = feature[0] if isinstance(feature, list) else feature.get("feature")
        if isinstance(feature, dict) and isinstance(feature["names"], list):
            found[column] = tuple(map(str, feature["names"]))
    return found


def _spacy(data: bytes, name: str, *, header: bool | None) -> Table:  # noqa: ARG001
    """The documents of a ``.spacy`` file, with entities and cats."""
    import spacy
    from spacy.tokens import DocBin

    rows: list[dict[str, Any]] = []
    for doc in DocBin().from_bytes(data).get_docs(spacy.blank("xx").vocab):
        spans = [[span.start_char, span.end_char, span.label_] for span in doc.ents]
        cats = {label: float(value) for label, value in doc.cats.items()}
        found: dict[str, Any] = {"entities": spans} if spans or not cats else {}
        rows.append({"text": doc.text, "annotations": found | ({"cats": cats} if cats else {})})
    return Table("spaCy documents", columns_of(rows, name), rows)
