"""One transform job at work: each file's records go to the model, its answers to one result."""

import asyncio
import zlib
from collections import deque
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import BinaryIO

from backend.local.hosting.errors import AnswerTooLarge, TimedOut, WorkerDied
from backend.local.hosting.hooks import Answer
from backend.local.hosting.process import Headers
from backend.local.jobs.transform_batches import Batch, Batches, RecordError
from backend.local.jobs.transform_files import Files, InputError, InputFile
from backend.local.jobs.transform_filters import Filters, PathError
from backend.local.jobs.transform_plan import Plan
from backend.local.jobs.transform_progress import Place, Progress

Ask = Callable[[bytes, Headers], Awaitable[Answer]]
"""Asks the model. Raises HostingError."""
Tell = Callable[[str], Awaitable[None]]
"""Writes a line to the job's log."""


@dataclass(frozen=True)
class Run:
    """A job's plan and what it works with; ``window`` requests are under way at once."""

    plan: Plan
    files: Files
    progress: Progress
    ask: Ask
    tell: Tell
    window: int

    async def run(self) -> str | None:
        """Transform all files that are not yet; gives why the first one failed, if any did.

        A file that fails has no result, and the others go on, as on AWS. Raises InputError,
        HostingError or OSError where the job as a whole cannot go on.
        """
        inputs = await asyncio.to_thread(self._inputs)
        place = await asyncio.to_thread(self.progress.place)
        while place.file < len(inputs):
            failure = await self._outcome(inputs[place.file], place)
            place = Place(file=place.file + 1, failure=place.failure or failure)
            await asyncio.to_thread(self.progress.keep, place)
        return place.failure

    def _inputs(self) -> list[InputFile]:
        known = self.progress.inputs()
        if known is None:
            self.files.require_output(self.plan.output)
            known = self.files.inputs(self.plan)
            self.progress.begin(known)
        return known

    async def _outcome(self, item: InputFile, place: Place) -> str | None:
        """Transform one file; None, or the sentence that says why it failed."""
        try:
            lines = await self._transform(item, place)
        except RecordError as error:
            at = f"line {error.line} of {item.uri}" if error.line else item.uri
            reason = f"{error.kind}: {at}: {error}"
        except InputError as error:
            reason = f"ClientError: {error}"
        except (TimedOut, WorkerDied, AnswerTooLarge) as error:
            reason = f"AlgorithmError: {item.uri}: The model did not answer: {error}"
        except (zlib.error, EOFError) as error:
            reason = f"ClientError: {item.uri} cannot be unpacked: {error}"
        else:
            await self.tell(f"{item.uri}: {lines or 'all'} lines transformed")
            return None
        await self.tell(reason)
        return reason

    async def _transform(self, item: InputFile, place: Place) -> int:
        """Bring the file's result into place; gives the number of its lines."""
        version = await asyncio.to_thread(self.files.version, item.uri)
        if place.version != version:
            place = Place(file=place.file, failure=place.failure, version=version)
        output = await asyncio.to_thread(self.progress.continued, place.size)
        if output is None:
            place = replace(place, offset=0, line=0, size=0)
            output = self.progress.output.open("wb")
        with output, self.files.opened(item.uri, compressed=self.plan.gzip) as source:
            await asyncio.to_thread(source.seek, place.offset)
            batches = Batches(source, self.plan, offset=place.offset, line=place.line)
            async with aclosing(self._answers(batches)) as answers:
                async for batch, answer in answers:
                    result = await self._result(batch, answer)
                    place = await asyncio.to_thread(self._append, output, place, batch, result)
        target = f"{self.plan.output}/{item.name}.out"
        await asyncio.to_thread(self.files.store, self.progress.output, target)
        return place.line

    async def _answers(self, batches: Batches) -> AsyncGenerator[tuple[Batch, Answer], None]:
        """Each request with its answer, in order; ``window`` of them are under way."""
        under_way: deque[tuple[Batch, asyncio.Task[Answer]]] = deque()
        more = True
        try:
            while more or under_way:
                while more and len(under_way) < self.window:
                    batch = await asyncio.to_thread(batches.next)
                    more = batch is not None
                    if batch is not None:
                        under_way.append((batch, asyncio.create_task(self._asked(batch.body))))
                if under_way:
                    batch, asked = under_way[0]
                    yield batch, await asked
                    under_way.popleft()
        finally:
            tasks = [task for _, task in under_way]
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _asked(self, body: bytes) -> Answer:
        return await self.ask(body, self.plan.headers)

    async def _result(self, batch: Batch, answer: Answer) -> bytes:
        """What the output gets for a request. Raises RecordError."""
        if not 200 <= answer.status < 300:
            raise await self._blamed(batch, answer)
        result = answer.body
        if self.plan.filters is not None:
            result = self._joined(batch, answer.body, self.plan.filters)
        return result.removesuffix(b"\n") + b"\n" if self.plan.newline else result

    def _joined(self, batch: Batch, body: bytes, filters: Filters) -> bytes:
        answers = body.splitlines() if self.plan.several else [body]
        if len(answers) != len(batch.records):
            raise RecordError(
                f"The model answered {len(answers)} lines to {len(batch.records)} "
                "records, so that they cannot be joined: use BatchStrategy SingleRecord.",
                line=batch.lines[0],
            )
        results = []
        for record, line, prediction in zip(batch.records, batch.lines, answers, strict=True):
            try:
                results.append(filters.result(record, prediction))
            except PathError as error:
                raise RecordError(f"OutputFilter: {error}", line=line) from error
        return b"\n".join(results)

    async def _blamed(self, batch: Batch, answer: Answer) -> RecordError:
        """The error for a refused request, which names the first record that is refused alone."""
        line = batch.lines[0] or None
        if len(batch.records) > 1:
            for record, number in zip(batch.records, batch.lines, strict=True):
                alone = await self._asked(self._sent(record))
                if alone.status >= 400:
                    answer, line = alone, number
                    break
        kind = "ClientError" if answer.status < 500 else "AlgorithmError"
        said = answer.body.decode("utf-8", "replace").strip()
        return RecordError(
            f"Bad HTTP status received from algorithm: {answer.status}: {said}",
            line=line,
            kind=kind,
        )

    def _sent(self, record: bytes) -> bytes:
        return self.plan.filters.request(record) if self.plan.filters else record

    def _append(self, output: BinaryIO, place: Place, batch: Batch, result: bytes) -> Place:
        output.write(result)
        output.flush()
        size = place.size + len(result)
        place = replace(place, offset=batch.offset, line=batch.line, size=size)
        self.progress.keep(place)
        return place
