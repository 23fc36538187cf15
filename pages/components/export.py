"""Results as files: CSV for spreadsheets, JSON for programs."""

import csv
import io
import json
from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

Row = Mapping[str, Any]


def as_csv(rows: Sequence[Row]) -> bytes:
    """``rows`` as CSV with a header, in UTF-8 with the mark that Excel needs.

    A text that a spreadsheet would take for a formula gets an apostrophe in front, as OWASP
    recommends ("CSV Injection").
    """
    if not rows:
        return b""
    out = io.StringIO()
    writer = csv.DictWriter(out, fieldnames=list(rows[0]), lineterminator="\r\n")
    writer.writeheader()
    writer.writerows({name: _cell(value) for name, value in row.items()} for row in rows)
    return out.getvalue().encode("utf-8-sig")


def _cell(value: Any) -> Any:
    if isinstance(value, str) and value.lstrip()[:1] in {"=", "+", "-", "@"}:
        return f"'{value}"
    return value


def as_json(content: Any) -> bytes:
    """``content`` as indented JSON in UTF-8."""
    return json.dumps(content, ensure_ascii=False, indent=2).encode()


def export_buttons(name: str, rows: Sequence[Row], *, key: str) -> None:
    """Buttons that download ``rows`` as CSV and as JSON, in files called ``name``."""
    with st.container(horizontal=True, key=f"{key}_export"):
        st.download_button(
            "CSV",
            as_csv(rows),
            file_name=f"{name}.csv",
            mime="text/csv",
            icon=":material/download:",
            help="Download the table for a spreadsheet",
            disabled=not rows,
            on_click="ignore",
            key=f"{key}_csv",
        )
        st.download_button(
            "JSON",
            as_json(list(rows)),
            file_name=f"{name}.json",
            mime="application/json",
            icon=":material/data_object:",
            help="Download the table for a program",
            disabled=not rows,
            on_click="ignore",
            key=f"{key}_json",
        )
