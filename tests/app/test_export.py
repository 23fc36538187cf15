"""Exports: what is downloaded is what is shown, and no spreadsheet runs it."""

import csv
import io
import json

from pages.components.export import as_csv, as_json


def read(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def test_csv_keeps_line_breaks_quotes_and_other_scripts() -> None:
    rows = [{"text": 'a "b"\nc, 交流 👩‍🔬', "start": 3, "score": None}]
    assert read(as_csv(rows)) == [{"text": rows[0]["text"], "start": "3", "score": ""}]


def test_csv_of_nothing_is_empty() -> None:
    assert as_csv([]) == b""


def test_formulas_are_disarmed_in_csv() -> None:
    for formula in ("=1+1", "+1", "-1", "@SUM(A1)", " =1+1"):
        assert read(as_csv([{"text": formula}]))[0]["text"] == f"'{formula}"


def test_json_keeps_every_character() -> None:
    rows = [{"text": "=1+1 שלום", "score": 0.5}]
    assert json.loads(as_json(rows)) == rows
