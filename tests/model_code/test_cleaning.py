"""Names as people would mark them, rule by rule."""

import unicodedata
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.folding import fold
from named_entities.cleaning import clean
from named_entities.companies import companies
from named_entities.document import joined
from named_entities.words import Entity

Found = tuple[str, str] | tuple[str, str, float]


def spans_of(text: str, *entities: Found) -> list[Entity]:
    """Entities given by their words, label and score, each behind the one before."""
    spans, at = [], 0
    for words, label, *score in entities:
        start = text.index(words, at)
        at = start + 1
        spans.append(Entity(start, start + len(words), label, *score))
    return spans


def cleaned(text: str, *entities: Found) -> list[tuple[str, str]]:
    """The words and label of what remains of the entities."""
    return [(text[e.start : e.end], e.label) for e in clean(text, spans_of(text, *entities))]


@pytest.mark.parametrize(
    ("text", "words", "label", "expected"),
    [
        ("Ask the Federal Reserve’s staff.", "the Federal Reserve’s", "ORG", "Federal Reserve"),
        ("He said “Acme” won.", "“Acme”", "ORG", "Acme"),
        ("• Ann spoke.", "• Ann", "PERSON", "Ann"),
        ("Do OMB rules hold?", "Do OMB", "ORG", "OMB"),
        ("Ann 🙂 spoke.", "Ann 🙂", "PERSON", "Ann"),
        ("The Union (North) met.", "Union (North)", "ORG", "Union (North)"),
        ("We live in The Hague.", "The Hague", "GPE", "The Hague"),
        ("So said Powell.", "Powell.", "PERSON", "Powell"),
        ("He left Acme Inc.", "Acme Inc.", "ORG", "Acme Inc."),
        ("He left the U.S.", "U.S.", "GPE", "U.S."),
        ("By Ann Lee\nBoard of Trade met.", "Ann Lee\nBoard of Trade", "ORG", "Board of Trade"),
        ("NANCY LEE. Hi all", "NANCY LEE. Hi", "PERSON", "NANCY LEE"),
        ("It grew in fiscal 2016 and later", "fiscal 2016 and", "DATE", "fiscal 2016"),
        ("Due • May 2016", "• May 2016", "DATE", "May 2016"),
        ("The OMB MAX system is down.", "OMB MAX system", "ORG", "OMB MAX"),
        ("Send the US army there.", "US army", "ORG", "US army"),
        ("At Quillmere plc today", "Quillmere plc", "ORG", "Quillmere plc"),
        (
            "The Office of Management and Budget wrote.",
            "Office of Management",
            "ORG",
            "Office of Management and Budget",
        ),
    ],
)
def test_a_name_is_marked_whole_and_without_what_surrounds_it(
    text: str, words: str, label: str, expected: str
) -> None:
    assert cleaned(text, (words, label)) == [(expected, label)]


def test_a_bank_is_named_with_its_seat() -> None:
    text = "The Federal Reserve Bank of New York acts."
    names = (("Federal Reserve Bank", "ORG"), ("New York", "GPE"))
    assert cleaned(text, *names) == [("Federal Reserve Bank of New York", "ORG")]


@pytest.mark.parametrize(
    ("text", "words", "label", "expected"),
    [
        ("We paid $280bn.", "280bn", "MONEY", ("$280bn", "MONEY")),
        ("We paid €1,200 today.", "1,200", "CARDINAL", ("€1,200", "MONEY")),
        ("It cost USD 5 million.", "5", "MONEY", ("USD 5 million", "MONEY")),
        ("It cost EUR 6,480 net.", "EUR 6,480", "CARDINAL", ("EUR 6,480", "MONEY")),
        ("Up by four per cent.", "four per cent", "MONEY", ("four per cent", "PERCENT")),
        ("A 25 basis point cut.", "25", "CARDINAL", ("25 basis point", "PERCENT")),
        ("At 148 °C it broke.", "148 °", "QUANTITY", ("148 °C", "QUANTITY")),
        ("It fell in 2019 again.", "2019", "CARDINAL", ("2019", "DATE")),
        ("At 14:21 it rang.", "14:21", "CARDINAL", ("14:21", "TIME")),
        ("The minutes of 11 May stand.", "The minutes of 11 May", "TIME", ("11 May", "DATE")),
        ("The Privacy Act says so.", "Privacy Act", "WORK_OF_ART", ("Privacy Act", "LAW")),
        ("See 5 U.S.C. § 552a.", "U.S.C. § 552a", "EVENT", ("5 U.S.C. § 552a", "LAW")),
        ("See M-13-13 for it.", "M-13-13", "PRODUCT", ("M-13-13", "LAW")),
        ("At 14:06 today it rang.", "14:06", "DATE", ("14:06", "TIME")),
        ("See 44 U.S.C. § 3504(d) on it.", "3504(d", "CARDINAL", ("44 U.S.C. § 3504(d)", "LAW")),
        ("See Pub. L. No. 107-347 on it.", "107-347", "DATE", ("Pub. L. No. 107-347", "LAW")),
        ("The Company’s Audit Group met.", "Company’s Audit Group", "ORG", ("Audit Group", "ORG")),
    ],
)
def test_values_are_whole_and_of_their_type(
    text: str, words: str, label: str, expected: tuple[str, str]
) -> None:
    assert cleaned(text, (words, label)) == [expected]


def test_an_order_is_cited_whole_and_its_day_stays() -> None:
    text = "By Executive Order 13642 of May 9, 2013, agencies act."
    assert cleaned(text, ("13642 of May 9, 2013", "DATE")) == [
        ("Executive Order 13642", "LAW"),
        ("May 9, 2013", "DATE"),
    ]


@pytest.mark.parametrize(
    ("text", "words", "expected"),
    [
        ("- Tom Park\nU.S. Chief Technology Officer", "Tom Park", "PERSON"),
        ("By Siobhán Ní Dhálaigh in Oslo", "Siobhán Ní Dhálaigh", "PERSON"),
        ("Acme Trust\nChief Executive Officer", "Acme Trust", "ORG"),
        ("We asked Tom Park\nand he left.", "Tom Park", "ORG"),
    ],
)
def test_who_signs_and_who_writes_is_a_person(text: str, words: str, expected: str) -> None:
    assert cleaned(text, (words, "ORG")) == [(words, expected)]


def test_a_range_is_one_amount() -> None:
    text = "A range of 4-3/4 to 5 percent holds."
    values = (("4-3/4", "CARDINAL"), ("5 percent", "PERCENT"))
    assert cleaned(text, *values) == [("4-3/4 to 5 percent", "PERCENT")]


@pytest.mark.parametrize(
    ("text", "words", "label"),
    [
        ("• Costs rose for Ann.", "•", "CARDINAL"),
        ("See Item 7 of the Report.", "Item 7", "EVENT"),
        ("See section 8(b)(2) of it, Ann.", "section 8(b)(2)", "LAW"),
        ("See http://a.example/careers for Jobs.", "http://a.example/careers", "DATE"),
        ("Write to Ann@acme.com, Bob.", "Ann", "PERSON"),
        ("Save it as .csv for Ann.", ".csv", "PERSON"),
        ('Use id="9644-6ce1" for Ann.', 'id="9644-6ce1', "DATE"),
        ("A third party at Acme said so.", "third", "ORDINAL"),
        ("The Board met.\n3. Costs rose.", "3", "CARDINAL"),
        ("As Acme shows [12] it fell.", "12", "CARDINAL"),
        ("Code 029 is Acme.", "029", "CARDINAL"),
        ("He met amortization at Acme.", "amortization", "PERSON"),
        ("We’re at Acme.", "We’re", "ORG"),
        ("The CIO of Acme left.", "CIO", "ORG"),
        ("Mr. Chairman, Ann is here.", "Mr. Chairman", "PERSON"),
        ("Ann writes monthly.", "monthly", "DATE"),
        ("Write to Acme, DC 20240", "20240", "DATE"),
        ("The Program Code of Ann.", "Program Code", "LAW"),
        ("Set Date Modified for Ann.", "Date Modified", "WORK_OF_ART"),
        ("Each Task of Ann.", "Task", "PRODUCT"),
        ("See VAIQ 7423360, Ann.", "VAIQ", "PERSON"),
        ("The Federal Processing Standard says so.", "Federal Processing Standard", "ORG"),
    ],
)
def test_what_is_no_insight_is_not_marked(text: str, words: str, label: str) -> None:
    assert cleaned(text, (words, label, 0.5)) == []


@pytest.mark.parametrize(
    ("text", "words", "label"),
    [
        ("It has 12 stores.", "12", "CARDINAL"),
        ("The Boeing 737 flew.", "Boeing 737", "PRODUCT"),
        ("He read “The Old Town” twice.", "The Old Town", "WORK_OF_ART"),
        ("It takes 72 hours.", "72 hours", "TIME"),
        ("we saw ann lee in paris, Bob", "paris", "GPE"),
        ("Troops of the US left.", "US", "GPE"),
    ],
)
def test_what_looks_like_noise_and_is_none_stays(text: str, words: str, label: str) -> None:
    assert [label for _, label in cleaned(text, (words, label))] == [label]


def test_a_heading_is_no_name_but_what_it_names_elsewhere_is() -> None:
    text = "Swim Lane\n\nPaterson\n\nWe asked Paterson."
    names = (("Swim Lane", "PERSON", 0.5), ("Paterson", "PERSON", 0.5), ("Paterson", "PERSON", 0.5))
    assert cleaned(text, *names) == [("Paterson", "PERSON"), ("Paterson", "PERSON")]


def test_an_item_of_a_list_is_no_heading() -> None:
    text = "- Oslo\n- Paris\n"
    assert len(cleaned(text, ("Oslo", "GPE", 0.8), ("Paris", "GPE", 0.8))) == 2


def test_the_only_line_of_a_text_is_no_heading() -> None:
    assert cleaned("Runar\n", ("Runar", "PERSON", 0.5)) == [("Runar", "PERSON")]


@pytest.mark.parametrize(
    ("text", "names", "expected"),
    [
        (
            "Owen Paterson spoke. Paterson left. Paterson is back.",
            (("Owen Paterson", "PERSON"), ("Paterson", "GPE", 0.4), ("Paterson", "GPE", 0.4)),
            {"PERSON"},
        ),
        (
            "VA pays. VA asks. VA says.",
            (("VA", "ORG"), ("VA", "ORG"), ("VA", "DATE", 0.5)),
            {"ORG"},
        ),
        (
            "Dunmarrow Containers Ltd (“Dunmarrow”) sells. Dunmarrow pays.",
            (("Dunmarrow Containers Ltd", "ORG"), ("Dunmarrow”", "GPE"), ("Dunmarrow", "GPE")),
            {"ORG"},
        ),
    ],
)
def test_all_mentions_of_a_name_have_the_type_that_most_speaks_for(
    text: str, names: tuple[Found, ...], expected: set[str]
) -> None:
    assert {label for _, label in cleaned(text, *names)} == expected


def test_a_name_that_is_mostly_marked_is_marked_everywhere() -> None:
    text = "Interline grew. Interline paid. Then Interline left the market of Interline-made goods."
    found = cleaned(text, ("Interline", "ORG"), ("Interline", "ORG"))
    assert found == [("Interline", "ORG")] * 3


def test_a_word_that_is_hardly_ever_marked_is_no_name() -> None:
    text = "Sales grew. " + "Sales fell. " * 4 + "Ann left."
    assert cleaned(text, ("Sales", "ORG"), ("Ann", "PERSON")) == [("Ann", "PERSON")]


def test_an_organisation_is_found_by_its_kind_where_there_is_but_one() -> None:
    text = "The Federal Market Committee met. The Committee voted, and the Committee Chair left."
    assert cleaned(text, ("Federal Market Committee", "ORG")) == [
        ("Federal Market Committee", "ORG"),
        ("Committee", "ORG"),
    ]
    two = text + " The Audit Review Committee met."
    names = (("Federal Market Committee", "ORG"), ("Audit Review Committee", "ORG"))
    assert ("Committee", "ORG") not in cleaned(two, *names)


def test_a_short_form_is_what_its_full_form_is_at_every_place() -> None:
    text = "The Small Business Agency (SBA) lends. SBA pays. So does SBA."
    found = cleaned(text, ("Business Agency", "ORG"), ("SBA", "PERSON", 0.5))
    assert found == [("Small Business Agency", "ORG"), *[("SBA", "ORG")] * 3]


def test_a_short_form_of_common_words_is_no_name() -> None:
    text = "Loans on commercial real estate (CRE) fell; CRE is weak."
    assert cleaned(text, ("CRE", "ORG"), ("CRE", "ORG")) == []
    assert cleaned(text.replace("(CRE)", "(“CRE”)"), ("CRE", "ORG")) == []


def test_a_company_is_known_by_its_legal_form() -> None:
    text = (
        "In Peverell Cold Chain B.V., and for Bank of Leith plc; Paul Lee and J.M. Acme Inc. met."
    )
    assert [text[e.start : e.end] for e in companies(text)] == [
        "Peverell Cold Chain B.V.",
        "Bank of Leith plc",
        "J.M. Acme Inc.",
    ]


TEXT = "Acme met in Oslo on Monday; Bob left; a Federal Review Board sat."
MONDAY, BOARD = ("Monday", "DATE"), ("Federal Review Board", "ORG")


def labels(names: tuple[Found, ...], others: tuple[Found, ...]) -> list[tuple[str, str]]:
    """The words and labels of the tagger's names and the pipeline's others, joined."""
    found = joined(TEXT, spans_of(TEXT, *names), spans_of(TEXT, *others))
    return [(TEXT[e.start : e.end], e.label) for e in found]


def test_the_tagger_decides_names_and_the_pipeline_the_rest() -> None:
    others = (("Acme", "PERSON"), ("Oslo", "FAC"), MONDAY, ("Bob", "PERSON"))
    found = labels((("Acme", "ORG"), ("Oslo", "LOC")), others)
    assert found == [("Acme", "ORG"), ("Oslo", "FAC"), MONDAY]


def test_a_place_that_is_built_is_a_facility() -> None:
    text = "We met at Calder Mill."
    (entity,) = joined(text, spans_of(text, ("Calder Mill", "LOC")), [])
    assert entity.label == "FAC"


def test_a_doubtful_name_needs_the_pipeline_to_see_one() -> None:
    doubtful = (("Acme", "ORG", 0.6), ("Bob", "PER", 0.6))
    assert labels(doubtful, (("Bob", "ORG"),)) == [("Bob", "PERSON")]


def test_an_institution_that_only_the_pipeline_sees_is_taken() -> None:
    assert labels((), (BOARD,)) == [BOARD]


@given(st.text(alphabet="aeé\u0301 o\u00ad\u200b\u00a0nñ\u0303.\n", max_size=40))
def test_each_folded_character_stands_where_it_says(text: str) -> None:
    folded = fold(text)
    assert len(folded.text) == len(folded.origins) == len(folded.ends)
    for index, character in enumerate(folded.text):
        start, end = folded.place(index, index + 1)
        given_there = "".join(c for c in text[start:end] if c not in "\u00ad\u200b")
        assert unicodedata.normalize("NFC", given_there.replace("\u00a0", " ")) == character


def test_text_that_looks_the_same_is_folded_to_the_same() -> None:
    plain = "José Núñez met Ann Lee"
    odd = unicodedata.normalize("NFD", plain).replace(" Lee", "\u00a0Le\u00ade")
    assert fold(odd).text == plain


LABELS = st.sampled_from(["PERSON", "ORG", "GPE", "DATE", "MONEY", "CARDINAL", "LAW", "TIME"])


@given(
    st.text(alphabet="Aa b.\n$5%(“’-T", max_size=40),
    st.lists(st.tuples(st.integers(0, 39), st.integers(1, 9), LABELS), max_size=6),
)
def test_whatever_is_found_stays_in_the_text_in_order_and_apart(
    text: str, found: list[tuple[int, int, str]]
) -> None:
    entities, end = [], 0
    for start, length, label in sorted(found):
        if end <= start < len(text):
            end = min(len(text), start + length)
            entities.append(Entity(start, end, label))
    result = clean(text, entities)
    assert all(0 <= e.start < e.end <= len(text) for e in result)
    assert all(one.end <= two.start for one, two in pairwise(result))
    assert not any("\n" in text[e.start : e.end] for e in result)
