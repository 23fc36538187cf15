"""Texts and spans as strategies: any Unicode that UTF-8 can carry, emoji and marks included."""

import string

from hypothesis import strategies as st

from backend.tasks.base import Span

_NASTY = "é 👩‍👩‍👧 ש 漢 \u0301 \u200f <b> \r\n \t | 🇩🇪 \u2028"
_CHARACTERS = st.one_of(
    st.sampled_from(string.ascii_letters + _NASTY),
    st.characters(codec="utf-8"),
)
texts = st.text(_CHARACTERS, min_size=1, max_size=60).filter(lambda text: bool(text.strip()))


@st.composite
def texts_with_spans(draw: st.DrawFn, *, least: int = 0) -> tuple[str, tuple[Span, ...]]:
    """A text and spans of it that do not overlap, in order."""
    text = draw(st.text(_CHARACTERS, min_size=max(1, 2 * least), max_size=60))
    text = f"{text}." if not text.strip() else text
    cuts = st.integers(0, len(text))
    places = sorted(draw(st.sets(cuts, min_size=2 * least, max_size=8)))
    pairs = zip(places[::2], places[1::2], strict=False)
    labels = st.sampled_from(("", "PERSON", "<i>"))
    scores = st.one_of(st.none(), st.floats(0, 1))
    spans = (Span(a, b, text[a:b], draw(labels), draw(scores)) for a, b in pairs)
    return text, tuple(spans)


def wire(span: Span, *, start: str = "start", end: str = "end") -> dict[str, object]:
    """A span as an endpoint would write it."""
    optional = {"label": span.label or None, "score": span.score}
    return {start: span.start, end: span.end, "text": span.text} | optional
