"""The language of a text, where it is surely not English."""

import doctest

import pytest

from backend.documents import language
from backend.documents.language import LANGUAGES, foreign_language
from backend.documents.samples import Sample, samples


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("German", "Wir haben das Paket leider nie erhalten und bitten um Rückerstattung."),
        ("French", "Le conseil a approuvé le budget pour l'année prochaine."),
        ("Spanish", "El contrato entra en vigor el 1 de enero."),
        ("Italian", "Il consiglio ha approvato il bilancio."),
        ("Dutch", "De overeenkomst treedt in werking op 1 januari."),
        ("Danish", "Jeg vil gerne annullere min ordre, for den er ikke kommet."),
        ("Polish", "Umowa wchodzi w życie pierwszego stycznia."),
        ("Turkish", "Sözleşme bir ocakta yürürlüğe girer."),
        ("Russian", "Договор вступает в силу первого января."),
        ("Greek", "Η σύμβαση τίθεται σε ισχύ την πρώτη Ιανουαρίου."),
        ("Japanese", "契約は来年の一月一日に発効します。"),
        ("Chinese", "合同自明年一月一日起生效。"),
        ("Korean", "계약은 내년 1월 1일부터 효력이 발생합니다."),
        ("Arabic", "يبدأ سريان العقد في الأول من يناير."),
        ("Hebrew", "החוזה נכנס לתוקף באחד בינואר."),
        ("Hindi", "अनुबंध पहली जनवरी से लागू होगा।"),
    ],
)
def test_a_text_in_another_language_is_told(language: str, text: str) -> None:
    assert foreign_language(text) == language


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Ann met Bob.",
        "Hallo Welt",
        "Great tablet, poor battery.",
        "Revenue up 4%",
        "Alasdair Kinnear, Maartje van Houwelingen, Ciarán Tuohy",
        "Mr Fenn met Jürgen Klopp, Xavi Hernández and Zinédine Zidane in São Paulo.",
        'He said: "Je ne regrette rien, mon ami, c\'est la vie." Then he left the room with her.',
        "def main(): return os.environ.get('HOME')",
        "12 34 56",
    ],
)
def test_english_and_what_is_too_short_is_passed(text: str) -> None:
    assert foreign_language(text) is None


@pytest.mark.parametrize("sample", samples(), ids=lambda sample: sample.slug)
def test_every_sample_is_english(sample: Sample) -> None:
    assert foreign_language(sample.text) is None


def test_a_long_text_is_judged_by_all_of_it() -> None:
    german = "Wir haben das Paket leider nie erhalten und bitten um Rückerstattung. "
    assert foreign_language(f"{samples()[0].text[:900]}\n\n{german * 500}") == "German"


def test_decomposed_accents_change_nothing() -> None:
    text = "Wir haben das Paket fu\u0308r Mu\u0308ller leider nie erhalten und bitten darum."
    assert foreign_language(text) == "German"


def test_every_language_has_a_name_of_its_own() -> None:
    assert len(set(LANGUAGES.values())) == len(LANGUAGES)


def test_the_example_is_true() -> None:
    assert doctest.testmod(language).failed == 0
