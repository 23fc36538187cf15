"""The four hooks of a script, and what stands in for those that it leaves out."""

import io
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from backend.local.hosting.hooks import (
    Answer,
    ClientError,
    Handler,
    LoadError,
    Request,
    decode,
    encode,
    preferred,
)


@pytest.fixture(autouse=True)
def modules() -> Iterator[None]:
    """Scripts register themselves as modules; other tests need not see them."""
    before = set(sys.modules)
    yield
    for name in set(sys.modules) - before:
        del sys.modules[name]


def handler(tmp_path: Path, script: str) -> Handler:
    path = tmp_path / "inference.py"
    path.write_text(script, encoding="utf-8")
    return Handler(path, tmp_path)


DOUBLE = "def model_fn(d): return lambda x: x * 2\n"


def test_a_model_that_can_be_called_needs_no_other_hook(tmp_path: Path) -> None:
    answer = handler(tmp_path, DOUBLE).answer(Request(b"[1, 2]"))
    assert answer == Answer(200, b"[2, 4]", "application/json")


def test_each_hook_gets_what_the_one_before_returned(tmp_path: Path) -> None:
    script = (
        "def model_fn(d): return d\n"
        "def input_fn(body, kind): return [body.decode(), kind]\n"
        "def predict_fn(data, model): return [*data, model]\n"
        "def output_fn(prediction, accept): return '|'.join([*prediction, accept]), 'text/x'\n"
    )
    answer = handler(tmp_path, script).answer(Request(b"body", "a/b", "c/d"))
    assert answer == Answer(200, f"body|a/b|{tmp_path}|c/d".encode(), "text/x")


@pytest.mark.parametrize(
    ("output", "body", "kind"),
    [
        ("'é'", "é".encode(), "application/json"),
        ("b'raw'", b"raw", "application/json"),
        ("{'a': ['é']}", '{"a": ["é"]}'.encode(), "application/json"),
        ("[1, 2]", b"[1, 2]", "application/json"),
        ("(b'x', 'image/png')", b"x", "image/png"),
    ],
)
def test_output_fn_may_return_text_bytes_values_or_a_pair(
    tmp_path: Path, output: str, body: bytes, kind: str
) -> None:
    script = f"{DOUBLE}def output_fn(p, accept): return {output}\n"
    answer = handler(tmp_path, script).answer(Request(b"1", accept="application/json;verbose"))
    assert answer == Answer(200, body, kind)


@pytest.mark.parametrize(
    ("status", "answered"), [("400", 400), ("499", 499), ("500", 500), ("200", 500), ("'x'", 500)]
)
def test_only_a_status_code_of_the_client_is_taken_from_an_exception(
    tmp_path: Path, status: str, answered: int
) -> None:
    script = (
        f"{DOUBLE}class Odd(Exception): status_code = {status}\n"
        "def predict_fn(data, model): raise Odd('the text is empty')\n"
    )
    answer = handler(tmp_path, script).answer(Request(b"1"))
    assert answer.status == answered
    assert b"the text is empty" in answer.body


def test_a_failure_is_one_sentence_and_its_trace_is_in_the_log(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    script = f"{DOUBLE}def predict_fn(data, model): raise ValueError('first\\nsecond')\n"
    answer = handler(tmp_path, script).answer(Request(b"1"))
    assert (answer.status, answer.body) == (500, b"ValueError: first")
    assert "in predict_fn" in capfd.readouterr().err


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ("import missing_module", "inference.py cannot be imported: ModuleNotFoundError"),
        ("def", "inference.py cannot be imported: SyntaxError"),
        ("x = 1", "inference.py has no model_fn"),
        ("def model_fn(d): 1 / 0", "model_fn in inference.py failed: ZeroDivisionError"),
    ],
)
def test_a_script_that_does_not_load_says_why(tmp_path: Path, script: str, words: str) -> None:
    with pytest.raises(LoadError, match=words):
        handler(tmp_path, script)


def test_a_model_that_cannot_be_called_asks_for_predict_fn(tmp_path: Path) -> None:
    answer = handler(tmp_path, "def model_fn(d): return 1\n").answer(Request(b"1"))
    assert answer.status == 500
    assert b"predict_fn(data, model) is needed" in answer.body


def test_a_content_type_that_would_break_the_answer_is_an_error(tmp_path: Path) -> None:
    script = f"{DOUBLE}def output_fn(p, accept): return b'', 'a/b\\r\\nX: y'\n"
    assert handler(tmp_path, script).answer(Request(b"1")).status == 500


@pytest.mark.parametrize(
    ("body", "kind", "data"),
    [
        (b'{"a": 1}', "application/json", {"a": 1}),
        (b'\xef\xbb\xbf{"a": 1}', "application/json; charset=utf-8", {"a": 1}),
        (b'{"a": 1}\n\n[2]\n', "application/jsonlines", [{"a": 1}, [2]]),
        (b"1,2\n3,4\n", "text/csv", [["1", "2"], ["3", "4"]]),
        ("é".encode(), "text/plain", "é"),
    ],
)
def test_common_content_types_are_decoded(body: bytes, kind: str, data: Any) -> None:
    assert decode(body, kind) == data


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"{", "application/json", 400),
        (b"\xff", "application/json", 400),
        (b"[" * 100_000, "application/json", 400),
        (b"x", "image/png", 415),
    ],
)
def test_a_body_that_cannot_be_decoded_is_the_clients_fault(
    body: bytes, kind: str, status: int
) -> None:
    with pytest.raises(ClientError) as caught:
        decode(body, kind)
    assert caught.value.status_code == status


class Tensor:
    """Something like an array."""

    def tolist(self) -> list[int]:
        return [1, 2]


def test_arrays_are_encoded_as_lists() -> None:
    assert encode({"a": Tensor()}, "application/json;verbose") == ('{"a": [1, 2]}', preferred(""))
    assert encode([Tensor(), 3], "text/csv") == ("1,2\r\n3\r\n", "text/csv")
    with pytest.raises(TypeError, match="output_fn is needed"):
        encode(object(), "application/json")
    with pytest.raises(ClientError):
        encode(1, "image/png")


@pytest.mark.parametrize("accept", ["", "*/*", "application/*;q=0.8", "application/json, text/csv"])
def test_json_is_preferred_where_anything_goes(accept: str) -> None:
    assert preferred(accept) == "application/json"
    assert json.loads(encode({"a": 1}, accept)[0]) == {"a": 1}


def test_hooks_may_take_the_context(tmp_path: Path) -> None:
    script = (
        "def model_fn(d, context): return context.system_properties['model_dir']\n"
        "def predict_fn(x, model, context): return [model, context.system_properties['gpu_id']]\n"
    )
    answer = handler(tmp_path, script).answer(Request(b"{}"))
    assert json.loads(answer.body) == [str(tmp_path), None]


def test_transform_fn_stands_for_three_hooks(tmp_path: Path) -> None:
    script = (
        "def model_fn(d): return 'model'\n"
        "def transform_fn(model, body, kind, to): return '|'.join([model, body, kind]), to\n"
    )
    answer = handler(tmp_path, script).answer(Request("é".encode(), "text/csv", "text/x"))
    assert answer == Answer(200, "model|é|text/csv".encode(), "text/x")


def test_transform_fn_beside_another_hook_is_refused(tmp_path: Path) -> None:
    script = (
        "def model_fn(d): return 1\n"
        "def transform_fn(*given): return ''\n"
        "def predict_fn(data, model): return data\n"
    )
    with pytest.raises(LoadError, match="transform_fn beside"):
        handler(tmp_path, script)


@pytest.mark.parametrize(
    ("body", "kind", "told"),
    [
        (b"{}", "application/json", "str"),
        (b"1,2", "text/csv; charset=utf-8", "str"),
        (b"\x00", "application/octet-stream", "bytes"),
        (b"\xff", "text/plain", "bytes"),
    ],
)
def test_text_arrives_as_str(tmp_path: Path, body: bytes, kind: str, told: str) -> None:
    script = (
        "def model_fn(d): return d\n"
        "def input_fn(body, kind): return type(body).__name__\n"
        "def predict_fn(data, model): return data\n"
    )
    answer = handler(tmp_path, script).answer(Request(body, kind))
    assert json.loads(answer.body) == told


@pytest.mark.parametrize(
    ("body", "kind"), [(b"[[1, 2], [3, 4]]", "application/json"), (b"1,2\n3,4\n", "text/csv")]
)
def test_rows_of_numbers_arrive_as_an_array(tmp_path: Path, body: bytes, kind: str) -> None:
    script = "def model_fn(d): return 1\ndef predict_fn(data, model): return data.sum(axis=0)\n"
    answer = handler(tmp_path, script).answer(Request(body, kind))
    assert json.loads(answer.body) == [4, 6]


@pytest.mark.parametrize("body", [b'["a", "b"]', b"[[1], [2, 3]]", b"[true]", b"[]"])
def test_other_lists_arrive_as_lists(tmp_path: Path, body: bytes) -> None:
    script = "def model_fn(d): return 1\ndef predict_fn(data, model): return type(data).__name__\n"
    answer = handler(tmp_path, script).answer(Request(body))
    assert json.loads(answer.body) == "list"


def test_arrays_travel_as_npy(tmp_path: Path) -> None:
    kind = "application/x-npy"
    file = io.BytesIO()
    np.save(file, np.array([1.5, 2.0]))
    script = "def model_fn(d): return 1\ndef predict_fn(data, model): return data * 2\n"
    answer = handler(tmp_path, script).answer(Request(file.getvalue(), kind, kind))
    assert answer.content_type == kind
    assert np.load(io.BytesIO(answer.body)).tolist() == [3.0, 4.0]


def test_a_model_that_predicts_needs_no_predict_fn(tmp_path: Path) -> None:
    script = (
        "class Model:\n    def predict(self, rows): return rows.mean(axis=1)\n"
        "def model_fn(d): return Model()\n"
    )
    answer = handler(tmp_path, script).answer(Request(b"[[1, 3]]"))
    assert json.loads(answer.body) == [2.0]
