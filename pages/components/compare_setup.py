"""In what two models differ beside their scores, and how the scores were measured."""

from collections.abc import Sequence

import streamlit as st

from pages.components.compare_words import KIND_WORDS, trials_of
from pages.components.door import Compared, Record
from pages.components.panels import facts

Row = tuple[str, str, str]


def configurations(found: Compared) -> None:
    """A table of what differs, and one line of how both were measured."""
    st.header("What else is different", anchor=False)
    rows = [row for row in settings(found) if row[1] != row[2]]
    st.dataframe(
        [
            {"Setting": name, "Baseline": one or "none", "Tuned": other or "none"}
            for name, one, other in rows
        ],
        key="configurations",
        alt="In what the two models differ",
    )
    second = found.records[1]
    facts(
        [
            f"same test data: {second.data.name}, hash {second.data.sha256[:8]}",
            f"{second.resamples:,} resamples, seed {second.seed}",
            *(f"{name} {version}" for name, version in second.versions.items()),
        ]
    )


def settings(found: Compared) -> Sequence[Row]:
    """All that is known of both: name, the baseline's value and the tuned model's."""
    names = sorted({name for record in found.records for name in record.model.hyperparameters})
    # What a model starts from decides more than any other setting.
    names.sort(key=lambda name: name != "base_model")
    told = [
        [
            ("Model", record.model.name),
            ("Kind", KIND_WORDS.get(record.model.kind, record.model.kind)),
            ("Hash", record.model.sha256[:12]),
            *_training(record),
            *((_title(name), record.model.hyperparameters.get(name, "")) for name in names),
        ]
        for record in found.records
    ]
    return [(name, one, other) for (name, one), (_, other) in zip(*told, strict=True)]


def _title(hyperparameter: str) -> str:
    return hyperparameter.replace("_", " ").capitalize()


def _training(record: Record) -> list[tuple[str, str]]:
    training = record.training
    return [
        ("Training data", training.dataset if training else ""),
        ("Hash of the validation data", training.validation_sha256[:12] if training else ""),
        ("Trials to find it", f"{trials_of(record):,}" if training else ""),
    ]
