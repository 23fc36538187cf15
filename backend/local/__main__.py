"""``python -m backend.local --home DIR``: run the local service until it is told to stop."""

import argparse
import asyncio
import logging
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path

import uvicorn

from backend.local import sdk_defaults
from backend.local.app import create_app
from backend.local.config import HOST, ConfigError, HomeLock, ServiceConfig
from backend.local.database import DiskFullError

_GRACE = 5  # seconds that requests under way have to finish
_FULL_DISK_SECONDS = 8  # the launcher starts what lived that long again, until there is space


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the service; returns the exit status."""
    options = _parser().parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(message)s")
    try:
        home = options.home.expanduser().absolute()
        with HomeLock(home):
            config = ServiceConfig.load(home, options.port)
            sdk_defaults.write(config)
            with _listen(options.host, config.port) as listener:
                return _serve(config, listener, lifeline=options.lifeline)
    except DiskFullError as error:
        sys.stderr.write(f"{error}\n")
        time.sleep(_FULL_DISK_SECONDS)
        return 1
    except ConfigError as error:
        sys.stderr.write(f"{error}\n")
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m backend.local", description=__doc__)
    parser.add_argument("--home", type=Path, required=True, help="the folder of all data")
    parser.add_argument("--port", type=int, help="the port (default: the one used before)")
    parser.add_argument("--host", default=HOST, help="the interface (default: %(default)s)")
    parser.add_argument(
        "--lifeline", action="store_true", help="stop when standard input ends: with the parent"
    )
    return parser


def _listen(host: str, port: int) -> socket.socket:
    # asyncio switches Nagle's delay off only where the protocol is said to be TCP.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise ConfigError(
            f"The local service cannot listen on {host}:{port}: {error.strerror}. "
            "Stop the program that uses the port, or choose another one with --port."
        ) from error
    return listener


def _serve(config: ServiceConfig, listener: socket.socket, *, lifeline: bool) -> int:
    server = uvicorn.Server(
        uvicorn.Config(
            create_app(config),
            access_log=False,
            log_config=None,
            server_header=False,
            timeout_graceful_shutdown=_GRACE,
        )
    )

    def stop(_number: int, _frame: object) -> None:
        server.should_exit = True

    # uvicorn takes the signals over while it runs, and hands them on to these at its end, where the
    # defaults would end the process before its locks and workers are put away.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    if lifeline:
        threading.Thread(target=_follow_parent, args=[server], daemon=True).start()
    asyncio.run(server.serve(sockets=[listener]))
    return 0 if server.started else 1


def _follow_parent(server: uvicorn.Server) -> None:
    """Stop the server at the end of standard input, which the parent's death brings about too."""
    while os.read(sys.stdin.fileno(), 4096):
        pass
    server.should_exit = True


if __name__ == "__main__":
    sys.exit(main())
