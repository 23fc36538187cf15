"""Words, tags and entities: there and back again, over windows."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from named_entities.decode import forbidden, likeliest, tag_words
from named_entities.features import word_windows
from named_entities.words import Entity, entities_of, tags_for, words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Anna Berg, of Acme.", ["Anna", "Berg", ",", "of", "Acme", "."]),
        ("R.H. Saunders", ["R.H.", "Saunders"]),
        ("J. P. Morgan", ["J.", "P.", "Morgan"]),
        ("the U.S. and", ["the", "U.S.", "and"]),
        ("Procter & Gamble", ["Procter", "&", "Gamble"]),
        ("AT&T's O'Neill", ["AT&T's", "O'Neill"]),
        ("Jean-Luc (Paris)", ["Jean-Luc", "(", "Paris", ")"]),
        ("東京 2024", ["東", "京", "2024"]),
        ("cafe\u0301 🙂!", ["cafe\u0301", "🙂", "!"]),
        ("", []),
        (" \n ", []),
    ],
)
def test_words_of_a_text(text: str, expected: list[str]) -> None:
    assert [text[start:end] for start, end in words(text)] == expected


@given(st.text())
def test_words_hold_every_character_that_is_no_blank_once(text: str) -> None:
    spans = words(text)
    assert "".join(text[a:b] for a, b in spans) == "".join(text.split())
    assert all(a[1] <= b[0] for a, b in itertools.pairwise(spans))


@given(st.lists(st.sampled_from(["O", "B-PER", "I-PER", "B-ORG", "I-ORG"]), max_size=12))
def test_entities_become_tags_and_entities_again(tags: list[str]) -> None:
    spans = [(3 * index, 3 * index + 2) for index in range(len(tags))]
    found = entities_of(spans, tags, [0.5] * len(tags))
    again = tags_for(spans, found)
    assert [(e.start, e.end, e.label) for e in entities_of(spans, again, [0.5] * len(tags))] == [
        (e.start, e.end, e.label) for e in found
    ]


def test_a_tag_that_continues_nothing_opens_an_entity() -> None:
    found = entities_of([(0, 1), (2, 3), (4, 5)], ["I-PER", "I-ORG", "O"], [1.0, 0.5, 1.0])
    assert found == [Entity(0, 1, "PER", 1.0), Entity(2, 3, "ORG", 0.5)]


def test_an_entity_that_cuts_a_word_takes_the_whole_word() -> None:
    assert tags_for([(0, 8), (9, 12)], [Entity(2, 10, "ORG")]) == ["B-ORG", "I-ORG"]


def test_a_word_in_two_windows_is_tagged_where_more_is_around_it(tiny_base: object) -> None:
    from common.weights import load_tokenizer

    tokenizer = load_tokenizer(str(tiny_base))
    text = "anna berg paris london acme globex " * 30
    spans = words(text)
    parts = word_windows(tokenizer, text, spans, 40)
    assert len(parts) > 2
    assert {word for part in parts for word, _ in part.firsts} == set(range(len(spans)))
    logits = []
    for part in parts:
        values = np.zeros((len(part), 2))
        values[:, 1] = [5.0 if 2 < index < len(part) - 3 else -5.0 for index in range(len(part))]
        logits.append(values)
    tags, _ = tag_words(parts, logits, len(spans), ["O", "B-X"])
    inner = tags[4:-4]
    assert inner == ["B-X"] * len(inner)


LABELS = ["O", "B-PER", "I-PER", "B-ORG", "I-ORG"]


@given(st.lists(st.lists(st.floats(-9, 0), min_size=5, max_size=5), min_size=1, max_size=4))
def test_the_tags_are_the_likeliest_ones_that_can_follow_each_other(
    rows: list[list[float]],
) -> None:
    scores = np.array(rows)
    banned = forbidden(LABELS)
    possible = [
        path
        for path in itertools.product(range(5), repeat=len(rows))
        if not any(banned[a, b] for a, b in itertools.pairwise([5, *path]))
    ]
    found = likeliest(scores, banned)
    assert tuple(found) in possible
    total = {path: sum(scores[i, tag] for i, tag in enumerate(path)) for path in possible}
    assert total[tuple(found)] == pytest.approx(max(total.values()))


def test_an_inner_tag_follows_only_its_own_label() -> None:
    rows = [
        {after for after, banned in zip(LABELS, row, strict=True) if not banned}
        for row in forbidden(LABELS)
    ]
    free = {"O", "B-PER", "B-ORG"}
    assert rows == [
        free,
        free | {"I-PER"},
        free | {"I-PER"},
        free | {"I-ORG"},
        free | {"I-ORG"},
        free,
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("हिन्दी में लिखा", ["हिन्दी", "में", "लिखा"]),
        ("தமிழ் மொழி", ["தமிழ்", "மொழி"]),
        ("বাংলা ভাষা", ["বাংলা", "ভাষা"]),
        ("שָׁלוֹם עולם", ["שָׁלוֹם", "עולם"]),
        ("اَلْعَرَبِيَّة", ["اَلْعَرَبِيَّة"]),
        ("می\u200cخواهم", ["می\u200cخواهم"]),
        ("Mer\u00adkel 👩\u200d💻 👍🏽!", ["Mer\u00adkel", "👩\u200d💻", "👍🏽", "!"]),
    ],
)
def test_words_of_scripts_with_marks_and_joined_signs_stay_whole(
    text: str, expected: list[str]
) -> None:
    assert [text[start:end] for start, end in words(text)] == expected
