"""Whether words state a business relation between two names."""

import pytest

from relation_extraction.business import Candidate, Fact, best, calibrated, candidates, once
from relation_extraction.cues import known, states
from relation_extraction.ends import ENDS, TITLE, Mention
from relation_extraction.posts import posts

KINDS = {
    "Ann Lee": "PERSON",
    "Bob May": "PERSON",
    "Acme": "ORG",
    "Acme Holdings": "ORG",
    "Bolt Ltd": "ORG",
    "Federal Trade Board": "ORG",
    "FTB": "ORG",
    "Oslo": "GPE",
    "Norway": "GPE",
    "1998": "DATE",
}


def mentions(text: str) -> list[Mention]:
    """The names in ``text`` and the posts."""
    names: list[Mention] = []
    for name, kind in sorted(KINDS.items(), key=lambda item: -len(item[0])):
        at = text.find(name)
        if at >= 0 and not any(one.start <= at < one.end for one in names):
            names.append(Mention(at, at + len(name), kind))
    return sorted([*names, *posts(text, names)], key=lambda one: one.start)


def pair(text: str, head: str, tail: str) -> tuple[Mention, Mention]:
    by_text = {text[one.start : one.end]: one for one in mentions(text)}
    return by_text[head], by_text[tail]


@pytest.mark.parametrize(
    ("name", "text", "head", "tail"),
    [
        ("per:employee_of", "Ann Lee works for Acme.", "Ann Lee", "Acme"),
        ("per:employee_of", "Said Ann Lee, chief executive of Acme.", "Ann Lee", "Acme"),
        ("per:employee_of", "Ann Lee, Acme.", "Ann Lee", "Acme"),
        ("org:top_members/employees", "Acme's chief executive, Ann Lee, left.", "Acme", "Ann Lee"),
        ("org:founded_by", "Acme was founded in Oslo by Ann Lee.", "Acme", "Ann Lee"),
        ("org:founded", "Acme, founded in 1998, makes pumps.", "Acme", "1998"),
        ("org:subsidiaries", "Acme acquired Bolt Ltd last year.", "Acme", "Bolt Ltd"),
        ("org:subsidiaries", "Bolt Ltd is a subsidiary of Acme.", "Acme", "Bolt Ltd"),
        ("org:city_of_headquarters", "The Oslo-based Acme grew.", "Acme", "Oslo"),
        ("org:city_of_headquarters", "Acme is based in Oslo.", "Acme", "Oslo"),
        ("org:alternate_names", "The Federal Trade Board (FTB) met.", "Federal Trade Board", "FTB"),
        ("per:cities_of_residence", "Ann Lee lives in Oslo.", "Ann Lee", "Oslo"),
        ("per:spouse", "Ann Lee married Bob May.", "Ann Lee", "Bob May"),
        ("per:title", "The chief executive, Ann Lee, agreed.", "Ann Lee", "chief executive"),
    ],
)
def test_what_is_said_is_found(name: str, text: str, head: str, tail: str) -> None:
    assert states(name, text, pair(text, head, tail), mentions(text))


@pytest.mark.parametrize(
    ("name", "text", "head", "tail"),
    [
        ("org:city_of_headquarters", "Acme opened a shop in Oslo in spring.", "Acme", "Oslo"),
        ("per:cities_of_residence", "Ann Lee spoke about prices in Oslo.", "Ann Lee", "Oslo"),
        ("per:employee_of", "Ann Lee said that Acme had lost money.", "Ann Lee", "Acme"),
        ("org:subsidiaries", "Acme and Bolt Ltd compete.", "Acme", "Bolt Ltd"),
        ("per:spouse", "Ann Lee met Bob May.", "Ann Lee", "Bob May"),
        ("org:founded", "In 1998 prices fell, and Acme lost money.", "Acme", "1998"),
        ("per:title", "Ann Lee, chief executive, Bob May, clerk.", "Bob May", "chief executive"),
    ],
)
def test_what_merely_stands_in_one_sentence_is_not(
    name: str, text: str, head: str, tail: str
) -> None:
    assert not states(name, text, pair(text, head, tail), mentions(text))


def test_words_are_known_for_every_relation() -> None:
    assert all(known(name) for name in ENDS)


def test_a_pair_that_no_words_relate_needs_no_model() -> None:
    text = "Acme opened a shop in Oslo in spring."
    labels = ("org:city_of_headquarters(e1,e2)", "no_relation")
    assert candidates(text, (0, len(text)), pair(text, "Acme", "Oslo"), [], labels) == []


def test_the_likeliest_of_what_words_state_is_told_with_a_probability() -> None:
    head, tail = Mention(0, 4, "ORG"), Mention(10, 14, "PERSON")
    founded = Candidate("org:founded_by(e1,e2)", head, tail, stated=True)
    led = Candidate("org:top_members/employees(e1,e2)", head, tail, stated=False)
    scores = {founded.label: 0.2, led.label: 0.7, "no_relation": 0.1}
    fact = best([founded, led], scores, (0, 20))
    assert fact is not None
    assert fact.label == founded.label
    assert fact.score == pytest.approx(calibrated(0.2, 1.7, 0.25))


def test_a_doubtful_relation_is_not_told() -> None:
    one = Candidate("per:origin(e1,e2)", Mention(0, 3, "PERSON"), Mention(5, 9, "GPE"), stated=None)
    assert best([one], {one.label: 0.3, "no_relation": 0.7}, (0, 9)) is None


def test_a_fact_is_told_once_with_its_clearest_evidence() -> None:
    text = "Ann Lee works for Acme. Ann Lee of Acme spoke."
    first = Fact("per:employee_of", Mention(0, 7), Mention(18, 22), 0.7, (0, 23))
    second = Fact("per:employee_of", Mention(24, 31), Mention(35, 39), 0.9, (24, 46))
    assert once(text, [first, second]) == [second]


def test_a_post_belongs_to_one_person() -> None:
    post = Mention(10, 15, TITLE)
    near = Fact("per:title", Mention(0, 3), post, 0.9, (0, 30))
    far = Fact("per:title", Mention(20, 23), post, 0.6, (0, 30))
    assert once("Ann Lee,  chair then Bob May spoke", [near, far]) == [near]
