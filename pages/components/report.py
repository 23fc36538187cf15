"""Taking all insights of a document away: a report to print, and tables for a spreadsheet."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

import streamlit as st

from pages.components import door
from pages.components.document import kind_of, words_in
from pages.components.door import (
    KIND,
    NAMED_ENTITIES,
    QUESTION_ANSWERING,
    RELATION_EXTRACTION,
    SUMMARIZATION,
    TEXT_CLASSIFICATION,
    TOPIC,
    Answer,
    Document,
    Insight,
    QuestionAnsweringRequest,
    QuestionAnsweringResult,
    ReportFinding,
    clearest,
)
from pages.components.endpoint import model_title
from pages.components.export import as_csv
from pages.components.findings import (
    answer_findings,
    class_findings,
    fact_findings,
    name_findings,
    relation_findings,
    summary_findings,
)
from pages.components.key_facts import facts_of
from pages.components.names import TONE, count
from pages.components.runs import Run, answered
from pages.components.verdict import is_sober
from pages.components.views import LIKELY

_RULES: Final = "rules over the text and its names, without a model of their own"
_MOST_RELATIONS: Final = 40
_EXCEL: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

Runs = Mapping[str, Run[Any] | None]
Asked = Sequence[tuple[QuestionAnsweringRequest, Answer[QuestionAnsweringResult]]]


def report_buttons(document: Document, runs: Runs) -> None:
    """One button that makes a page to print, and two for tables; nothing is made before a click.

    What is still on its way when somebody clicks is not in it, and the report says so.
    """
    waiting = sum(run is not None and run.pending for run in runs.values())
    asked = answered(QUESTION_ANSWERING)  # now: a click comes without this session

    def page() -> bytes:
        return _page(document, report_insights(document, runs, asked), waiting).encode()

    def rows() -> list[ReportFinding]:
        return [one for part in report_insights(document, runs, asked) for one in part.findings]

    def csv() -> bytes:
        return as_csv([finding.row() for finding in rows()])

    def workbook() -> bytes:
        return door.as_workbook(rows())

    with st.container(horizontal=True, key="report"):
        _download(
            "Report",
            "report.html",
            "text/html",
            page,
            "print",
            "All insights and the marked text in one file, ready to print",
        )
        _download("Excel", "findings.xlsx", _EXCEL, workbook, "table")
        _download("CSV", "findings.csv", "text/csv", csv, "download")


def _download(
    label: str, file_name: str, mime: str, make: Callable[[], bytes], icon: str, hint: str = ""
) -> None:
    st.download_button(
        label,
        make,
        file_name=file_name,
        mime=mime,
        icon=f":material/{icon}:",
        on_click="ignore",
        key=f"report_{label.lower()}",
        help=hint or None,
    )


def _page(document: Document, insights: Sequence[Insight], waiting: int) -> str:
    pages = count(document.pages, "page") if document.pages else ""
    about = [kind_of(document), pages, count(words_in(document.text), "word")]
    if waiting:
        about.append("Not complete: some insights were still on their way.")
    told = " · ".join(filter(None, about))
    return door.report_page(document.name, document.text, insights, about=told)


def report_insights(document: Document, runs: Runs, asked: Asked) -> list[Insight]:
    """Every insight of ``document`` that is there, with the model behind it."""
    text = document.text
    found: list[Insight] = []
    if summary := _result(runs, SUMMARIZATION.slug):
        rows = summary_findings(summary)
        note = "" if rows else summary.summary
        found.append(_insight("Summary", runs[SUMMARIZATION.slug], rows, note))
    facts = fact_findings(facts_of(text, runs.get(NAMED_ENTITIES.slug)))
    found.append(Insight("Key facts", _RULES, tuple(facts)))
    if names := _result(runs, NAMED_ENTITIES.slug):
        found.append(_insight("Names", runs[NAMED_ENTITIES.slug], name_findings(names, text)))
    found += _classes(text, runs)
    if related := _result(runs, RELATION_EXTRACTION.slug):
        best = clearest(related.relations, most=_MOST_RELATIONS, threshold=LIKELY)
        run = runs[RELATION_EXTRACTION.slug]
        found.append(_insight("Relations", run, relation_findings(best)))
    return [_placed(insight, document) for insight in (*found, *_answers(text, asked))]


def _placed(insight: Insight, document: Document) -> Insight:
    """``insight`` with the page and the heading of each finding that stands somewhere."""
    return replace(
        insight,
        findings=tuple(
            replace(one, place=door.place_of(document, one.start).name) if one.end else one
            for one in insight.findings
        ),
    )


def _answers(text: str, asked: Asked) -> list[Insight]:
    rows = answer_findings(asked, text)
    if not rows:
        return []
    models = dict.fromkeys(_behind(answer) for request, answer in asked if request.context == text)
    return [Insight("Questions and answers", " and ".join(models), tuple(rows))]


def _classes(text: str, runs: Runs) -> list[Insight]:
    named = {KIND: "Kind", TOPIC: "Topic", TEXT_CLASSIFICATION.slug: TONE}
    rows, run = [], None
    for slug, title in named.items():
        result = _result(runs, slug)
        if result is None or (title == TONE and is_sober(result, text)):
            continue
        rows += class_findings(title, result)
        run = run or runs[slug]
    return [_insight("Kind of text", run, rows)] if rows else []


def _insight(
    heading: str, run: Run[Any] | None, rows: Sequence[ReportFinding], note: str = ""
) -> Insight:
    answer = run.so_far if run else None
    return Insight(heading, _behind(answer) if answer else "", tuple(rows), note)


def _behind(answer: Answer[Any]) -> str:
    """The model as people call it, and its name."""
    title = model_title(answer.endpoint)
    name = f" ({answer.model})" if answer.model and answer.model != title else ""
    return f"the {title[:1].lower()}{title[1:]}{name}"


def _result(runs: Runs, slug: str) -> Any:
    run = runs.get(slug)
    return run.so_far.result if run and run.so_far else None
