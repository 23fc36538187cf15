"""What a published accuracy and F1 really say: the confusion tables that fit them.

With R right answers of n and W = n - R wrong ones, accuracy is R / n and the F1 of the positive
class is 2 TP / (2 TP + W), so that TP = F1 W / (2 (1 - F1)) and TN = R - TP. Both numbers are
rounded, so each stands for a small range; integers that fall into both are the tables that fit.
How W divides into false positives and false negatives, the two numbers do not tell.
"""

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from backend.errors import InputError

SIZES: Final = range(1, 5001)
"""The test set sizes that are tried where the size is not known."""
LISTED: Final = 200
ARTICLE: Final = (
    ("No HPO", "0.579795", "0.734013"),
    ("With HPO", "0.944363", "0.953202"),
)
"""The rows that the original solution reports for text classification: name, accuracy, F1."""
ARTICLE_SIZE: Final = 683
"""The only size between 400 and 999 that fits both rows."""
_NUMBER: Final = re.compile(r"(\d*)(?:[.,](\d+))?\s*(%?)")


@dataclass(frozen=True)
class Rounded:
    """A share of 1 as it was printed: the exact values from ``low`` to ``high`` round to it."""

    written: str
    low: Fraction
    high: Fraction

    @property
    def value(self) -> float:
        """The printed number, as a share of 1."""
        return float((self.low + self.high) / 2)


@dataclass(frozen=True)
class Confusion:
    """A table that fits: right positives, right negatives, and wrong answers of ``n``."""

    n: int
    true_positives: int
    true_negatives: int
    wrong: int

    @property
    def right(self) -> int:
        """The right answers."""
        return self.true_positives + self.true_negatives


@dataclass(frozen=True)
class Explanation:
    """The tables that fit (the first ``LISTED`` of ``count``), the sizes they have, and the words
    for it. ``warning`` says what is wrong with every model that fits, "" where nothing must be.
    """

    count: int
    tables: tuple[Confusion, ...]
    sizes: tuple[int, ...]
    sentence: str
    warning: str


def rounded(written: str | float) -> Rounded:
    """``written`` ("0.5798", "57.98%", "57.98") with the range that rounds to it.

    Raises ``InputError`` for anything but a share from 0 to 1 or a percentage.
    """
    text = str(written).strip()
    match = _NUMBER.fullmatch(text)
    if not match or not (match[1] or match[2]):
        raise InputError(f"“{text}” is not a score: give a number such as 0.5798 or 57.98%.")
    digits = len(match[2] or "")
    value = Fraction(int((match[1] or "0") + (match[2] or "")), 10**digits)
    half = Fraction(1, 2 * 10**digits)
    # 1 is a share; what is above it can only be a percentage.
    if match[3] or value > 1:
        value, half = value / 100, half / 100
    if value > 1:
        raise InputError(f"“{text}” is above 100 %: give a number such as 0.5798 or 57.98%.")
    return Rounded(text, max(value - half, Fraction(0)), min(value + half, Fraction(1)))


def explain(accuracy: str | float, f1: str | float, n: int | None = None) -> Explanation:
    """All confusion tables of ``n`` examples (of any size in ``SIZES`` where None) that round to
    ``accuracy`` and ``f1``, and what they mean.

    Strings keep their zeros ("0.90" is more exact than 0.9). Raises ``InputError``.
    """
    if n is not None and not 1 <= n <= 1_000_000:
        raise InputError("The number of examples must lie between 1 and 1,000,000.")
    wanted, score = rounded(accuracy), rounded(f1)
    tables: list[Confusion] = []
    count = 0
    sizes: list[int] = []
    worst = [True, True]
    for size in SIZES if n is None else (n,):
        fitting = 0
        for wrong, low, high in _ranges(wanted, score, size):
            fitting += high - low + 1
            right = size - wrong
            worst[0] &= low == high == right and right > 0
            worst[1] &= high == 0
            room = range(low, min(high, low + LISTED - len(tables) - 1) + 1)
            tables += (Confusion(size, hits, right - hits, wrong) for hits in room)
        if fitting:
            sizes.append(size)
            count += fitting
    warning = _warning(*worst) if count else ""
    sentence = _sentence(wanted, score, n, tuple(tables), tuple(sizes), count, warning)
    return Explanation(count, tuple(tables), tuple(sizes), sentence, warning)


def sizes_that_fit(rows: Sequence[tuple[str | float, str | float]]) -> tuple[int, ...]:
    """The sizes in ``SIZES`` that fit every (accuracy, F1) of a published table."""
    return tuple(
        size
        for size in SIZES
        if all(
            any(True for _ in _ranges(rounded(accuracy), rounded(f1), size))
            for accuracy, f1 in rows
        )
    )


def _ranges(accuracy: Rounded, f1: Rounded, n: int) -> Iterator[tuple[int, int, int]]:
    """For each number of wrong answers that fits: it, and the fewest and most true positives."""
    fewest = math.ceil(accuracy.low * n)
    most = math.floor(accuracy.high * n)
    least = f1.low / (2 * (1 - f1.low)) if f1.low < 1 else None
    highest = f1.high / (2 * (1 - f1.high)) if f1.high < 1 else None
    for right in range(fewest, min(most, n) + 1):
        wrong = n - right
        if wrong == 0:
            # Nothing wrong: F1 is 1, or by convention 0 where there is no positive at all.
            if f1.high == 1:
                yield 0, 1, right
            if f1.low == 0:
                yield 0, 0, 0
            continue
        if least is None:
            continue
        low = -(-least.numerator * wrong // least.denominator)
        high = right
        if highest is not None:
            high = min(right, highest.numerator * wrong // highest.denominator)
        if low <= high:
            yield wrong, low, high


def _warning(never_negative: bool, never_positive: bool) -> str:  # noqa: FBT001 - two facts
    if never_negative:
        return (
            "it never answers “negative” correctly, just as a model that answers “positive” to "
            "everything"
        )
    if never_positive:
        return (
            "it never answers “positive” correctly, just as a model that answers “negative” to "
            "everything"
        )
    return ""


def _sentence(
    accuracy: Rounded,
    f1: Rounded,
    n: int | None,
    tables: tuple[Confusion, ...],
    sizes: tuple[int, ...],
    count: int,
    warning: str,
) -> str:
    given = f"accuracy {accuracy.written} and F1 {f1.written}"
    if not count:
        size = f"{n:,} examples" if n else f"{SIZES.start} to {SIZES.stop - 1:,} examples"
        return (
            f"No confusion table of {size} gives {given}: check the numbers, or ask whether this "
            "F1 is that of one class (a macro or weighted F1 cannot be taken apart)."
        )
    if count == 1:
        return f"{_one_table(given, tables[0])}{_meaning(tables[0], warning)}"
    where = f"of {n:,} examples" if n else f"of {_few(sizes)} examples"
    rest = f" In every one of them {warning}." if warning else ""
    return f"{count:,} confusion tables {where} give {given}.{rest}"


def _few(sizes: tuple[int, ...]) -> str:
    first = ", ".join(f"{size:,}" for size in sizes[:5])
    return f"{first} (and of {len(sizes) - 5:,} more sizes)" if len(sizes) > 5 else first


def _one_table(given: str, table: Confusion) -> str:
    return (
        f"Exactly one confusion table gives {given}: of {table.n:,} examples {table.right:,} are "
        f"right (TP {table.true_positives:,}, TN {table.true_negatives:,}) and "
        f"{table.wrong:,} wrong."
    )


def _meaning(table: Confusion, warning: str) -> str:
    if table.wrong == 0:
        return " Nothing is wrong."
    if not warning:
        return (
            f" It gets {table.true_positives:,} positives and {table.true_negatives:,} negatives "
            "right."
        )
    if table.true_positives:
        return (
            f" Not one right answer is a negative: {warning}. Answering “positive” always gives "
            f"exactly these numbers where {table.true_positives:,} of {table.n:,} examples "
            f"({table.right / table.n:.1%}) are positive."
        )
    return f" Not one right answer is a positive: {warning}."
