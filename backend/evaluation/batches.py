"""Examples of a dataset as gold, and the lines of a batch job's output as predictions."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from backend.errors import ModelError
from backend.evaluation.examples import Examples, Value, answers_of, examples_of, require_task
from backend.tasks.batch import batch_of

Example = Mapping[str, Any]


def gold_of(task: str, rows: Sequence[Example]) -> Examples:
    """Examples of a dataset as they are scored, under their own ids where those are unique."""
    batch = batch_of(task)
    names = [str(row.get("id", "")) for row in rows]
    if len(set(names)) < len(names) or "" in names:
        names = [str(place) for place in range(1, len(rows) + 1)]
    return examples_of(
        require_task(task),
        [
            {**batch.gold(row), "id": name, "group": str(row.get("group") or "")}
            for name, row in zip(names, rows, strict=True)
        ],
        where="the test split",
    )


def predictions_of(
    task: str, answers: bytes, rows: Sequence[Example], examples: Examples
) -> tuple[Value, ...]:
    """What the lines of ``answers`` say of ``rows``, in their order.

    Raises ``ModelError`` where a line is missing, or is no answer of a model for the task.
    """
    lines = [line for line in answers.split(b"\n") if line.strip()]
    if len(lines) != len(rows):
        raise ModelError(
            f"The model answered {len(lines):,} of {len(rows):,} examples: see the job's log."
        )
    batch = batch_of(task)
    return named(examples, (batch.answer(line, row) for line, row in zip(lines, rows, strict=True)))


def named(examples: Examples, answers: Iterable[Mapping[str, Any]]) -> tuple[Value, ...]:
    """Predicted rows without ids, one for each of ``examples`` in their order."""
    return answers_of(
        examples,
        [{**answer, "id": name} for answer, name in zip(answers, examples.ids, strict=True)],
        where="the model's answers",
    )
