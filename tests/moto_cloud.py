"""moto's server as the cloud: a second opinion on the shapes of our calls. It runs no models."""

import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from backend.client import Client
from backend.settings import Settings
from tests.fake_service import write_service_file


@contextmanager
def moto_client(home: Path) -> Iterator[Client]:
    """A client of a moto server that knows nothing yet."""
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        port = server.get_host_and_port()[1]
        # What moto knows belongs to the process, and outlives its servers.
        reset = urllib.request.Request(f"http://127.0.0.1:{port}/moto-api/reset", method="POST")
        urllib.request.build_opener(urllib.request.ProxyHandler({})).open(reset).close()
        write_service_file(home, port)
        yield Client(Settings(home=home))
    finally:
        server.stop()
