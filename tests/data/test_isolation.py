"""Reading in a process of its own: the same contents, limits, and an end when it is cancelled."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from backend.data.errors import DatasetError
from backend.data.isolation import look, make
from backend.data.reading import SourceFile, read

TC = "text_classification"
ROWS = "\n".join(f"Case {n} of many,{'good' if n % 2 else 'bad'}" for n in range(500))
FILES = [SourceFile("a.csv", f"text,label\n{ROWS}\nWho knows,\n".encode())]


def test_a_sample_says_what_all_the_data_is() -> None:
    whole, sample = read(FILES), look(FILES)
    assert sample.counts == whole.counts == {"": 501}
    assert len(sample.tables[""].rows) == 200
    assert (sample.tasks, sample.guess(TC)) == (whole.tasks, whole.guess(TC))
    assert sample.preview(TC) == whole.preview(TC)
    assert [row.place for row in sample.without] == ["row 501"]


def test_all_examples_are_made_as_in_this_process() -> None:
    assert make(FILES, TC) == read(FILES).examples(TC)
    mapping = {"text": "label", "label": "text"}
    assert make(FILES, TC, mapping=mapping) == read(FILES).examples(TC, mapping)


@pytest.mark.parametrize("data", [b"", b"just words", b"PK\x03\x04broken"])
def test_what_cannot_be_read_is_said_in_the_same_sentence(data: bytes) -> None:
    with pytest.raises(DatasetError) as here:
        read([SourceFile("a", data)])
    with pytest.raises(DatasetError) as there:
        look([SourceFile("a", data)])
    assert str(there.value) == str(here.value)


def test_who_stops_listening_ends_the_process(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[int] = []
    popen = subprocess.Popen

    def noted(*_: Any, **__: Any) -> Any:
        process = popen([sys.executable, "-c", "import time; time.sleep(60)"])
        started.append(process.pid)
        return process

    def cancelled(_: str) -> None:
        raise InterruptedError

    def status(*_: Any) -> str:
        return "Reading the files"

    monkeypatch.setattr(subprocess, "Popen", noted)
    monkeypatch.setattr(os, "killpg", os.kill)
    monkeypatch.setattr(Path, "read_text", status)
    with pytest.raises(InterruptedError):
        look(FILES, report=cancelled)
    with pytest.raises(ProcessLookupError):
        os.kill(started[0], 0)


def test_a_process_that_is_killed_is_told_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    popen = subprocess.Popen

    def killed(*_: Any, **__: Any) -> Any:
        return popen([sys.executable, "-c", "import os; os.kill(os.getpid(), 9)"])

    monkeypatch.setattr(subprocess, "Popen", killed)
    with pytest.raises(DatasetError, match="use a part of the data"):
        look(FILES)
