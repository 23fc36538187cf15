"""The ready sets of labels."""

import pytest

from backend.tasks.label_sets import ASPECTS, KIND, TOPIC, URGENCY, LabelSet, label_sets


def test_kind_topic_urgency_and_aspects_come_with_the_product() -> None:
    assert set(label_sets()) == {KIND, TOPIC, URGENCY, ASPECTS}


@pytest.mark.parametrize("ready", label_sets().values(), ids=lambda one: one.name)
def test_a_set_says_what_each_label_means_and_shows_it(ready: LabelSet) -> None:
    assert ready.title
    assert len({label.name for label in ready.labels}) == len(ready.labels) > 1
    for label in ready.labels:
        assert label.description
        assert len(set(label.examples)) == len(label.examples) > 1
        assert len(set(label.phrases)) == len(label.phrases)


@pytest.mark.parametrize("ready", label_sets().values(), ids=lambda one: one.name)
def test_a_set_keeps_to_the_limits_of_the_model(ready: LabelSet) -> None:
    for label in ready.labels:
        assert len(label.name) <= 100
        assert len(label.description) <= 500
        assert len(label.examples) <= 100
        assert len(label.phrases) <= 60
        assert max(map(len, label.phrases), default=0) <= 60


def test_a_label_goes_over_the_wire_without_what_is_empty() -> None:
    label = label_sets()[TOPIC].labels[0]
    assert set(label.payload) == {"name", "description", "examples"}
