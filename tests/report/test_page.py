"""The report of a document: complete, escaped, and its marks on the words that they are of."""

import re

from backend.report import Finding, Insight, report_page

TEXT = "Ann <b>pays</b> Bob 5 € today. Bob leaves."


def finding(insight: str, value: str, kind: str = "") -> Finding:
    start = TEXT.index(value)
    return Finding(insight, kind, value, start, start + len(value))


def body_of(page: str) -> str:
    """The marked document of ``page``, as HTML."""
    found = re.search(r'<div class="document">(.*?)</div>', page, re.DOTALL)
    assert found
    return found[1]


def test_a_report_has_each_insight_with_the_model_behind_it() -> None:
    names = Insight("Names", "the standard model", (finding("Names", "Ann", kind="Person"),))
    page = report_page("note.txt", TEXT, [names], about="Text, 9 words")
    for words in ("note.txt", "Text, 9 words", "Person", "Found by the standard model."):
        assert words in page


def test_nothing_of_a_document_becomes_markup() -> None:
    hostile = '<script>alert("x")</script>'
    found = Finding("Names", hostile, hostile, 0, len(hostile), hostile, None, hostile, hostile)
    page = report_page(hostile, hostile, [Insight("Names", hostile, (found,), hostile)])
    assert "<script" not in page


def test_a_report_asks_nothing_of_any_other_place() -> None:
    page = report_page("a", TEXT, [Insight("Names", "m", (finding("Names", "Ann"),))])
    assert not re.search(r"https?://|src=|href=|@import|url\(", page)


def test_marks_that_overlap_all_lie_on_their_words() -> None:
    summary, name = finding("Summary", TEXT[:30]), finding("Names", "Bob")
    body = body_of(report_page("a", TEXT, [Insight("S", "", (summary, name))]))
    assert '<mark class="m-name m-summary">Bob</mark>' in body
    assert "Ann &lt;b&gt;pays&lt;/b&gt; Bob 5 € today. Bob leaves." in re.sub(
        "</?mark.*?>", "", body
    )


def test_an_insight_without_findings_says_so() -> None:
    page = report_page("a", TEXT, [Insight("Relations", "m", ())])
    assert "Nothing was found in this document." in page


def test_a_long_insight_says_how_many_more_there_are() -> None:
    many = (finding("Names", "Ann"),) * 75
    assert "And 15 more" in report_page("a", TEXT, [Insight("Names", "m", many)])
