"""The recipes by task."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from backend.tasks.recipes import (
    jumpstart,
    named_entities,
    question_answering,
    relation_extraction,
    summarization,
    text_classification,
)
from backend.tasks.recipes.base import Recipe

RECIPES: Final[Mapping[str, Recipe]] = MappingProxyType(
    {
        recipe.task: recipe
        for recipe in (
            summarization.RECIPE,
            text_classification.RECIPE,
            question_answering.RECIPE,
            named_entities.RECIPE,
            relation_extraction.RECIPE,
        )
    }
)
"""Our own, one for each task."""

_PROGRAMS: Final[Mapping[tuple[str, str], Recipe]] = MappingProxyType(
    {
        (recipe.task, recipe.program): recipe
        for recipe in (
            *RECIPES.values(),
            jumpstart.TEXT_CLASSIFICATION,
            jumpstart.QUESTION_ANSWERING,
        )
    }
)


def recipe_of(task: str, program: str = "") -> Recipe:
    """How ``task`` is trained by our program, or by JumpStart's of that model id.

    Raises ``KeyError`` where there is none.
    """
    return _PROGRAMS[task, program]
