"""The error tree."""

import inspect
from collections.abc import Iterator

import pytest

from backend import errors
from backend.errors import (
    DocumentInsightsError,
    EndpointFailed,
    EndpointMissing,
    EndpointNotReady,
)


def leaves() -> Iterator[type[DocumentInsightsError]]:
    for _, member in inspect.getmembers(errors, inspect.isclass):
        if issubclass(member, DocumentInsightsError):
            yield member


@pytest.mark.parametrize("leaf", tuple(leaves()), ids=lambda leaf: str(leaf.__name__))
def test_the_tree_in_the_docstring_is_the_tree(leaf: type[DocumentInsightsError]) -> None:
    assert errors.__doc__ is not None
    (line,) = [
        line
        for line in errors.__doc__.splitlines()
        if leaf.__name__ in line.split()[-1:] or f" {leaf.__name__} " in f"{line} "
    ][:1]
    depth = (len(line) - len(line.lstrip(" │├└─"))) // 4
    assert depth == len([c for c in leaf.__mro__ if issubclass(c, DocumentInsightsError)])


def test_messages_name_the_endpoint_and_what_to_do() -> None:
    assert "“mine” does not exist: choose another" in str(EndpointMissing("mine"))
    assert "“mine” is not ready yet (Creating): try again" in str(
        EndpointNotReady("mine", "Creating")
    )
    failed = EndpointFailed("mine", "no space left.")
    assert failed.reason == "no space left."
    assert "could not be started (no space left): see its log" in str(failed)


def test_every_message_is_one_sentence() -> None:
    for leaf in leaves():
        arguments = {"endpoint": "e", "reason": "r", "message": "m."}
        wanted = inspect.signature(leaf.__init__).parameters
        given = {name: value for name, value in arguments.items() if name in wanted}
        message = str(leaf(**given)) if given or "self" in wanted else ""
        if message:
            assert message.endswith(".")
            assert message.count(". ") == 0
