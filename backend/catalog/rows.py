"""The rows: each model that can be deployed or trained by name, as data.

The original solution's rows are all here, under the names that it gave its models, and our own
beside them.
"""

from dataclasses import dataclass
from typing import Final, Literal

from backend.tasks.dialects.base import OURS
from backend.tasks.label_sets import OWN_LABELS
from backend.tasks.recipes.base import Recipe
from backend.tasks.recipes.common import BERT, DISTILBERT, MINILM
from backend.tasks.recipes.registry import recipe_of
from backend.tasks.registry import TASKS

Kind = Literal["ours", "shipped", "hub", "weights", "jumpstart"]
"""Weights of ours; a trained model that comes with the project; fetched from the hub where they are
used; from a package of weights, and sent along; or JumpStart's model with JumpStart's code."""
Use = Literal["deploy", "fine-tune", "search"]

TRAINED: Final[frozenset[Use]] = frozenset({"fine-tune", "search"})
DEPLOYED: Final[frozenset[Use]] = frozenset({"deploy"})


@dataclass(frozen=True)
class Row:
    """``name`` is what the model is called where it is from; ``version`` JumpStart's, ``*`` for
    the newest. What the row itself cannot do ("deploy" of a model to be fine-tuned first), a job's
    result can.
    """

    task: str
    name: str
    title: str
    kind: Kind
    uses: frozenset[Use]
    version: str = "*"
    dialect: str = OURS
    original: bool = True
    """Whether the original solution has it."""

    @property
    def program(self) -> str:
        """The training program: JumpStart's model id, "" for ours."""
        return self.name if self.kind == "jumpstart" else ""

    @property
    def recipe(self) -> Recipe:
        """How it is trained."""
        return recipe_of(self.task, self.program)


_BERT_TC: Final = "tensorflow-tc-bert-en-uncased-L-12-H-768-A-12-2"
_BERT_QA: Final = "huggingface-eqa-bert-base-uncased"
_LARGE_QA: Final = "bert-large-uncased-whole-word-masking-finetuned-squad"

_BUNDLED: Final = (
    *((task.slug, task.default_endpoint, "Standard model") for task in TASKS),
    ("named_entities", "pretrained-named-entities", "spaCy's model"),
    ("named_entities", "finetuned-named-entities", "Fine-tuned model"),
    ("relation_extraction", "pretrained-relation-extraction", "SemEval model"),
    ("text_classification", OWN_LABELS, "Labels by description"),
)
"""Task, name and title of the models that come with the project."""

ROWS: Final = (
    *(
        Row(task, name, title, "shipped", DEPLOYED, original=False)
        for task, name, title in _BUNDLED
    ),
    Row("summarization", MINILM.name, "MiniLM", "ours", TRAINED, original=False),
    Row("summarization", "t5-base", "T5 base", "hub", DEPLOYED),
    Row("text_classification", MINILM.name, "MiniLM", "ours", TRAINED, original=False),
    Row(
        "text_classification",
        _BERT_TC,
        "BERT base, TensorFlow",
        "jumpstart",
        DEPLOYED | TRAINED,
        version="1.1.2",
        dialect="jumpstart",
    ),
    Row("text_classification", DISTILBERT.name, "DistilBERT", "hub", TRAINED, original=False),
    Row("text_classification", BERT.name, "BERT base", "hub", TRAINED, original=False),
    Row("question_answering", MINILM.name, "MiniLM", "ours", TRAINED, original=False),
    Row("question_answering", _LARGE_QA, "BERT large, tuned on SQuAD", "hub", DEPLOYED),
    Row("question_answering", _BERT_QA, "BERT base", "jumpstart", TRAINED, dialect="jumpstart"),
    Row("question_answering", DISTILBERT.name, "DistilBERT", "hub", TRAINED, original=False),
    Row("question_answering", BERT.name, "BERT base", "hub", TRAINED, original=False),
    Row("named_entities", MINILM.name, "MiniLM", "ours", TRAINED, original=False),
    Row("named_entities", "en_core_web_md", "spaCy, medium", "weights", DEPLOYED),
    Row("named_entities", DISTILBERT.name, "DistilBERT", "hub", TRAINED),
    Row("named_entities", BERT.name, "BERT base", "hub", TRAINED, original=False),
    Row("relation_extraction", MINILM.name, "MiniLM", "ours", TRAINED, original=False),
    Row("relation_extraction", BERT.name, "BERT base", "hub", TRAINED),
    Row("relation_extraction", DISTILBERT.name, "DistilBERT", "hub", TRAINED, original=False),
)


BUNDLED_TITLES: Final = {name: title for _, name, title in _BUNDLED}
"""What people call the models that come with the project, by their names."""


def rows_for(task: str, use: Use) -> tuple[Row, ...]:
    """The rows of ``task`` that have that use, ours first."""
    return tuple(row for row in ROWS if row.task == task and use in row.uses)


def row_of(task: str, name: str) -> Row:
    """The row of that name; raises ``KeyError`` where there is none."""
    for row in ROWS:
        if (row.task, row.name) == (task, name):
            return row
    raise KeyError(name)
