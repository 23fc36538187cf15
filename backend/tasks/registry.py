"""The tasks, in the order in which people meet them. A new task is added here."""

from typing import Any, Final

from backend.tasks.base import Task
from backend.tasks.named_entities import NAMED_ENTITIES
from backend.tasks.question_answering import QUESTION_ANSWERING
from backend.tasks.relation_extraction import RELATION_EXTRACTION
from backend.tasks.summarization import SUMMARIZATION
from backend.tasks.text_classification import TEXT_CLASSIFICATION

TASKS: Final[tuple[Task[Any, Any], ...]] = (
    SUMMARIZATION,
    TEXT_CLASSIFICATION,
    QUESTION_ANSWERING,
    NAMED_ENTITIES,
    RELATION_EXTRACTION,
)
TASK_TITLES: Final = {task.slug: task.title for task in TASKS}
_BY_SLUG: Final = {task.slug: task for task in TASKS}


def task_of(slug: str) -> Task[Any, Any]:
    """The task with that slug; raises ``KeyError`` where there is none."""
    return _BY_SLUG[slug]
