"""What was found in one document, to take away: a page to read and print, and a workbook."""

from backend.report.finding import Finding
from backend.report.page import Insight, report_page
from backend.report.workbook import as_workbook

__all__ = ["Finding", "Insight", "as_workbook", "report_page"]
