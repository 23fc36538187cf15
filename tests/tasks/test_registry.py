"""The list of tasks."""

import pytest

from backend.tasks.registry import TASKS, task_of


def test_the_five_tasks_come_in_order_with_their_embedded_endpoints() -> None:
    assert [task.default_endpoint for task in TASKS] == [
        "pretrained-summarization",
        "pretrained-text-classification",
        "pretrained-question-answering",
        "pretrained-document-entities",
        "pretrained-business-relations",
    ]


def test_the_article_s_models_keep_the_names_of_their_tasks() -> None:
    assert [task.article_endpoint for task in TASKS[-2:]] == [
        "pretrained-named-entities",
        "pretrained-relation-extraction",
    ]


@pytest.mark.parametrize("task", TASKS, ids=lambda task: task.slug)
def test_a_task_is_found_by_its_slug_and_described_in_a_sentence(task: object) -> None:
    slug, description = getattr(task, "slug"), getattr(task, "description")  # noqa: B009
    assert task_of(slug) is task
    assert description.endswith(".")


def test_an_unknown_slug_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        task_of("translation")
