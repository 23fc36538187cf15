"""A stand-in for the local service: says where it is, answers /ping, ends with its input.

``python -m tests.fake_service HOME [PORT]``
"""

import json
import os
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200 if self.path in {"/ping", "/_stcore/health"} else 404)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        pass


def end_with_input() -> None:
    sys.stdin.read()
    os._exit(0)


def main(home: Path, port: int) -> None:
    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    home.mkdir(parents=True, exist_ok=True)
    write_service_file(home, server.server_address[1])
    threading.Thread(target=end_with_input, daemon=True).start()
    print("serving", flush=True)
    server.serve_forever()


def write_service_file(home: Path, port: int) -> None:
    """What clients read to find a service, as the service writes it."""
    content = {
        "port": port,
        "region": "us-east-1",
        "account_id": "000000000000",
        "access_key": "AKIATEST",
        "secret_key": "secret'key",
    }
    (home / "service.json").write_text(json.dumps(content))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 0)
