"""What makes a score untrustworthy, said before anybody believes it.

Each check answers an ``Alarm`` or None. A ``note`` informs; an ``alarm`` should stop a promotion.
"""

import math
from collections import Counter
from collections.abc import Container, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from backend.evaluation.examples import Examples, Value, labels
from backend.evaluation.formulas import GOLD, HIT, class_labels
from backend.evaluation.intervals import Interval
from backend.evaluation.memory import fingerprint
from backend.evaluation.metrics.chrf import chrf
from backend.evaluation.scoring import Scored, title

ENOUGH: Final = 20
"""Examples of a class below which its score says little."""
Range = Sequence[float] | Sequence[str]
"""What a search could choose from: lowest and highest number, or the allowed values as text."""
_SMALLEST_GAP: Final = 0.01
_READ: Final = 0.97
"""The share of letters that ROUGE must see for its score to say nothing wrong."""
_READ_HALF: Final = 0.5
_FEW_DOCUMENTS: Final = 20
_FEW_SEEN: Final = 0.02
"""Of all test examples: were all of them right for being known, it is two points too high."""


@dataclass(frozen=True)
class Alarm:
    """``name`` is stable, for programs; ``message`` is a sentence for people."""

    name: str
    message: str
    level: Literal["alarm", "note"] = "alarm"


def alarms_of(examples: Examples, predicted: Sequence[Value], scored: Scored) -> tuple[Alarm, ...]:
    """What gold and predictions alone show."""
    found: list[Alarm | None] = [constant(examples, predicted)]
    if examples.task in ("text_classification", "relation_extraction"):
        found.append(majority(labels(examples.gold), scored))
    if examples.task == "question_answering":
        asked = ["answer" if answers else "" for answers in examples.gold]
        found.append(majority(asked, scored))
    if examples.task == "summarization":
        found.append(unread_letters(examples, predicted))
    found += [never_right(scored), unknown_classes(scored), few_examples(scored)]
    found.append(few_documents(scored))
    return tuple(alarm for alarm in found if alarm is not None)


def constant(examples: Examples, predicted: Sequence[Value]) -> Alarm | None:
    """Every answer is the same though the gold is not."""
    if len(predicted) < 2 or len(set(map(_comparable, predicted))) > 1:
        return None
    only = predicted[0]
    if examples.task == "named_entities":
        if only:
            return None
        if not any(examples.gold):
            return None
        return Alarm("constant_prediction", "The model finds no entity in any text.")
    if examples.task == "summarization" and len(set(examples.gold)) < 2:
        return None
    same_gold = len(set(examples.gold)) == 1
    if same_gold and examples.task != "question_answering":
        return None
    what = "leaves every question unanswered" if only == "" else f"always answers “{_short(only)}”"
    return Alarm(
        "constant_prediction",
        f"The model {what}, whatever the input: it is broken, or was deployed with the wrong "
        "labels.",
    )


def _comparable(value: Value) -> Hashable:
    """``value`` where the order of what it lists does not matter."""
    if isinstance(value, str):
        return value
    return frozenset(value)


def _short(value: Value) -> str:
    text = value if isinstance(value, str) else ""
    return text if len(text) <= 60 else f"{text[:59]}…"


def majority(gold: Sequence[str], scored: Scored) -> Alarm | None:
    """No more right answers than one answer, given always, would have."""
    (label, most), *_ = Counter(gold).most_common(1)
    if scored.task == "question_answering":
        most = sum(1 for one in gold if one == "")
        label = ""
    column = "exact" if scored.task == "question_answering" else "right"
    right = scored.counts[:, scored.columns.index(column)].sum()
    if most == 0 or right > most or len(set(gold)) < 2:
        return None
    share, answer = most / len(gold), f"“{label}”" if label else "nothing"
    how = "equals" if right == most else "is below"
    return Alarm(
        "not_better_than_majority",
        f"The share of right answers, {right / len(gold):.1%}, {how} the {share:.1%} that "
        f"answering {answer} always would reach: by that measure the model adds nothing.",
    )


def never_right(scored: Scored) -> Alarm | None:
    """A class is never recognised; of two, these are no true negatives, or no true positives."""
    totals = dict(zip(scored.columns, scored.counts.sum(axis=0), strict=True))
    missed = {
        label: int(totals[GOLD + label])
        for label in class_labels(scored.columns)
        if label and totals[GOLD + label] and not totals[HIT + label]
    }
    if not missed:
        return None
    listed = ", ".join(f"“{label}” ({count})" for label, count in list(missed.items())[:8])
    if scored.positive is None:
        enough = any(count >= ENOUGH for count in missed.values())
        return Alarm(
            "class_never_right",
            f"Not one example of these classes is recognised: {listed}.",
            "alarm" if enough else "note",
        )
    kind = "positives" if scored.positive in missed else "negatives"
    return Alarm(
        f"no_true_{kind}",
        f"Not one example of {listed} is recognised (no true {kind}): accuracy and F1 look better "
        "than the model is.",
    )


def unread_letters(examples: Examples, predicted: Sequence[Value]) -> Alarm | None:
    """ROUGE as everybody computes it reads a to z and digits only: of other scripts it sees
    nothing, and of words with accents their pieces.
    """
    gold = [value if isinstance(value, tuple) else (value,) for value in examples.gold]
    letters = [c for texts in gold for text in texts for c in str(text) if c.isalnum()]
    read = sum(c.isascii() for c in letters) / max(len(letters), 1)
    if not letters or read > _READ:
        return None
    scores = [
        max(chrf(str(text), str(summary)) for text in texts)
        for texts, summary in zip(gold, predicted, strict=True)
        if texts
    ]
    mean = sum(scores) / max(len(scores), 1)
    return Alarm(
        "unread_letters",
        f"ROUGE reads the letters a to z only, {read:.0%} of the letters here. By runs of "
        f"characters in any script (chrF) these summaries score {mean:.2f} of 1.",
        "alarm" if read < _READ_HALF else "note",
    )


def unknown_classes(scored: Scored) -> Alarm | None:
    """Classes are answered that the gold never has."""
    totals = dict(zip(scored.columns, scored.counts.sum(axis=0), strict=True))
    names = [name for name in class_labels(scored.columns) if name and not totals[GOLD + name]]
    if not names or scored.task == "relation_extraction":
        return None
    listed = ", ".join(names[:8]) + ("…" if len(names) > 8 else "")
    return Alarm(
        "unknown_classes",
        f"The model answers classes that the test data never has ({listed}), each time an error: "
        "do the two use the same names?",
        "note",
    )


def few_examples(scored: Scored) -> Alarm | None:
    """Classes with fewer than ``ENOUGH`` examples in the test data."""
    totals = dict(zip(scored.columns, scored.counts.sum(axis=0), strict=True))
    rare = {
        name: int(totals[GOLD + name])
        for name in class_labels(scored.columns)
        if name and 0 < totals[GOLD + name] < ENOUGH
    }
    if not rare:
        if scored.n >= ENOUGH:
            return None
        return Alarm(
            "few_examples",
            f"There {'is' if scored.n == 1 else 'are'} only {scored.n} test "
            f"example{'' if scored.n == 1 else 's'}: the intervals are wide and rough.",
            "note",
        )
    listed = ", ".join(f"{name} ({count})" for name, count in list(rare.items())[:8])
    return Alarm(
        "few_examples",
        f"Too few test examples to judge some classes: {listed}"
        f"{'…' if len(rare) > 8 else ''}; {ENOUGH} or more are needed.",
        "note",
    )


def few_documents(scored: Scored) -> Alarm | None:
    """Intervals over fewer than ``_FEW_DOCUMENTS`` groups: the bootstrap of so few is too narrow
    (Cameron, Gelbach & Miller 2008), and what holds for them need not hold for others.
    """
    count = len(set(scored.groups))
    if not 0 < count < _FEW_DOCUMENTS:
        return None
    return Alarm(
        "few_documents",
        f"The test examples come from only {count} document{'' if count == 1 else 's'}: others may "
        "be harder or easier, and the intervals are narrower than they should be.",
        "note",
    )


def validation_gap(
    metric: str, validation: float, test: Interval, *, test_n: int = 0, validation_n: int = 0
) -> Alarm | None:
    """The score that training reported on ``validation_n`` examples is above the test's by more
    than chance explains.

    Both scores are uncertain: the validation score as the test's, but for the number of examples
    (where that is not known, it is taken as certain). The limit is that of the difference of two
    independent scores (Newcombe 1998, method 10); below 0.01 no gap is worth an alarm.
    """
    gap = validation - test.value
    below = 0.0
    if test_n > 0 and validation_n > 0:
        below = (test.value - test.low) * math.sqrt(test_n / validation_n)
    if gap < _SMALLEST_GAP or gap <= math.hypot(below, test.high - test.value):
        return None
    on = f" on {validation_n:,} validation examples" if validation_n else " on validation data"
    return Alarm(
        "validation_gap",
        f"Training reported {title(metric)} {validation:.2f}{on}, the test shows "
        f"{test.value:.2f} [{test.low:.2f}, {test.high:.2f}]: what was chosen by the validation "
        "data is flattered by them, the served model differs from the trained one, or the test "
        "data from the training data.",
    )


def seen_in_training(test: Iterable[str], known: Container[str]) -> Alarm | None:
    """Test texts among those a model was trained on, whose fingerprints are ``known``."""
    texts = [text for text in test if text.strip()]
    seen = sum(fingerprint(text) in known for text in texts)
    if not seen:
        return None
    few = seen / len(texts) <= _FEW_SEEN
    meaning = (
        "so few hardly move the score, but they are better dropped from the test data."
        if few
        else "on these the model shows memory, not skill."
    )
    return Alarm(
        "seen_in_training",
        f"{seen:,} of {len(texts):,} test examples ({seen / len(texts):.1%}) were in the training "
        f"data: {meaning}",
        level="note" if few else "alarm",
    )


def outside_search_space(
    baseline: Mapping[str, str | float], ranges: Mapping[str, Range]
) -> Alarm | None:
    """A baseline's hyperparameter that the tuning of the other model could not have chosen."""
    outside = [
        f"{name} = {baseline[name]} (searched: {_range(allowed)})"
        for name, allowed in ranges.items()
        if name in baseline and not _within(baseline[name], allowed)
    ]
    if not outside:
        return None
    return Alarm(
        "baseline_outside_search_space",
        f"The baseline's {'; '.join(outside)} lies outside the tuned model's search space: the "
        "comparison shows a weak baseline, not what tuning gains.",
    )


def _limits(allowed: Range) -> tuple[float, float] | None:
    """The lowest and highest where ``allowed`` is a range of numbers, not a list of values."""
    numbers = [one for one in allowed if not isinstance(one, str)]
    return (numbers[0], numbers[1]) if len(numbers) == len(allowed) == 2 else None


def _within(value: str | float, allowed: Range) -> bool:
    limits = _limits(allowed)
    if limits is None:
        return str(value) in [str(one) for one in allowed]
    try:
        return limits[0] <= float(value) <= limits[1]
    except ValueError:
        return False


def _range(allowed: Range) -> str:
    limits = _limits(allowed)
    if limits is None:
        return " or ".join(str(one) for one in allowed)
    return f"{limits[0]:g} to {limits[1]:g}"


def smaller_budget(baseline: Mapping[str, float], tuned: Mapping[str, float]) -> Alarm | None:
    """The baseline had less of something ("trials", "epochs", "seconds") than the tuned model."""
    less = [
        f"{baseline[name]:g} {name.removesuffix('s') if baseline[name] == 1 else name} against "
        f"{tuned[name]:g}"
        for name in baseline
        if name in tuned and baseline[name] < tuned[name]
    ]
    if not less:
        return None
    return Alarm(
        "smaller_budget",
        f"The baseline had a smaller budget ({', '.join(less)}): give it the same to see what "
        "tuning itself gains.",
    )


def selected_on(
    metric: str, *, selection_data: str, test_data: str, trials: int = 1
) -> Alarm | None:
    """The winner of ``trials`` was chosen by ``metric``; the two hashes say on what data."""
    if trials < 2:
        return None
    if selection_data == test_data:
        return Alarm(
            "selected_on_test",
            f"The winner of {trials} trials was chosen by its {title(metric)} on this very test "
            "data: the best of many is lucky there, so score it on data that chose nothing.",
        )
    return Alarm(
        "selection_metric",
        f"The winner of {trials} trials was chosen by its {title(metric)} on other data: believe "
        "the test score, not the one that it was chosen by.",
        "note",
    )
