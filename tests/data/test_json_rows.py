"""JSON: plain, wrapped, by column, nested, and lines that are broken."""

import json
from typing import Any

import pytest

from backend.data.errors import DatasetError
from backend.data.reading import Contents, SourceFile, read

TC = "text_classification"
ROWS = [{"text": f"The parcel {n} came late.", "label": ["bad", "good"][n % 2]} for n in range(20)]
PAIRS = [[row["text"], row["label"]] for row in ROWS]


def look(content: Any) -> Contents:
    text = content if isinstance(content, str) else json.dumps(content)
    return read([SourceFile("a.json", text.encode())])


@pytest.mark.parametrize(
    "content",
    [
        ROWS,
        PAIRS,
        {"rows": ROWS},
        {"meta": {"count": 20}, "items": ROWS},
        {"status": "ok", "result": {"page": 1, "rows": ROWS}},
        {"rows": [{"row_idx": n, "row": row} for n, row in enumerate(ROWS)]},
        {"text": [row["text"] for row in ROWS], "label": [row["label"] for row in ROWS]},
        {name: {str(n): row[name] for n, row in enumerate(ROWS)} for name in ("text", "label")},
        {"columns": ["text", "label"], "index": list(range(20)), "data": PAIRS},
        {"schema": {"fields": []}, "data": [{"index": n, **row} for n, row in enumerate(ROWS)]},
        {str(n): row for n, row in enumerate(ROWS)},
        {name: [row["text"] for row in ROWS if row["label"] == name] for name in ("bad", "good")},
        [{"data": {"text": row["text"]}, "annotation": {"label": row["label"]}} for row in ROWS],
        "\n".join(json.dumps(row) for row in ROWS),
        "\n".join(json.dumps(row, indent=2) for row in ROWS),
    ],
)
def test_rows_are_found_wherever_they_are(content: Any) -> None:
    contents = look(content)
    assert contents.tasks[0] == TC
    found = [(e["text"], e["label"]) for e in contents.examples(TC).parts[""]]
    assert sorted(found) == sorted((row["text"], row["label"]) for row in ROWS)


def test_rows_by_split_are_splits() -> None:
    assert look({"train": PAIRS, "test": PAIRS[:4]}).counts == {"train": 20, "test": 4}


def test_a_broken_line_among_many_is_left_out_and_named() -> None:
    lines = [json.dumps(row) for row in ROWS]
    examples = look("\n".join([*lines[:9], '{"text": oops', *lines[9:]])).examples(TC)
    assert len(examples.parts[""]) == 20
    assert examples.notes == ("Line 10 was left out: it is not JSON.",)


def test_a_nan_is_no_class() -> None:
    examples = look([*ROWS, {"text": "Who knows.", "label": float("nan")}]).examples(TC)
    assert {e["label"] for e in examples.parts[""]} == {"bad", "good"}


def test_too_many_columns_are_refused() -> None:
    with pytest.raises(DatasetError, match="more than 1,000 columns"):
        look([{str(n): n for n in range(1_500)}])
