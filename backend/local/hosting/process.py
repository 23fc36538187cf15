"""Worker processes: started, watched, asked and ended."""

import asyncio
import logging
import os
import shutil
import signal
import sys
import tempfile
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

import httpx
import psutil

from backend.local.hosting.errors import AnswerTooLarge, StartError, TimedOut, WorkerDied
from backend.local.hosting.hooks import Answer
from backend.local.hosting.settings import HostingSettings
from backend.local.hosting.worker import CUSTOM_ATTRIBUTES

Log = Callable[[list[str]], None]
"""Takes lines of a worker's output; called from threads."""

Headers = list[tuple[bytes, bytes]]

_LONGEST_LINE = 64 * 1024
_LONGEST_SOCKET = 100  # the system allows 108 bytes, some systems 104
_WATCH_SECONDS = 0.5
_TICKS_PER_TREE = 4  # finding a process's children takes a look at every process there is
_TICKS_PER_PING = 10
_PING_SECONDS = 5.0
_GRACE_SECONDS = 2.0
logging.getLogger("httpx").setLevel(logging.WARNING)  # it tells of every ping
_PROJECT = Path(__file__).resolve().parents[3]


@dataclass(frozen=True)
class Program:
    """What a worker runs: the model's folder, its script, and its environment."""

    model: Path
    script: Path
    environment: Mapping[str, str]
    startup_seconds: float


class Worker:
    """One process with a model in it. It answers one request at a time.

    ``ended`` is a task whose result says why the process is no more; ``served`` tells whether it
    has ever answered, ``faulted`` whether it ended over a request.
    """

    def __init__(
        self, process: asyncio.subprocess.Process, folder: Path, log: Log, settings: HostingSettings
    ) -> None:
        self.ready = False
        self.busy = False
        self.served = False
        self.faulted = False
        self._process = process
        self._folder = folder
        self._log = log
        self._settings = settings
        self._verdict = ""
        self._retriable = True
        self._tail: deque[str] = deque(maxlen=50)
        transport = httpx.AsyncHTTPTransport(uds=str(folder / "socket"))
        self._client = httpx.AsyncClient(
            transport=transport,
            base_url="http://worker",
            timeout=httpx.Timeout(None),
            trust_env=False,
        )
        self._pumping = asyncio.create_task(self._pump())
        self._watching = asyncio.create_task(self._watch())
        self.ended: asyncio.Task[str] = asyncio.create_task(self._reap())

    @classmethod
    async def start(cls, program: Program, *, log: Log, settings: HostingSettings) -> "Worker":
        """A worker that is ready for requests. Raises StartError with the reason otherwise."""
        folder = await asyncio.to_thread(_private_folder)
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "backend.local.hosting.worker"),
            *("--socket", str(folder / "socket")),
            *("--model", str(program.model), "--script", str(program.script)),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            cwd=folder,
            env={**program.environment, "PYTHONPATH": _python_path(program.environment)},
            start_new_session=True,
        )
        worker = cls(process, folder, log, settings)
        try:
            async with asyncio.timeout(program.startup_seconds):
                await worker._ready()
        except TimeoutError:
            worker.kill(f"it was not ready within {program.startup_seconds:g} seconds")
            raise StartError(await worker.ended) from None
        except BaseException:
            worker.kill("it was stopped while it started")
            await asyncio.wait({worker.ended}, timeout=_GRACE_SECONDS)
            raise
        worker.ready = True
        worker._tail.clear()
        return worker

    @property
    def pid(self) -> int:
        """The process, which leads a process group of its own."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether the process runs and was not told to end."""
        return self._process.returncode is None and not self._verdict

    async def ping(self) -> bool:
        """Whether ``GET /ping`` is answered with 200 in time."""
        if self._client.is_closed:
            return False
        try:
            response = await self._client.get("/ping", timeout=_PING_SECONDS)
        except httpx.TransportError:
            return False
        return response.status_code == httpx.codes.OK

    async def invoke(self, body: bytes, headers: Headers, *, largest: int) -> Answer:
        """The answer to ``POST /invocations``, up to ``largest`` bytes.

        Raises TimedOut, WorkerDied or AnswerTooLarge; after the first two the worker is no more.
        """
        if self._client.is_closed:
            raise WorkerDied(self.ended.result() if self.ended.done() else "it has ended")
        limit = self._settings.invocation_seconds
        self.busy = True
        self._tail.clear()
        try:
            async with asyncio.timeout(limit):
                answer = await self._post(body, headers, largest)
        except TimeoutError:
            self.faulted = True
            self.kill(f"a request was not answered within {limit:g} seconds")
            raise TimedOut(f"The model did not answer within {limit:g} seconds.") from None
        except httpx.TransportError:
            self.faulted = True
            raise await self._death() from None
        finally:
            self.busy = False
        self.served = True
        return answer

    def kill(self, reason: str, *, retriable: bool = True) -> None:
        """End the process group at once; ``reason`` becomes what ``ended`` says."""
        if not self._verdict:
            self._verdict, self._retriable = reason, retriable
        if self._process.returncode is None:
            self._signal(signal.SIGKILL)

    async def stop(self) -> None:
        """End the process group, politely at first, and wait for it."""
        self._verdict = self._verdict or "it was stopped"
        if self._process.returncode is None:
            self._signal(signal.SIGTERM)
        done, _ = await asyncio.wait({self.ended}, timeout=_GRACE_SECONDS)
        if not done:
            self._signal(signal.SIGKILL)
            await asyncio.wait({self.ended})

    async def _ready(self) -> None:
        socket = self._folder / "socket"
        while not (await asyncio.to_thread(socket.exists) and await self.ping()):
            done, _ = await asyncio.wait({self.ended}, timeout=0.02)
            if done:
                killed = self._process.returncode == -signal.SIGKILL and not self._verdict
                raise StartError(self.ended.result(), killed=killed)

    async def _post(self, body: bytes, headers: Headers, largest: int) -> Answer:
        began = monotonic()
        request = self._client.stream("POST", "/invocations", content=body, headers=headers)
        async with request as response:
            kept = bytearray()
            async for chunk in response.aiter_raw():
                kept += chunk
                if len(kept) > largest:
                    raise AnswerTooLarge(f"The model's answer is larger than {largest} bytes.")
        attributes = response.headers.get(CUSTOM_ATTRIBUTES)
        return Answer(
            response.status_code,
            bytes(kept),
            response.headers.get("Content-Type", "application/octet-stream"),
            {CUSTOM_ATTRIBUTES: attributes} if attributes else {},
            seconds=monotonic() - began,
        )

    async def _death(self) -> WorkerDied:
        """The error for a connection that broke; a process that still runs is not to be trusted."""
        done, _ = await asyncio.wait({self.ended}, timeout=_GRACE_SECONDS)
        if not done:
            self.kill("it closed the connection without an answer")
        return WorkerDied(await asyncio.shield(self.ended), retriable=self._retriable)

    async def _pump(self) -> None:
        """Carry the output to the log, line by line."""
        assert self._process.stdout is not None  # it was asked for
        rest = b""
        while chunk := await self._process.stdout.read(_LONGEST_LINE):
            *lines, rest = (rest + chunk).split(b"\n")
            if len(rest) > _LONGEST_LINE:
                lines, rest = [*lines, rest], b""
            await self._record(lines)
        await self._record([rest] if rest else [])

    async def _record(self, lines: list[bytes]) -> None:
        if texts := [line.decode("utf-8", "replace").rstrip("\r") for line in lines]:
            self._tail.extend(text for text in texts if text.strip())
            with suppress(OSError, ValueError):  # a full disk must not stop the model
                await asyncio.to_thread(self._log, texts)

    async def _watch(self) -> None:
        """End a process that eats memory or, while it has nothing to do, does not answer."""
        tick = 0
        limit = self._settings.memory_bytes
        while self.alive:
            await asyncio.sleep(_WATCH_SECONDS)
            tick += 1
            whole = tick % _TICKS_PER_TREE == 0
            if await asyncio.to_thread(_resident, self.pid, whole=whole) > limit:
                reason = f"it used more memory than the limit of {limit // 2**20} MB"
                self.kill(reason, retriable=False)
            elif tick % _TICKS_PER_PING == 0 and await self._unresponsive():
                self.kill("it no longer answered /ping")

    async def _unresponsive(self) -> bool:
        """Whether /ping fails although nothing keeps the process busy."""
        if self.busy or not self.ready:
            return False
        return not await self.ping() and not self.busy

    async def _reap(self) -> str:
        code = await self._process.wait()
        self.faulted |= self.busy
        self._signal(signal.SIGKILL)  # what it started must not outlive it
        self._watching.cancel()
        await asyncio.wait({self._pumping}, timeout=_GRACE_SECONDS)
        self._pumping.cancel()
        await self._client.aclose()
        await asyncio.to_thread(shutil.rmtree, self._folder, ignore_errors=True)
        return self._verdict or self._epitaph(code)

    def _epitaph(self, code: int) -> str:
        how = f"it exited with code {code}"
        if code < 0:
            how = f"it was killed by signal {-code} ({_signal_name(-code)})"
        return f"{how}: {self._tail[-1].strip()}" if self._tail and code else how

    def _signal(self, number: signal.Signals) -> None:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, number)


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return "unknown"


def _private_folder() -> Path:
    """A new folder that only this user may enter, with a path short enough for a socket."""
    folder = Path(tempfile.mkdtemp(prefix="docinsights-"))
    if len(os.fsencode(folder / "socket")) > _LONGEST_SOCKET:
        folder.rmdir()
        folder = Path(tempfile.mkdtemp(prefix="docinsights-", dir="/tmp"))
    return folder


def _python_path(environment: Mapping[str, str]) -> str:
    inherited = environment.get("PYTHONPATH")
    return os.pathsep.join([str(_PROJECT), inherited] if inherited else [str(_PROJECT)])


def _resident(pid: int, *, whole: bool) -> int:
    """Bytes in memory of the process, and where ``whole`` of all that it started."""
    total = 0
    with suppress(psutil.Error):
        root = psutil.Process(pid)
        for process in [root, *(root.children(recursive=True) if whole else [])]:
            with suppress(psutil.Error):
                total += process.memory_info().rss
    return total
