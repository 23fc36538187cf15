"""What JumpStart's training programs are given: code, model, data in their form, settings."""

import csv
import io
import json
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from backend.catalog import jumpstart
from backend.catalog.rows import row_of
from backend.cloud.archives import ensure_bucket, s3_key, s3_place, s3_uri
from backend.cloud.connections import Connections
from backend.cloud.errors import translated
from backend.errors import InputError, NotFound

_LINES: Final = "data.jsonl"
_TABLE: Final = "data.csv"
_MADE: Final = "jumpstart"


@dataclass(frozen=True)
class Program:
    """A training program: the URI of its code, its entry point, image, channels beside the data's
    own, and the settings that its container wants.
    """

    source_uri: str
    entry: str
    image: str
    channels: Mapping[str, str]
    hyperparameters: Mapping[str, str]
    note: str = ""


def program_for(
    connections: Connections, task: str, model: str, *, train_uri: str, sha256: str
) -> Program:
    """The program that trains JumpStart's ``model`` on the examples at ``train_uri``, which are
    there in its form when this returns.

    Raises ``CloudError`` where it is not to be had, ``InputError`` for data that it cannot use.
    """
    found = jumpstart.find(connections, model, row_of(task, model).version)
    code, start = found.training_code_uri, found.training_model_uri
    image = found.image("training", connections.cloud.training_instance_type)
    return Program(
        source_uri=code,
        entry=jumpstart.TRAINING_PROGRAM,
        image=image,
        channels={
            "training": table(connections, task, train_uri, sha256),
            "model": start,
        },
        hyperparameters=found.hyperparameters,
        note=found.note,
    )


def table(connections: Connections, task: str, train_uri: str, sha256: str) -> str:
    """The prefix of ``data.csv``, made of the examples at ``train_uri`` where it is not there yet.

    Text classification: the class as a whole number from 0 (in the order of their names), the
    text. Question answering: question, context, first and last character of the answer.
    """
    parts = (_MADE, task, sha256 or "unnamed", "training")
    bucket, s3 = connections.cloud.bucket, connections.s3
    key = s3_key(connections, *parts, _TABLE)
    try:
        with translated():
            s3.head_object(Bucket=bucket, Key=key)
    except NotFound:
        rows = _ROWS[task](list(_examples(connections, train_uri)))
        ensure_bucket(connections)
        with tempfile.TemporaryFile() as file:
            text = io.TextIOWrapper(file, encoding="utf-8", newline="")
            csv.writer(text).writerows(rows)
            text.detach()  # which writes what is left, and leaves the file open
            file.seek(0)
            with translated():
                s3.upload_fileobj(file, bucket, key)
    return s3_uri(connections, *parts) + "/"


def _examples(connections: Connections, uri: str) -> Iterator[dict[str, Any]]:
    bucket, prefix = s3_place(uri)
    with translated():
        body = connections.s3.get_object(Bucket=bucket, Key=f"{prefix.rstrip('/')}/{_LINES}")
        for line in body["Body"].iter_lines():
            if line.strip():
                yield json.loads(line)


def _classes(examples: Sequence[dict[str, Any]]) -> list[list[str]]:
    labels = sorted({str(example["label"]) for example in examples})
    numbers = {label: str(number) for number, label in enumerate(labels)}
    return [[numbers[str(one["label"])], " ".join(str(one["text"]).split())] for one in examples]


def _answers(examples: Sequence[dict[str, Any]]) -> list[list[str]]:
    rows = [
        [
            str(one["question"]),
            str(one["context"]),
            str(answer["start"]),
            str(answer["start"] + len(answer["text"])),
        ]
        for one in examples
        for answer in one["answers"][:1]
    ]
    if not rows:
        raise InputError("No question of this dataset has an answer: choose another dataset.")
    return rows


_ROWS: Final = {"text_classification": _classes, "question_answering": _answers}
