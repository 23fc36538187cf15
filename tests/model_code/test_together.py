"""Many requests in one body, and their sequences in one run."""

import json
from collections.abc import Sequence

import numpy as np
import pytest

from common import payload
from common.together import Outputs, Steps, together
from common.windows import Features


class Lengths:
    """A model whose output is a sequence's length; it counts its runs."""

    def __init__(self) -> None:
        self.runs: list[int] = []

    def run(self, sequences: Sequence[Features]) -> Outputs:
        self.runs.append(len(sequences))
        return [[np.array([len(sequence)])] for sequence in sequences]


def steps(*rounds: int) -> Steps[list[int]]:
    """Asks for the length of as many sequences as each round says."""
    found: list[int] = []
    for size in rounds:
        outputs = yield [Features([7] * (size + extra), [0], []) for extra in range(size)]
        found += [int(values[0][0]) for values in outputs]
    return found


def test_each_work_gets_the_outputs_of_its_own_sequences_from_shared_runs() -> None:
    model = Lengths()
    assert together(model, [steps(1), steps(2, 3), steps(), steps(0, 1)]) == [
        [1],
        [2, 3, 3, 4, 5],
        [],
        [1],
    ]
    assert model.runs[:2] == [3, 4]


@payload.one_or_lines
def read(body: bytes | str, content_type: str) -> str:
    return payload.required_text(payload.parse_object(body, content_type), "text")


@payload.one_or_many
def predict(texts: list[str], model: list[int]) -> list[str]:
    model.append(len(texts))
    return [text.upper() for text in texts]


@pytest.mark.parametrize(
    "kind", ["application/jsonlines", "application/x-jsonlines; charset=utf-8"]
)
def test_json_lines_are_many_requests_and_one_line_each_in_the_answer(kind: str) -> None:
    calls: list[int] = []
    body = '{"text": "a\u2028b"}\r\n\n {"text": "é"} \n'.encode()
    answered = payload.answer(predict(read(body, kind), calls))
    assert [json.loads(line) for line in answered.split("\n")] == ["A\u2028B", "É"]
    assert calls == [2]


def test_a_single_request_stays_what_it_was() -> None:
    assert payload.answer(predict(read(b'{"text": "a"}', "application/json"), [])) == '"A"'


def test_a_line_that_cannot_be_read_is_named() -> None:
    with pytest.raises(payload.BadRequestError, match=r"^Line 3: The text is empty"):
        read(b'{"text": "a"}\n\n{"text": " "}', "application/jsonlines")
