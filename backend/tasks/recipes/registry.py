"""The recipes by task."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from backend.tasks.recipes import (
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


def recipe_of(task: str) -> Recipe:
    """The recipe of a task's slug; raises ``KeyError`` where there is none."""
    return RECIPES[task]
