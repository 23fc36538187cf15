"""Colours: known types look the same everywhere, and everything can be read in both themes."""

import tomllib
from typing import Any

import pytest

from backend.tasks.entity_types import ONTONOTES
from pages.components import colours
from pages.components.colours import Ink, Theme, contrast, mix
from tests.app.support import ROOT

AA = 4.5
AA_LARGE = 3.0
THEMES: tuple[Theme, ...] = ("light", "dark")
INKS = {
    **colours.ENTITIES,
    "summary": colours.SUMMARY,
    "answer": colours.ANSWER,
    "head": colours.HEAD,
    "tail": colours.TAIL,
    "evidence": colours.EVIDENCE,
    "positive": colours.POSITIVE,
    "negative": colours.NEGATIVE,
    "neutral": colours.NEUTRAL,
    "tuned": colours.TUNED,
    "baseline": colours.BASELINE,
}


def themes() -> dict[str, Any]:
    config = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text())
    return dict(config["theme"])


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("name", INKS)
def test_a_label_can_be_read_on_its_highlight(name: str, theme: Theme) -> None:
    ink, page = INKS[name].on(theme), colours.PAGE.on(theme)
    assert contrast(ink, mix(ink, page, colours.TINT)) >= AA


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("name", INKS)
def test_text_can_be_read_on_every_highlight_even_one_in_focus(name: str, theme: Theme) -> None:
    ink, page = INKS[name].on(theme), colours.PAGE.on(theme)
    assert contrast(colours.TEXT.on(theme), mix(ink, page, 0.26)) >= AA


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("name", INKS)
def test_lines_and_bars_stand_out_from_page_and_panel(name: str, theme: Theme) -> None:
    ink = INKS[name].on(theme)
    assert contrast(ink, colours.PAGE.on(theme)) >= AA_LARGE
    assert contrast(ink, colours.PANEL.on(theme)) >= AA_LARGE


@pytest.mark.parametrize("theme", THEMES)
def test_the_theme_is_made_of_the_same_colours(theme: Theme) -> None:
    config = themes()[theme]
    assert config["backgroundColor"] == colours.PAGE.on(theme)
    assert config["secondaryBackgroundColor"] == colours.PANEL.on(theme)
    assert config["textColor"] == colours.TEXT.on(theme)
    assert config["borderColor"] == colours.RULE.on(theme)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("name", ["textColor", "linkColor", "redColor", "greenColor", "blueColor"])
def test_text_of_the_theme_can_be_read_on_all_its_surfaces(name: str, theme: Theme) -> None:
    config = themes()[theme]
    surfaces = [
        config["backgroundColor"],
        config["secondaryBackgroundColor"],
        config["sidebar"]["backgroundColor"],
    ]
    assert min(contrast(config[name], surface) for surface in surfaces) >= AA


def test_all_types_of_ontonotes_have_a_colour_of_their_own() -> None:
    assert sorted(colours.ENTITIES) == sorted(ONTONOTES)
    assert len(set(colours.ENTITIES.values())) == len(ONTONOTES)


def test_types_of_other_corpora_share_the_colours() -> None:
    assert colours.entity_ink("PER") == colours.ENTITIES["PERSON"]
    assert colours.entity_ink("ORG") == colours.ENTITIES["ORG"]


def test_an_unknown_type_always_gets_the_same_colour() -> None:
    assert colours.entity_ink("Besteller") == colours.entity_ink("Besteller")


def test_a_class_without_a_meaning_is_coloured_by_its_place() -> None:
    labels = ("sports", "trade")
    assert colours.class_ink("sports", labels) != colours.class_ink("trade", labels)
    assert colours.class_ink("Negative", ("Negative",)) == colours.NEGATIVE


def test_contrast_is_that_of_wcag() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.478, abs=0.001)


def test_css_follows_the_theme() -> None:
    assert Ink("#111111", "#eeeeee").css == "light-dark(#111111, #eeeeee)"
