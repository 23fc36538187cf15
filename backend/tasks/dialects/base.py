"""A dialect: a task's codec for endpoints that do not speak ours, and how it is recognised."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from backend.tasks.base import Task

OURS: Final = "document-insights"
"""What the models of this project speak."""


@dataclass(frozen=True)
class Dialect:
    """``task`` is the task with this dialect's codec; ``probe`` the request that is sent to find
    out, ``marked(answer)`` whether the parsed answer to it is one of this dialect (it can be read
    by the codec anyway).
    """

    name: str
    title: str
    task: Task[Any, Any]
    probe: Any
    marked: Callable[[Any], bool]


def has(*keys: str) -> Callable[[Any], bool]:
    """Whether an answer is an object with one of ``keys``, or a list whose first item is."""

    def marked(answer: Any) -> bool:
        first = answer[0] if isinstance(answer, list) and answer else answer
        return isinstance(first, dict) and any(key in first for key in keys)

    return marked


def anything(_: Any) -> bool:
    """Whatever the codec can read."""
    return True
