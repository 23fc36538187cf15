"""Who may talk to the app at all."""

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocket, WebSocketDisconnect

from backend.web_guard import Guard, host_name

OWN = "127.0.0.1:8501"


async def _page(_: Request) -> PlainTextResponse:
    return PlainTextResponse("the app")


async def _session(websocket: WebSocket) -> None:
    await websocket.accept()
    await websocket.send_text("a session")
    await websocket.close()


@pytest.fixture
def client() -> TestClient:
    routes = [Route("/", _page, methods=["GET", "POST"]), WebSocketRoute("/stream", _session)]
    guard = Middleware(Guard, hosts=["Insights.Example.com"])
    return TestClient(Starlette(routes=routes, middleware=[guard]))


def connected(client: TestClient, **headers: str) -> bool:
    try:
        with client.websocket_connect("/stream", headers=headers) as session:
            return session.receive_text() == "a session"
    except WebSocketDisconnect:
        return False


@pytest.mark.parametrize("host", [OWN, "localhost:8501", "[::1]:8501", "insights.example.com"])
def test_the_apps_own_pages_get_a_session(client: TestClient, host: str) -> None:
    assert connected(client, host=host, origin=f"http://{host}")
    assert client.get("/", headers={"host": host}).text == "the app"


@pytest.mark.parametrize(
    "host",
    [
        "evil.example:8501",
        "127.0.0.1.evil.example",
        "localhost.evil.example",
        "x@127.0.0.1",
        "",
        "127.0.0.1:x",
    ],
)
def test_a_name_that_only_points_here_gets_neither_page_nor_session(
    client: TestClient, host: str
) -> None:
    assert not connected(client, host=host, origin=f"http://{host}")
    assert client.get("/", headers={"host": host}).status_code == 403


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "http://localhost:9999", "http://127.0.0.1:8502", "null"]
)
def test_a_page_of_another_origin_gets_neither_session_nor_answer(
    client: TestClient, origin: str
) -> None:
    assert not connected(client, host=OWN, origin=origin)
    assert client.post("/", headers={"host": OWN, "origin": origin}).status_code == 403


def test_a_second_host_or_origin_is_refused(client: TestClient) -> None:
    twice = [("host", OWN), ("origin", f"http://{OWN}"), ("origin", "http://evil.example")]
    assert client.get("/", headers=twice).status_code == 403


def test_no_site_may_frame_the_app(client: TestClient) -> None:
    for host in (OWN, "evil.example"):
        headers = client.get("/", headers={"host": host}).headers
        assert headers["X-Frame-Options"] == "DENY"
        assert headers["Content-Security-Policy"] == "frame-ancestors 'none'"
        assert headers["X-Content-Type-Options"] == "nosniff"


def test_a_host_is_compared_without_port_case_or_last_dot() -> None:
    assert host_name("LocalHost.:80") == "localhost"
    assert host_name("[::1]:80") == "::1"
    assert host_name("localhost/x") == ""
