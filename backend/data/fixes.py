"""What can be done about findings: pure functions from splits to splits."""

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from backend.data import checks_labels, checks_repeats, checks_spans, checks_texts
from backend.data.errors import DatasetError
from backend.data.findings import Data, Finding
from backend.data.groups import groups_of
from backend.data.schemas import SPLITS, Example, Schema, Splits, schema_of
from backend.data.spans import crosses_word, found_again, inside, range_of

Fixed = dict[str, list[Example]]


@dataclass(frozen=True)
class Fix:
    """One remedy: what its button says, what the next version's notes say, and what it makes of
    the splits of a schema.
    """

    name: str
    title: str
    note: str
    apply: Callable[[Schema, Splits], Fixed]


def apply(fix: str, task: str, splits: Splits) -> Fixed:
    """``splits`` after the fix of that name; raises ``DatasetError`` where nothing is left."""
    return _not_empty(FIXES[fix].apply(schema_of(task), splits))


def rename_labels(task: str, splits: Splits, names: Mapping[str, str]) -> Fixed:
    """``splits`` with labels renamed; a label that is not in ``names`` stays, one that becomes
    "" is dropped (with its example, or where the task has many labels an example, alone).
    """
    if task not in ("text_classification", "relation_extraction", "named_entities"):
        raise DatasetError("The examples of this task have no labels to rename.")
    renamed = {
        split: [_renamed(example, names) for example in examples]
        for split, examples in splits.items()
    }
    return _not_empty(
        {name: [e for e in part if e.get("label", "-")] for name, part in renamed.items()}
    )


def _renamed(example: Example, names: Mapping[str, str]) -> Example:
    if "entities" in example:
        entities = [e | {"label": names.get(e["label"], e["label"])} for e in example["entities"]]
        return example | {"entities": [entity for entity in entities if entity["label"]]}
    return example | {"label": names.get(example["label"], example["label"])}


def _not_empty(splits: Fixed) -> Fixed:
    if not any(splits.values()):
        raise DatasetError("Nothing would be left of this dataset: correct its data instead.")
    return splits


_Check = Callable[[Data], Any]


def _dropping(*checks: _Check, only: str = "") -> Callable[[Schema, Splits], Fixed]:
    """The fix that leaves out every row that ``checks`` find (``only`` those of one finding)."""

    def drop(schema: Schema, splits: Splits) -> Fixed:
        data = Data(schema, splits, shown=None)
        found: list[Finding] = [finding for check in checks for finding in check(data)]
        bad = {
            (place.split, place.row)
            for finding in found
            if only in ("", finding.check)
            for place in finding.places
        }
        return {
            split: [e for row, e in enumerate(examples) if (split, row) not in bad]
            for split, examples in splits.items()
        }

    return drop


def _each(change: Callable[[Example], Example | None]) -> Callable[[Schema, Splits], Fixed]:
    """The fix that changes examples one by one; None leaves one out."""

    def fix(_: Schema, splits: Splits) -> Fixed:
        return {
            split: [new for example in examples if (new := change(example)) is not None]
            for split, examples in splits.items()
        }

    return fix


def _repaired_offsets(example: Example) -> Example | None:
    if "entities" in example:
        found = [_repaired(entity, example["text"]) for entity in example["entities"]]
        return example | {"entities": [entity for entity in found if entity]}
    if "head" in example:
        ends = {end: _repaired(example[end], example["text"]) for end in ("head", "tail")}
        return example | ends if all(ends.values()) else None
    if not example.get("answers"):
        return example
    answers = [_repaired_answer(answer, example["context"]) for answer in example["answers"]]
    kept = [answer for answer in answers if answer]
    # Without an answer it would say that the text has none, which is not what was meant.
    return example | {"answers": kept} if kept else None


def _repaired(span: Example, text: str) -> Example | None:
    place = range_of(span)
    if inside(place, text) and place.quote in ("", text[place.start : place.end]):
        return span
    again = found_again(text, place)
    return span | {"start": again.start, "end": again.end} if again else None


def _repaired_answer(answer: Example, context: str) -> Example | None:
    end = answer["start"] + len(answer["text"])
    again = _repaired({**answer, "end": end}, context)
    return {"text": answer["text"], "start": again["start"]} if again else None


def _repaired_tags(example: Example) -> Example:
    text = example["text"]
    kept: list[Example] = []
    whole = [_whole_words(entity, text) for entity in example["entities"]]
    for entity in sorted(whole, key=lambda one: (one["start"] - one["end"], one["start"])):
        free = all(e["end"] <= entity["start"] or entity["end"] <= e["start"] for e in kept)
        if free and inside(range_of(entity), text):
            kept.append(entity)
    return example | {"entities": sorted(kept, key=lambda one: int(one["start"]))}


def _whole_words(entity: Example, text: str) -> Example:
    start, end = entity["start"], entity["end"]
    if not inside(range_of(entity), text):
        return entity
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    while crosses_word(text, start):
        start -= 1
    while crosses_word(text, end):
        end += 1
    quote = {"text": text[start:end]} if "text" in entity else {}
    return entity | {"start": start, "end": end} | quote


def _cleaned(value: Any) -> Any:
    """``value`` with a blank for every control character, so that no offset changes."""
    if isinstance(value, str):
        return checks_texts.CONTROL.sub(" ", value)
    if isinstance(value, list):
        return [_cleaned(item) for item in value]
    if isinstance(value, dict):
        return {name: _cleaned(item) for name, item in value.items()}
    return value


def _without_contradictions(schema: Schema, splits: Splits) -> Fixed:
    fixed: Fixed = {}
    for split, examples in splits.items():
        votes: dict[str, Counter[Hashable]] = defaultdict(Counter)
        for example in examples:
            votes[schema.key(example)][schema.target(example)] += 1
        fixed[split] = [e for e in examples if _wins(votes[schema.key(e)], schema.target(e))]
    return fixed


def _wins(votes: Counter[Hashable], target: Hashable) -> bool:
    """Whether ``target`` is what is said most often (of equals, what is said first)."""
    return votes.most_common(1)[0][0] == target


def _moved(schema: Schema, splits: Splits) -> Fixed:
    """Every group that is in two splits, in the one that has most of it."""
    rows = [(split, example) for split in SPLITS for example in splits.get(split, ())]
    names = groups_of(schema, [example for _, example in rows])
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for name, (split, _) in zip(names, rows, strict=True):
        counts[name][split] += 1
    fixed: Fixed = {split: [] for split in splits}
    for name, (_, example) in zip(names, rows, strict=True):
        fixed[counts[name].most_common(1)[0][0]].append(example)
    return fixed


def _merged_spellings(schema: Schema, splits: Splits) -> Fixed:
    counts = checks_labels.total(Data(schema, splits))
    other = checks_labels.spellings({label: n for label, n in counts.items() if label.strip()})
    return rename_labels(schema.task, splits, other)


def _with_negative(schema: Schema, splits: Splits) -> Fixed:
    labels = checks_labels.total(Data(schema, splits))
    names = {name: checks_labels.NEGATIVE for name in labels if checks_labels.is_negative(name)}
    return rename_labels(schema.task, splits, names)


def _without_rare(schema: Schema, splits: Splits) -> Fixed:
    counts = Data(schema, splits).labels["train"]
    known = checks_labels.total(Data(schema, splits))
    rare = {label: "" for label in known if counts.get(label, 0) < checks_labels.FEW}
    return rename_labels(schema.task, splits, rare)


def _all(fixes: Sequence[Fix]) -> dict[str, Fix]:
    return {fix.name: fix for fix in fixes}


_LEAKS: Final = (checks_repeats.leaks, checks_repeats.phrases, checks_repeats.questions)

FIXES: Final[Mapping[str, Fix]] = _all(
    (
        Fix("repair_offsets", "Repair the offsets", "offsets repaired", _each(_repaired_offsets)),
        Fix(
            "drop_bad_offsets",
            "Drop these rows",
            "rows with wrong offsets dropped",
            _dropping(checks_spans.offsets),
        ),
        Fix("repair_tags", "Repair the entities", "entities repaired", _each(_repaired_tags)),
        Fix(
            "drop_broken_tags",
            "Drop these rows",
            "rows with broken tags dropped",
            _dropping(checks_spans.tags),
        ),
        Fix(
            "drop_bad_pairs",
            "Drop these rows",
            "overlapping pairs dropped",
            _dropping(checks_spans.pairs),
        ),
        Fix(
            "drop_unlabelled",
            "Drop these rows",
            "rows without a label dropped",
            _dropping(checks_labels.empty_labels),
        ),
        Fix("merge_spellings", "Merge the spellings", "spellings merged", _merged_spellings),
        Fix("rename_negative", "Rename it to “Other”", "negative class renamed", _with_negative),
        Fix(
            "drop_unknown_labels",
            "Drop these rows",
            "rows with unknown labels dropped",
            _dropping(checks_labels.unknown),
        ),
        Fix("drop_rare_labels", "Drop these labels", "rare labels dropped", _without_rare),
        Fix(
            "drop_duplicates",
            "Drop duplicates",
            "duplicates dropped",
            _dropping(checks_repeats.duplicates, only="duplicates"),
        ),
        Fix(
            "drop_contradictions",
            "Keep one answer of each",
            "contradictions dropped",
            _without_contradictions,
        ),
        Fix("drop_leaked", "Drop these rows", "leaked rows dropped", _dropping(*_LEAKS)),
        Fix("move_leaked", "Move them together", "leaked rows moved", _moved),
        Fix("drop_empty", "Drop these rows", "empty texts dropped", _dropping(checks_texts.empty)),
        Fix("drop_long", "Drop these rows", "long texts dropped", _dropping(checks_texts.long)),
        Fix("clean_characters", "Clean the texts", "control characters cleaned", _each(_cleaned)),
        Fix(
            "drop_long_summaries",
            "Drop these rows",
            "long summaries dropped",
            _dropping(checks_texts.summaries),
        ),
    )
)
