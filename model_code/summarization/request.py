"""What may be asked of a summary: its length and its style."""

from dataclasses import dataclass, field
from typing import Any

from common import payload

MAX_LENGTH, MIN_LENGTH = 130, 30  # tokens, the original solution's defaults
LONGEST = 10_000_000
LEAD, BULLETS, FOCUS = "lead", "bullets", "focus"
STYLES = (LEAD, BULLETS, FOCUS)
USUAL_BULLETS, MOST_BULLETS = 3, 20


@dataclass(frozen=True)
class Lengths:
    """Limits in tokens and, where ``max_words`` or ``min_words`` is given, in words instead."""

    max_length: int = MAX_LENGTH
    min_length: int = MIN_LENGTH
    max_words: int | None = None
    min_words: int | None = None


@dataclass(frozen=True)
class Style:
    """A paragraph (``bullets`` is 0) or so many points, and what it is to be about ("": all)."""

    bullets: int = 0
    focus: str = ""


@dataclass(frozen=True)
class Request:
    """A text and how to summarise it; ``lengths`` are None where they are left to the model, and
    ``options`` are for sampling, which only seq2seq does.
    """

    text: str
    lengths: Lengths | None = None
    options: dict[str, Any] = field(default_factory=dict)
    style: Style = Style()

    @property
    def limits(self) -> Lengths:
        """The lengths, or the original solution's."""
        return self.lengths or Lengths()


def read_request(body: bytes | str, content_type: str) -> Request:
    """``{"text", "parameters": {max_length, min_length, max_words, min_words, style, bullets,
    focus, …}}``; raises ``payload.BadRequestError``.
    """
    request = payload.parse_object(body, content_type)
    values = payload.parameters(request)
    text = payload.required_text(request, "text")
    return Request(text, _lengths(values), values, _style(values))


def _style(values: dict[str, Any]) -> Style:
    style = values.get("style", LEAD)
    if style not in STYLES:
        raise payload.BadRequestError(f"'style' must be one of {', '.join(STYLES)}.")
    focus = values.get("focus", "")
    if not isinstance(focus, str) or (style == FOCUS and not focus.strip()):
        raise payload.BadRequestError("'focus' must be a text that says what it is to be about.")
    count = payload.whole_number(values, "bullets", USUAL_BULLETS, lowest=1, highest=MOST_BULLETS)
    return Style((count or USUAL_BULLETS) if style == BULLETS else 0, focus.strip())


def _lengths(values: dict[str, Any]) -> Lengths | None:
    given = {
        key: payload.whole_number(values, key, None, lowest=low, highest=LONGEST)
        for key, low in (("max_length", 1), ("min_length", 0), ("max_words", 1), ("min_words", 0))
    }
    for unit in ("length", "words"):
        most, least = given[f"max_{unit}"], given[f"min_{unit}"]
        if most is not None and least is not None and least > most:
            raise payload.BadRequestError(
                f"'min_{unit}' = {least} is more than 'max_{unit}' = {most}."
            )
    if all(value is None for value in given.values()):
        return None
    most = given["max_length"] or max(MAX_LENGTH, given["min_length"] or 0)
    least = given["min_length"] if given["min_length"] is not None else min(MIN_LENGTH, most)
    return Lengths(most, least, given["max_words"], given["min_words"])
