"""Two models beside each other: how they differ, and where in the text."""

from dataclasses import dataclass, replace
from typing import Any

import pytest

from pages.components.door import Answer
from tests.app.fake_client import FakeClient, endpoint_of
from tests.app.support import component, marked, open_app, shown_by, text_of

TASKS = {
    "summarization": "summarization_reader",
    "text_classification": "classification_reader",
    "question_answering": "question_reader",
    "named_entities": "entity_reader",
    "relation_extraction": "relation_reader",
}


@dataclass
class TwoModels(FakeClient):
    """A client whose second models find less than the first, or another class."""

    def __post_init__(self) -> None:
        for slug in TASKS:
            name = f"finetuned-{slug.replace('_', '-')}"
            self.fleet[name] = endpoint_of(name, slug)

    def run(self, task: Any, request: Any, *, endpoint: str | None = None) -> Answer[Any]:
        answer = super().run(task, request, endpoint=endpoint)
        if not str(endpoint).startswith("finetuned"):
            return answer
        result = answer.result
        field = next(
            name
            for name in ("sentences", "sections", "answers", "entities", "relations")
            if hasattr(result, name)
        )
        fewer = getattr(result, field)[1:]
        return replace(answer, result=replace(result, **{field: fewer}))


@pytest.mark.parametrize("page", TASKS)
def test_the_difference_of_two_models_is_told_and_marked(page: str) -> None:
    client = TwoModels()
    app = open_app(page, client)
    app.selectbox(key=f"{page}_other_0").select(f"finetuned-{page.replace('_', '-')}").run()
    assert not app.exception
    assert "Side by side" in "".join(shown_by(app, "header"))
    table = next(d for d in app.dataframe if "Same" in d.value.columns).value
    assert list(table.columns) == ["Standard model", "Fine-tuned model", "Same"]
    if page != "text_classification":
        assert not table["Same"].any()
    shown = component(app, TASKS[page])
    assert shown["marks"]
    assert all(part in text_of(shown) for part in marked(shown))


def test_the_link_holds_both_models() -> None:
    client = TwoModels()
    link = {"compare": "finetuned-named-entities"}
    app = open_app("named_entities", client, query=link)
    assert {endpoint for _, _, endpoint in client.asked} == {
        "pretrained-document-entities",
        "finetuned-named-entities",
    }
    assert app.selectbox(key="named_entities_other_0").value == "finetuned-named-entities"


def test_one_model_alone_is_compared_with_nothing() -> None:
    app = open_app("summarization")
    assert "Compare with" not in shown_by(app, "selectbox")


def test_three_models_stand_beside_each_other() -> None:
    client = TwoModels()
    for name in ("tuned-names", "another"):
        client.fleet[name] = endpoint_of(name, "named_entities")
    app = open_app(
        "named_entities", client, query={"compare": "finetuned-named-entities,tuned-names"}
    )
    table = next(d for d in app.dataframe if "Same" in d.value.columns).value
    assert list(table.columns) == ["Standard model", "Fine-tuned model", "tuned-names", "Same"]
    assert len(client.asked) == 3
    app.selectbox(key="named_entities_other_0").select("tuned-names").run()
    assert not app.exception
    table = next(d for d in app.dataframe if "Same" in d.value.columns).value
    assert list(table.columns) == ["Standard model", "tuned-names", "Same"]
