"""Findings as a workbook for Excel."""

import io
import re
from collections.abc import Sequence
from typing import Final

from backend.report.finding import COLUMNS, Finding

_LONGEST: Final = 32_767
"""Characters that a cell of Excel can hold."""
_UNWRITABLE: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_WIDTHS: Final = (16, 22, 34, 44, 12, 80, 28, 10, 10)


def as_workbook(findings: Sequence[Finding]) -> bytes:
    """One sheet, a row for each of ``findings`` under a header that stays in view.

    Texts are written as texts: none of them becomes a formula.
    """
    from openpyxl import Workbook  # takes a while to load, and few people ask for it
    from openpyxl.styles import Alignment, Font

    book = Workbook()
    sheet = book.active
    sheet.title = "Findings"
    sheet.append([name.capitalize() for name in COLUMNS])
    for at, finding in enumerate(findings, 2):
        for column, value in enumerate(finding.row().values(), 1):
            cell = sheet.cell(at, column)
            if isinstance(value, str):
                cell.value = _UNWRITABLE.sub("\N{REPLACEMENT CHARACTER}", value)[:_LONGEST]
                cell.data_type = "s"
                cell.alignment = Alignment(wrap_text=True, vertical="top")
            else:
                cell.value = value
    for cell, width in zip(sheet[1], _WIDTHS, strict=True):
        cell.font = Font(bold=True)
        sheet.column_dimensions[cell.column_letter].width = width
    sheet.freeze_panes = "A2"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
