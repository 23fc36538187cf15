"""Requests in the background: start, wait a moment, show what is done, stop, try again.

A run lives in the session and is found again by what it asks, so that a page that is drawn again,
or visited again, does not ask twice. The page is drawn anew whenever one of its runs ends. A run of
several parts rests after the part in hand when nobody has looked at it for a while, or when the
session has gone on to another document, and goes on from there when it is asked for again: what
nobody awaits must not keep the models from what somebody does.
"""

import math
import time
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final, Generic, TypeVar

import streamlit as st

from pages.components import door
from pages.components.door import Answer, DocumentInsightsError, InParts, Task
from pages.components.views import worth_showing

Req = TypeVar("Req")
Res = TypeVar("Res")

KEPT: Final = 60
"""Runs that a session remembers; the oldest go first."""
PATIENCE: Final = 0.7
"""Seconds to wait before a page shows that it is waiting."""
UNWATCHED: Final = 120.0
"""Seconds without anybody looking after which a run rests."""
_RUNS: Final = "runs"


@dataclass
class Run(Generic[Res]):
    """One request under way or ended, in one part or more."""

    work: InParts[Any, Res]
    endpoint: str
    what: str
    started: float = field(default_factory=time.monotonic)
    seen: float = field(default_factory=time.monotonic)
    stopped: bool = False
    future: Future[Answer[Res] | None] = field(default_factory=Future)

    @property
    def total(self) -> int:
        """How many parts there are."""
        return self.work.total

    @property
    def done(self) -> int:
        """How many parts are answered."""
        return self.work.done

    @property
    def pending(self) -> bool:
        """Whether an answer is still awaited."""
        return not self.stopped and (not self.future.done() or self.resting)

    @property
    def resting(self) -> bool:
        """Whether it waits, half done, for somebody to look at it again."""
        done = self.future.done() and not self.future.cancelled()
        return done and self.future.exception() is None and self.future.result() is None

    @property
    def unwatched(self) -> bool:
        """Whether nobody awaits it: it should rest."""
        return self.stopped or time.monotonic() - self.seen > UNWATCHED

    @property
    def answer(self) -> Answer[Res] | None:
        """The answer, None while there is none or where the request failed; of a run that was
        stopped, what had been found until then.
        """
        if self.stopped:
            return self._so_far
        if not self.future.done() or self.error is not None:
            return None
        return self.future.result()

    @cached_property
    def _so_far(self) -> Answer[Res] | None:
        return self.work.answer

    @property
    def so_far(self) -> Answer[Res] | None:
        """The answer; before there is one, what the parts asked until now found, None where that
        is nothing yet.
        """
        if self.answer is not None:
            return self.answer
        partial = self.work.answer
        return partial if partial and worth_showing(partial.result) else None

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


def ask(task: Task[Req, Res], request: Req, *, endpoint: str, what: str) -> Run[Res]:
    """The run of ``request``, started where this session has not asked it before.

    ``what`` says in the user's words what is being done ("Looking for names"). A request that
    failed is asked anew only after ``try_again``.
    """
    runs: dict[Any, Run[Any]] = st.session_state.setdefault(_RUNS, {})
    key = (task.slug, endpoint, request)
    run = runs.pop(key, None)
    if run is None:
        run = _start(task, request, endpoint, what)
    runs[key] = run
    while len(runs) > KEPT:
        leave([runs.pop(next(iter(runs)))])
    look_at([run])
    return run


def answered(task: Task[Req, Res]) -> list[tuple[Req, Answer[Res]]]:
    """What this session has asked of ``task`` and was answered in full, in that order."""
    known: dict[Any, Run[Any]] = st.session_state.get(_RUNS, {})
    return [
        (request, run.answer)
        for (slug, _, request), run in known.items()
        if slug == task.slug and run.answer is not None
    ]


def look_at(runs: Sequence[Run[Any]]) -> None:
    """Somebody awaits ``runs``: those that rest go on."""
    for run in runs:
        run.seen = time.monotonic()
        if run.pending and run.resting:
            run.started = time.monotonic()
            run.future = _pool().submit(_work, run)


def leave(runs: Sequence[Run[Any]] | None = None) -> None:
    """Nobody awaits ``runs`` (all of this session) any more: they rest after the part in hand."""
    for run in st.session_state.get(_RUNS, {}).values() if runs is None else runs:
        run.seen = -math.inf
        if run.future.cancel():  # not begun yet
            run.future = _nothing_yet()


def _nothing_yet() -> Future[Any]:
    future: Future[Any] = Future()
    future.set_result(None)
    return future


def _start(task: Task[Req, Res], request: Req, endpoint: str, what: str) -> Run[Res]:
    run = Run(door.client().in_parts(task, request, endpoint=endpoint), endpoint, what)
    run.future = _pool().submit(_work, run)
    return run


def _work(run: Run[Res]) -> Answer[Res] | None:
    """All parts one after the other, until nobody awaits them."""
    while run.done < run.total and not run.unwatched:
        run.work.step()
    return run.work.answer if run.done == run.total else None


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


def _grown(before: int, now: int) -> bool:
    """Whether so many more parts are done that the page should show them: not at each one, since
    a long document has hundreds.
    """
    return now >= before + max(1, before // 2)


def watch(runs: Sequence[Run[Any]], *, key: str) -> None:
    """While one of ``runs`` is pending: what is being done, for how long, and a button to stop.

    Draws the page anew when one of them has ended, or has found half as much again.
    """
    pending = [run for run in runs if run.pending]
    if not pending:
        return
    drawn = [(run, run.done) for run in pending]
    total = sum(run.total for run in runs)

    @st.fragment(run_every=0.5)
    def waiting() -> None:
        left = [run for run in pending if run.pending]
        if len(left) < len(pending) or any(_grown(before, run.done) for run, before in drawn):
            st.rerun()
        look_at(left)
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
