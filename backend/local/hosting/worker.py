"""The process behind one instance of an endpoint: a model, its hooks, and an HTTP server.

``python -m backend.local.hosting.worker --socket PATH --model DIR --script FILE`` serves what a
SageMaker container serves, ``GET /ping`` and ``POST /invocations``, on a Unix socket. The hooks run
on the main thread, one request at a time; ``/ping`` is answered meanwhile. The standard library's
server is enough for the one client there is, and starts in a tenth of the time of others.

The process ends with its parent: standard input is a pipe that nobody writes to, and its end means
that the parent is gone, however it went.
"""

import argparse
import os
import queue
import shutil
import signal
import socketserver
import sys
import threading
from concurrent.futures import Future
from contextlib import suppress
from http.server import BaseHTTPRequestHandler
from pathlib import Path

from backend.local.hosting.hooks import JSON, Answer, Handler, LoadError, Request

CUSTOM_ATTRIBUTES = "X-Amzn-SageMaker-Custom-Attributes"
Job = tuple[Request, "Future[Answer]"]


class Server(socketserver.ThreadingUnixStreamServer):
    """Takes requests on a Unix socket and puts the invocations in line for ``run``."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, socket: Path) -> None:
        super().__init__(str(socket), _Exchange)
        self.jobs: queue.SimpleQueue[Job | None] = queue.SimpleQueue()

    def run(self, handler: Handler) -> None:
        """Answer requests on this thread, until ``stop``."""
        threading.Thread(target=self.serve_forever, daemon=True).start()
        while (job := self.jobs.get()) is not None:
            request, answer = job
            answer.set_result(handler.answer(request))

    def stop(self) -> None:
        """End ``run``; may be called from any other thread."""
        self.jobs.put(None)
        self.shutdown()
        self.server_close()


class _Exchange(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    server: Server

    def do_GET(self) -> None:
        self._send(Answer(200 if self.path == "/ping" else 404, b""))

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.path != "/invocations":
            self._send(Answer(404, b""))
            return
        accept = self.headers.get("Accept", "*/*")
        request = Request(
            body,
            content_type=self.headers.get("Content-Type") or JSON,
            accept=JSON if accept in ("", "*/*") else accept,
        )
        answer: Future[Answer] = Future()
        self.server.jobs.put((request, answer))
        self._send(answer.result())

    def _send(self, answer: Answer) -> None:
        self.send_response_only(answer.status)
        self.send_header("Content-Type", answer.content_type)
        self.send_header("Content-Length", str(len(answer.body)))
        # A container may answer with the attributes of the request, for the caller to trace it.
        if attributes := self.headers.get(CUSTOM_ATTRIBUTES):
            self.send_header(CUSTOM_ATTRIBUTES, attributes)
        with suppress(ConnectionError):  # the caller may have given up
            self.end_headers()
            self.wfile.write(answer.body)

    def log_message(self, *_: object) -> None:
        """Say nothing: the log is the model's."""


def end_with_parent(socket: Path) -> None:
    """Kill this process and its children as soon as standard input ends."""
    lifeline = os.dup(0)
    with Path(os.devnull).open("rb") as nothing:
        os.dup2(nothing.fileno(), 0)

    def wait() -> None:
        while os.read(lifeline, 1024):
            pass
        shutil.rmtree(socket.parent, ignore_errors=True)
        with suppress(OSError):
            if os.getpgrp() == os.getpid():
                os.killpg(0, signal.SIGKILL)
        os._exit(0)

    threading.Thread(target=wait, daemon=True).start()


def main(arguments: list[str]) -> int:
    """Load the model, serve it, and return the exit status."""
    parser = argparse.ArgumentParser(prog="backend.local.hosting.worker")
    parser.add_argument("--socket", type=Path, required=True)
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--script", type=Path, required=True)
    options = parser.parse_args(arguments)
    end_with_parent(options.socket)
    sys.path.insert(0, str(options.script.parent))
    try:
        handler = Handler(options.script, options.model)
    except LoadError as error:
        print(error, file=sys.stderr)  # noqa: T201  the last line of the log is the reason
        return 1
    Server(options.socket).run(handler)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
