"""What a model remembers of the texts it was trained on."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.evaluation.memory import Memory, fingerprint


@given(st.lists(st.text(min_size=1), max_size=60))
def test_no_text_is_forgotten_on_the_way_to_a_file_and_back(texts: list[str]) -> None:
    kept = [text for text in texts if text.strip()]
    memory = Memory.from_bytes(Memory.of(texts).to_bytes())
    assert all(fingerprint(text) in memory for text in kept)


def test_hardly_any_other_text_is_taken_for_a_known_one() -> None:
    memory = Memory.of(f"known {number}" for number in range(2_000))
    mistakes = sum(fingerprint(f"other {number}") in memory for number in range(20_000))
    assert mistakes < 12  # 2 are expected; more than 11 come up once in a million


def test_a_memory_takes_little_room_and_holds_no_text() -> None:
    data = Memory.of(f"a rather long text with the number {n}" for n in range(1_000)).to_bytes()
    assert len(data) < 2_500
    assert b"long" not in data


def test_what_is_no_memory_is_refused() -> None:
    assert fingerprint("a") not in Memory.of([])
    whole = Memory.of(["a", "b"]).to_bytes()
    for data in (whole[:-1], whole + b"x", b"\xff" * 20):
        with pytest.raises(ValueError, match="has"):
            Memory.from_bytes(data)
