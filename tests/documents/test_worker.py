import pytest

from backend.documents import worker
from backend.documents.document import Extraction, Limits
from tests.documents.builders import docx, paragraph, pdf, placed

LIMITS = Limits()


def use(monkeypatch: pytest.MonkeyPatch, outcome: Extraction | BaseException) -> None:
    def parse(_data: bytes, _limits: Limits) -> Extraction:
        if isinstance(outcome, BaseException):
            raise outcome
        return outcome

    monkeypatch.setattr(worker, "parser", lambda _kind: parse)


def test_each_kind_has_its_parser() -> None:
    sources = {
        "pdf": pdf([placed(["Words enough to be read."])]),
        "docx": docx(paragraph("Words enough to be read.")),
        "html": b"<p>Words enough to be read.",
        "markdown": b"Words *enough* to be read.",
    }
    for kind, data in sources.items():
        assert worker.answer(kind, data, LIMITS)["text"] == "Words enough to be read."  # type: ignore[arg-type]


def test_an_error_about_the_file_travels_with_its_name() -> None:
    result = worker.answer("docx", b"PK\x03\x04", LIMITS)
    assert result["error"] == "DamagedDocumentError"


def test_whatever_a_parser_raises_becomes_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, RecursionError("too deep \ud800"))
    result = worker.answer("pdf", b"", LIMITS)
    assert result["error"] == "DamagedDocumentError"
    assert result["message"].startswith("This PDF is damaged")
    assert result["detail"] == "RecursionError: too deep ?"


def test_running_out_of_memory_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, MemoryError())
    assert worker.answer("pdf", b"", LIMITS)["error"] == "DocumentTooLargeError"


def test_text_is_cleaned_and_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, Extraction("a\x00b\r\n" * 5))
    assert worker.answer("pdf", b"", LIMITS)["text"] == "\n".join(["ab"] * 5)
    assert worker.answer("pdf", b"", Limits(max_characters=5))["error"] == "DocumentTooLargeError"
