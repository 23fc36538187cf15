"""Lint: every seeded fault is found with its rows, every fix heals it, and clean data is clean."""

import time
from typing import Any

import pytest

from backend.data.findings import SHOWN, Finding, report_from, report_of
from backend.data.fixes import FIXES, apply, rename_labels
from backend.data.lint import lint

TC, NER, QA = "text_classification", "named_entities", "question_answering"
RE, SUM = "relation_extraction", "summarization"
Splits = dict[str, list[dict[str, Any]]]
PAIR = {"head": {"start": 0, "end": 4}, "tail": {"start": 8, "end": 12}}


def texts(count: int, start: int = 0) -> list[dict[str, Any]]:
    return [
        {"text": f"Text {n} of these.", "label": "ab"[n % 2]} for n in range(start, start + count)
    ]


def clean() -> Splits:
    return {"train": texts(60), "validation": texts(30, 60), "test": texts(30, 90)}


def named(text: str, *spans: tuple[int, int, str]) -> dict[str, Any]:
    return {"text": text, "entities": [{"start": a, "end": b, "label": x} for a, b, x in spans]}


def asked(context: str, *answers: tuple[str, int], question: str = "Who?") -> dict[str, Any]:
    found = [{"text": text, "start": start} for text, start in answers]
    return {"question": question, "context": context, "answers": found}


def found(task: str, splits: Splits) -> dict[str, Finding]:
    return {finding.check: finding for finding in lint(task, splits).findings}


def rows_of(finding: Finding) -> list[tuple[str, int]]:
    return [(place.split, place.row) for place in finding.places]


def test_clean_data_has_no_findings() -> None:
    assert lint(TC, clean()).findings == ()


FAULTS: dict[str, tuple[str, Splits, list[tuple[str, int]]]] = {
    "duplicates": (TC, {"train": [*texts(60), texts(1)[0]]}, [("train", 60)]),
    "contradictions": (
        TC,
        {"train": [*texts(60), {"text": "text 0  of these.", "label": "b"}]},
        [("train", 60)],
    ),
    "leaked_texts": (TC, clean() | {"test": texts(2, 59)}, [("train", 59), ("validation", 0)]),
    "leaked_phrases": (
        TC,
        clean() | {"test": [{"text": "well, text 7 of these. indeed", "label": "a"}]},
        [("train", 7)],
    ),
    "leaked_documents": (
        NER,
        {"train": [named("One.") | {"group": "d"}], "test": [named("Two.") | {"group": "d"}]},
        [("train", 0)],
    ),
    "leaked_questions": (
        QA,
        {"train": [asked("Anna left.", ("Anna", 0))], "test": [asked("So did Anna.", ("Anna", 7))]},
        [("train", 0)],
    ),
    "spellings": (
        TC,
        {"train": [*texts(60), {"text": "x", "label": "A "}, {"text": "y", "label": "B"}]},
        [("train", 60), ("train", 61)],
    ),
    "unknown_labels": (
        TC,
        clean() | {"test": [*texts(3, 90), {"text": "x", "label": "new"}]},
        [("test", 3)],
    ),
    "empty_labels": (TC, {"train": [*texts(60), {"text": "x", "label": " "}]}, [("train", 60)]),
    "empty_texts": (TC, {"train": [*texts(60), {"text": " \n", "label": "a"}]}, [("train", 60)]),
    "long_texts": (
        TC,
        {"train": [*texts(60), {"text": "word " * 500, "label": "a"}]},
        [("train", 60)],
    ),
    "control_characters": (
        TC,
        {
            "train": [
                *texts(60),
                {"text": "a\x00b", "label": "a"},
                {"text": "a\u200bb", "label": "b"},
            ]
        },
        [("train", 60), ("train", 61)],
    ),
    "offsets": (
        NER,
        {"train": [named("Anna left.", (0, 4, "PER"), (5, 99, "ORG")), named("So.", (1, 1, "X"))]},
        [("train", 0), ("train", 1)],
    ),
    "tags": (
        NER,
        {
            "train": [
                named("Anna Berg left.", (0, 9, "PER"), (5, 9, "PER")),
                named("Anna Berg left.", (0, 7, "PER")),
                named("Anna Berg left.", (0, 5, "PER")),
                named("Anna Berg left.", (0, 4, "PER"), (5, 9, "PER")),
            ]
        },
        [("train", 0), ("train", 1), ("train", 2)],
    ),
    "pairs": (
        RE,
        {"train": [{"text": "Anna left", "label": "x", "head": {"start": 0, "end": 4},
                    "tail": {"start": 2, "end": 9}}]},
        [("train", 0)],
    ),
    "long_summaries": (
        SUM,
        {"train": [{"text": "Short.", "summary": "Not shorter."}]},
        [("train", 0)],
    ),
}  # fmt: skip


@pytest.mark.parametrize("check", FAULTS)
def test_a_seeded_fault_is_found_with_its_rows_and_fixed(check: str) -> None:
    task, splits, rows = FAULTS[check]
    finding = found(task, splits)[check]
    assert (rows_of(finding), finding.count) == (rows, len(rows))
    before = repr(splits)
    for fix in finding.fixes:
        assert check not in found(task, apply(fix, task, splits)), fix
    assert repr(splits) == before, "fixes leave what they were given alone"


# What a fix leaves must be something.
FAULTS["pairs"][1]["train"].append({"text": "Anna met Karl.", "label": "x", **PAIR})
FAULTS["long_summaries"][1]["train"].append({"text": "A long text it is.", "summary": "Long."})
FAULTS["offsets"][1]["train"].append(named("Anna is here.", (0, 4, "PER")))


def test_offsets_are_repaired_by_looking_for_the_words_nearby() -> None:
    wrong = asked("Oslo, then Bergen, then Oslo again.", ("Oslo", 22))
    gone = asked("Nobody is here.", ("Anna", 3))
    right = asked("Anna is here.", ("Anna", 0))
    none = asked("Nobody is here.")
    splits = {"train": [wrong, gone, right, none]}
    assert rows_of(found(QA, splits)["offsets"]) == [("train", 0), ("train", 1)]
    fixed = apply("repair_offsets", QA, splits)["train"]
    assert [example["answers"] for example in fixed] == [
        [{"text": "Oslo", "start": 24}],
        [{"text": "Anna", "start": 0}],
        [],
    ]


def test_tags_are_repaired_to_whole_words_and_the_longest_span() -> None:
    broken = named("Anna Berg left.", (0, 7, "PER"), (5, 9, "ORG"), (9, 10, "X"))
    (fixed,) = apply("repair_tags", NER, {"train": [broken]})["train"]
    assert [(e["start"], e["end"], e["label"]) for e in fixed["entities"]] == [(0, 9, "PER")]


def test_characters_are_cleaned_without_moving_an_offset() -> None:
    dirty = asked("A\x00nna\u200b left.", ("left", 7), question="Who\ufeff?")
    (fixed,) = apply("clean_characters", QA, {"train": [dirty]})["train"]
    assert fixed["context"] == "A nna  left."
    assert fixed["context"][7:11] == fixed["answers"][0]["text"] == "left"


def test_leaked_rows_move_to_the_split_that_has_most_of_their_group() -> None:
    same = [asked("One context.", question=f"Question {n}?") for n in range(5)]
    other = [asked(f"Context {n}.", question=f"Why {n}?") for n in range(4)]
    splits = {"train": [*same[:4], other[0]], "test": [same[4], *other[1:]]}
    moved = apply("move_leaked", QA, splits)
    assert moved == {"train": [*same[:4], other[0], same[4]], "test": other[1:]}
    assert "leaked_texts" not in found(QA, moved)


def test_dropping_leaks_leaves_the_test_split_as_it_is() -> None:
    splits = clean() | {"test": texts(10, 55)}
    fixed = apply("drop_leaked", TC, splits)
    assert fixed["test"] == splits["test"]
    assert (len(fixed["train"]), len(fixed["validation"])) == (55, 25)


def test_the_most_frequent_answer_of_a_contradiction_stays() -> None:
    same = [{"text": "It is.", "label": label} for label in ("no", "yes", "yes")]
    assert apply("drop_contradictions", TC, {"train": same})["train"] == same[1:]


@pytest.mark.parametrize(
    ("splits", "check"),
    [
        ({"train": [{"text": f"t {n}", "label": "a"} for n in range(60)]}, "single_class"),
        ({"train": [*texts(60), {"text": "x", "label": "c"}]}, "rare_labels"),
        (
            {"train": [{"text": f"t {n}", "label": "b" if n % 10 else "a"} for n in range(200)]},
            "balance",
        ),
        (
            {"train": [{"text": f"t {n}", "label": str(n % 2)} for n in range(60)]},
            "numbered_labels",
        ),
        ({"train": texts(20)}, "few_examples"),
        ({"train": texts(60), "test": texts(5, 60)}, "few_held_out"),
        ({"train": texts(60)}, "missing_splits"),
    ],
)
def test_what_is_wrong_with_the_whole_is_said(splits: Splits, check: str) -> None:
    assert found(TC, splits)[check].count == 0


def test_a_dataset_without_entities_has_nothing_to_learn() -> None:
    assert found(NER, {"train": [named("No names here.")]})["single_class"].severity == "error"


def test_rare_labels_are_dropped_everywhere() -> None:
    splits = {
        "train": [*texts(60), {"text": "x", "label": "c"}],
        "test": [{"text": "y", "label": "c"}],
    }
    assert apply("drop_rare_labels", TC, splits) == {"train": texts(60), "test": []}


def test_labels_are_renamed_merged_and_dropped() -> None:
    example = named("Anna in Oslo.", (0, 4, "PER"), (8, 12, "LOC"))
    (renamed,) = rename_labels(NER, {"train": [example]}, {"PER": "PERSON", "LOC": ""})["train"]
    assert renamed["entities"] == [{"start": 0, "end": 4, "label": "PERSON"}]


def test_rows_are_listed_up_to_a_bound_and_counted_beyond() -> None:
    finding = found(TC, {"train": [{"text": "same", "label": "a"}] * 200})["duplicates"]
    assert (len(finding.places), finding.count) == (SHOWN, 199)


def test_errors_come_first_and_a_report_survives_json() -> None:
    report = lint(TC, {"train": [*texts(5), texts(1)[0], {"text": "", "label": "a"}]})
    grades = [finding.severity for finding in report.findings]
    assert grades == sorted(grades, key=["error", "warning", "note"].index)
    assert report_from(report_of(report)) == report
    with pytest.raises(ValueError, match="not a report"):
        report_from([])


def test_every_fix_that_a_finding_names_exists() -> None:
    for task, splits, _ in FAULTS.values():
        for finding in lint(task, splits).findings:
            assert set(finding.fixes) <= set(FIXES)


def test_many_examples_take_seconds() -> None:
    many = [{"text": f"Sentence number {n} says {n % 97} things", "label": "ab"[n % 2]}
            for n in range(20_000)]  # fmt: skip
    started = time.process_time()
    lint(TC, {"train": many[:16_000], "test": many[16_000:]})
    assert time.process_time() - started < 10


@pytest.mark.parametrize(
    "labels",
    [("-1", "0", "1"), ("C", "C++", "C#"), ("A", "A+", "A-"), ("<1", "1", ">1"), ("5", "5*"),
     ("happy 😊", "happy 😢"), ("👍", "👎"), ("1.5", "15"), ("v-1", "v1"), ("+", "-")],
)  # fmt: skip
def test_labels_that_differ_by_a_sign_are_different_labels(labels: tuple[str, ...]) -> None:
    rows = [{"text": f"Text {n} of these.", "label": labels[n % len(labels)]} for n in range(60)]
    assert "spellings" not in found(TC, {"train": rows})
    assert {row["label"] for row in apply("merge_spellings", TC, {"train": rows})["train"]} == set(
        labels
    )


@pytest.mark.parametrize("other", ["Works For", "works_for", "works-for", " works for", "worksfor"])
def test_blanks_case_and_hyphens_between_letters_are_spellings(other: str) -> None:
    rows = [*texts(60), *({"text": f"One {n}.", "label": "works for"} for n in range(9))]
    splits: Splits = {"train": [*rows, {"text": "Last.", "label": other}]}
    assert found(TC, splits)["spellings"].count == 1


def test_test_texts_are_found_in_training_whatever_their_case_and_punctuation() -> None:
    test = [{"text": f"it 's a charming journey , number {n} .", "label": "a"} for n in range(9)]
    train = [*texts(60), *({**one, "text": one["text"].upper().replace(" ,", ";")} for one in test)]
    finding = found(TC, {"train": train, "test": test})["leaked_texts"]
    assert rows_of(finding) == [("train", row) for row in range(60, 69)]


@pytest.mark.parametrize("name", ["no_relation", "NA", "None", "other", "No Relation", "unrelated"])
def test_a_negative_class_of_any_name_is_offered_as_the_one_that_scores_know(name: str) -> None:
    rows = [{"text": f"Anna saw Oslo {n}.", "label": ["leads", name][n % 2], **PAIR}
            for n in range(60)]  # fmt: skip
    finding = found(RE, {"train": rows})["negative_class"]
    assert (finding.count, finding.fixes) == (30, ("rename_negative",))
    fixed = apply("rename_negative", RE, {"train": rows})
    assert {row["label"] for row in fixed["train"]} == {"leads", "Other"}
    assert "negative_class" not in found(RE, fixed)


def test_several_labels_in_one_are_told() -> None:
    several = ["a, b", "DRAMA|COMEDY", "c/d", "C++", "|"]
    rows = [*texts(60), *({"text": f"One {n}.", "label": x} for n, x in enumerate(several))]
    assert rows_of(found(TC, {"train": rows})["several_labels"]) == [("train", 60), ("train", 61)]
