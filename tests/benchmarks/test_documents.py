"""The comparison of extracted texts with a second opinion."""

from pathlib import Path

import pytest

from benchmarks.documents import compare, main


def test_words_and_their_order_are_told_apart() -> None:
    opinion = "one two three four five six seven eight"
    assert compare(opinion, opinion) == (1.0, 1.0)
    assert compare("five six seven eight one two three four", opinion) == (1.0, 0.4)
    assert compare("one two three four", opinion)[0] == 0.5


def test_every_file_of_a_folder_gets_a_row(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.txt").write_text("The board met on Monday.")
    (tmp_path / "b.png").write_bytes(b"\x89PNG" + bytes(90))
    main([str(tmp_path)])
    shown = capsys.readouterr().out
    assert "| a.txt | 1.000 | 1.000 |" in shown
    assert "| b.png |  |  |" in shown
    assert "2 files, 1 compared, 1 with recall" in shown
