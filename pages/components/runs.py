"""Requests in the background: start, wait a moment, show what is done, stop, try again.

A run lives in the session and is found again by what it asks, so that a page that is drawn again,
or visited again, does not ask twice. The page is drawn anew whenever one of its runs ends.
"""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from typing import Any, Final, Generic, TypeVar

import streamlit as st

from pages.components import door
from pages.components.door import Answer, DocumentInsightsError, Task
from pages.components.parts import join_answers, requests_for

Req = TypeVar("Req")
Res = TypeVar("Res")

KEPT: Final = 60
"""Runs that a session remembers; the oldest go first."""
PATIENCE: Final = 0.7
"""Seconds to wait before a page shows that it is waiting."""
_RUNS: Final = "runs"


@dataclass
class Run(Generic[Res]):
    """One request under way or ended; ``total`` parts of it, ``done`` of them answered."""

    endpoint: str
    what: str
    total: int = 1
    done: int = 0
    started: float = field(default_factory=time.monotonic)
    stopped: bool = False
    future: Future[Answer[Res]] = field(default_factory=Future)
    so_far: Answer[Res] | None = None

    @property
    def pending(self) -> bool:
        """Whether an answer is still awaited."""
        return not self.stopped and not self.future.done()

    @property
    def answer(self) -> Answer[Res] | None:
        """The answer, None while there is none or where the request failed; of a run that was
        stopped, what had been found until then.
        """
        if self.stopped:
            return self.so_far
        if not self.future.done() or self.error is not None:
            return None
        return self.future.result()

    @property
    def error(self) -> DocumentInsightsError | None:
        """Why there is no answer."""
        if self.stopped or not self.future.done():
            return None
        error = self.future.exception()
        if error is None or isinstance(error, DocumentInsightsError):
            return error
        raise error

    @property
    def seconds(self) -> float:
        """How long it has been under way."""
        return time.monotonic() - self.started


@st.cache_resource
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(max_workers=8, thread_name_prefix="request")


def ask(
    task: Task[Req, Res], request: Req, *, endpoint: str, what: str, again: bool = False
) -> Run[Res]:
    """The run of ``request``, started where this session has not asked it before.

    ``what`` says in the user's words what is being done ("Looking for names"); ``again`` asks
    anew. A request that failed is asked anew only so.
    """
    runs: dict[Any, Run[Any]] = st.session_state.setdefault(_RUNS, {})
    key = (task.slug, endpoint, request)
    if again:
        runs.pop(key, None)
    run = runs.pop(key, None)
    if run is None:
        run = Run(endpoint, what)
        run.future = _pool().submit(_work(task, request, run))
    runs[key] = run
    while len(runs) > KEPT:
        runs.pop(next(iter(runs)))
    return run


def _work(task: Task[Req, Res], request: Req, run: Run[Res]) -> Callable[[], Answer[Res]]:
    client, usage = door.client(), door.usage()
    requests = requests_for(task.slug, request)
    run.total = len(requests)

    def one(part: Req) -> Answer[Res]:
        try:
            answer = client.run(task, part, endpoint=run.endpoint)
        except DocumentInsightsError:
            usage.failed(run.endpoint)
            raise
        usage.answered(run.endpoint, answer.seconds)
        return answer

    def work() -> Answer[Res]:
        answers: list[tuple[int, Answer[Res]]] = []
        for offset, part in requests:
            if run.stopped:
                break
            answers.append((offset, one(part)))
            run.so_far = join_answers(task.slug, answers)
            run.done = len(answers)
        if run.so_far is None:
            raise CancelledError
        return run.so_far

    return work


def be_patient(runs: Sequence[Run[Any]], *, seconds: float = PATIENCE) -> None:
    """Wait a moment for ``runs`` that have just begun: most are done before anybody would see
    that they were not.
    """
    new = [run for run in runs if run.pending and run.seconds < seconds]
    if new:
        wait([run.future for run in new], timeout=seconds - max(run.seconds for run in new))


def stop(runs: Sequence[Run[Any]]) -> None:
    """Give up ``runs`` that are pending; their answers, if any still come, are ignored."""
    for run in runs:
        if run.pending:
            run.future.cancel()
            run.stopped = True


def try_again(runs: Sequence[Run[Any]]) -> None:
    """Forget ``runs``, so that the page asks anew when it is drawn next."""
    known: dict[Any, Run[Any]] = st.session_state.get(_RUNS, {})
    for key in [key for key, run in known.items() if any(run is other for other in runs)]:
        del known[key]


def watch(runs: Sequence[Run[Any]], *, key: str) -> None:
    """While one of ``runs`` is pending: what is being done, for how long, and a button to stop.

    Draws the page anew when one of them has ended.
    """
    pending = [run for run in runs if run.pending]
    if not pending:
        return
    total = sum(run.total for run in runs)

    @st.fragment(run_every=0.5)
    def waiting() -> None:
        left = [run for run in pending if run.pending]
        if len(left) < len(pending):
            st.rerun()
        slowest = max(run.seconds for run in left)
        doing = ", ".join(dict.fromkeys(run.what for run in left))
        done = sum(run.done if run in left else run.total for run in runs)
        parts = f", {done:,} of {total:,} parts" if total > len(runs) else ""
        with st.container(horizontal=True, vertical_alignment="center"):
            st.progress(max(done / total, 0.04), text=f"{doing} … {slowest:.0f} s{parts}")
            st.button(
                "Stop",
                key=f"{key}_stop",
                icon=":material/stop_circle:",
                on_click=stop,
                args=(pending,),
            )

    waiting()
