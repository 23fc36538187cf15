"""What comes back from an endpoint, in one request or in several."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from backend.tasks.base import Part, Payload, Task

Req = TypeVar("Req")
Res = TypeVar("Res")


@dataclass(frozen=True)
class Answer(Generic[Res]):
    """A task's result with what a developer wants to see: who answered, how long it took in
    seconds, and both bodies as sent: the first ones where it took several ``requests``.
    """

    result: Res
    endpoint: str
    model: str
    seconds: float
    request: Payload
    response: str
    requests: int = 1


class InParts(Generic[Req, Res]):
    """A request under way, part by part where its document is long.

    ``step`` asks for the next part; ``answer`` is what the parts asked so far say together, so
    that work can be stopped at any time without losing what was found.
    """

    def __init__(
        self, ask: Callable[[Req], Answer[Res]], task: Task[Req, Res], request: Req
    ) -> None:
        self._ask, self._task, self._request = ask, task, request
        self._parts: Sequence[Part[Req]] = ()
        self._answers: list[tuple[int, Answer[Res]]] = []

    @property
    def total(self) -> int:
        """How many parts there are, 1 until the first is asked for."""
        return len(self._parts) or 1

    @property
    def done(self) -> int:
        """How many are answered."""
        return len(self._answers)

    def step(self) -> Answer[Res]:
        """Ask for the next part and give its own answer; raises what ``Client.run`` raises."""
        self._parts = self._parts or self._task.parts(self._request)
        part = self._parts[self.done]
        answer = self._ask(part.request)
        self._answers.append((part.offset, answer))
        return answer

    @property
    def answer(self) -> Answer[Res] | None:
        """The results so far as one, with the time of all requests together and the bodies of the
        first; None before the first.
        """
        answers = list(self._answers)
        if not answers:
            return None
        results = [(offset, answer.result) for offset, answer in answers]
        return replace(
            answers[0][1],
            result=self._task.join(self._request, results),
            seconds=sum(answer.seconds for _, answer in answers),
            requests=len(answers),
        )
