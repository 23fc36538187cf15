"""A model's inference.py: its four hooks, and what happens where it leaves one out.

The contract is that of AWS's inference toolkits: ``model_fn(model_dir)``, ``input_fn(body,
content_type)``, ``predict_fn(data, model)`` and ``output_fn(prediction, accept)``. Only the
standard library is imported here, because every worker starts with it.
"""

import csv
import importlib.util
import io
import json
import sys
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

JSON = "application/json"
JSON_LINES = ("application/jsonlines", "application/x-jsonlines")
Hook = Callable[..., Any]


class LoadError(Exception):
    """Raised when a script or its model cannot be loaded; the text is one sentence."""


class ClientError(Exception):
    """The request is at fault: raised by the default hooks, and understood of any exception that
    carries a ``status_code`` of 400 to 499."""

    def __init__(self, message: str, status_code: int = 400) -> None:
        super().__init__(message)
        self.status_code = status_code


@dataclass(frozen=True)
class Request:
    """The body of an invocation with its Content-Type and Accept."""

    body: bytes
    content_type: str = JSON
    accept: str = JSON


@dataclass(frozen=True)
class Answer:
    """What goes back: the HTTP status, the body and its Content-Type.

    ``seconds`` is how long the model took, where that was measured.
    """

    status: int
    body: bytes
    content_type: str = JSON
    headers: Mapping[str, str] = field(default_factory=dict)
    seconds: float = 0.0


class Handler:
    """A loaded model with its hooks."""

    def __init__(self, script: Path, model_dir: Path) -> None:
        """Import ``script`` and load the model. Raises LoadError."""
        module = _imported(script)
        self._name = script.name
        self._input: Hook = getattr(module, "input_fn", decode)
        self._predict: Hook = getattr(module, "predict_fn", _call)
        self._output: Hook = getattr(module, "output_fn", encode)
        load: Hook | None = getattr(module, "model_fn", None)
        if load is None:
            raise LoadError(f"{script.name} has no model_fn(model_dir): add one.")
        try:
            self._model = load(str(model_dir))
        except Exception as error:  # the script's failure, whatever it is, is told in a sentence
            traceback.print_exc()
            raise LoadError(f"model_fn in {script.name} failed: {sentence(error)}") from error

    def answer(self, request: Request) -> Answer:
        """Run the hooks; a hook's exception becomes an answer with its status and one sentence."""
        try:
            data = self._input(request.body, request.content_type)
            prediction = self._predict(data, self._model)
            return _answer(self._output(prediction, request.accept), request.accept)
        except Exception as error:  # noqa: BLE001  a hook's failure is the request's answer
            status = getattr(error, "status_code", None)
            if isinstance(status, int) and 400 <= status <= 499:
                return Answer(status, str(error).encode("utf-8", "replace"), "text/plain")
            traceback.print_exc()
            return Answer(500, sentence(error).encode("utf-8", "replace"), "text/plain")


def sentence(error: BaseException) -> str:
    """The kind of an exception and the first line of its text."""
    text = str(error).strip().partition("\n")[0]
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def decode(body: bytes, content_type: str) -> Any:
    """The default input_fn: JSON, JSON Lines, CSV or plain text to Python values."""
    kind = content_type.partition(";")[0].strip().lower()
    try:
        text = body.decode("utf-8-sig")
        if kind == JSON:
            return json.loads(text)
        if kind in JSON_LINES:
            return [json.loads(line) for line in text.split("\n") if line.strip()]
    except (ValueError, RecursionError) as error:
        raise ClientError(f"The body is not valid {kind}: {sentence(error)}") from error
    if kind == "text/csv":
        return list(csv.reader(io.StringIO(text)))
    if kind.startswith("text/"):
        return text
    raise ClientError(f"Content type {content_type!r} is not supported: send {JSON}.", 415)


def encode(prediction: Any, accept: str) -> tuple[bytes | str, str]:
    """The default output_fn: JSON, or JSON Lines or CSV where they are asked for."""
    kind = preferred(accept)
    if kind in JSON_LINES:
        return "\n".join(_json(item) for item in _row(prediction)), kind
    if kind == "text/csv":
        text = io.StringIO()
        csv.writer(text).writerows(_row(row) for row in _row(prediction))
        return text.getvalue(), kind
    if kind != JSON:
        raise ClientError(f"Accept {accept!r} is not supported: ask for {JSON}.", 406)
    return _json(prediction), JSON


def preferred(accept: str) -> str:
    """The first media type of an Accept header without its parameters; JSON for a wildcard."""
    kind = accept.partition(",")[0].partition(";")[0].strip().lower()
    return JSON if kind in ("", "*/*", "application/*") else kind


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=_plain)


def _plain(value: Any) -> Any:
    """Arrays and tensors as lists, where JSON knows no better."""
    if hasattr(value, "tolist"):
        return value.tolist()
    raise TypeError(f"output_fn is needed: {type(value).__name__} is not JSON serializable")


def _row(value: Any) -> list[Any]:
    """``value`` as a row, or as the list of rows."""
    plain = value.tolist() if hasattr(value, "tolist") else value
    return list(plain) if isinstance(plain, list | tuple) else [plain]


def _call(data: Any, model: Any) -> Any:
    """The default predict_fn."""
    if not callable(model):
        raise TypeError("predict_fn(data, model) is needed: the model cannot be called")
    return model(data)


def _answer(output: Any, accept: str) -> Answer:
    """What output_fn returned: a body, or a body and its content type."""
    content_type = preferred(accept)
    if isinstance(output, tuple) and len(output) == 2:
        output, content_type = output[0], str(output[1])
    if not (content_type.isascii() and content_type.isprintable()):
        raise ValueError(f"output_fn returned {content_type!r}, which is no content type")
    if isinstance(output, str):
        output = output.encode("utf-8")
    elif not isinstance(output, bytes | bytearray | memoryview):
        output = _json(output).encode("utf-8")
    return Answer(200, bytes(output), content_type)


def _imported(script: Path) -> ModuleType:
    name = script.stem
    spec = importlib.util.spec_from_file_location(name, script)
    if spec is None or spec.loader is None:
        raise LoadError(f"{script.name} is not a Python script.")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # as an import would: dataclasses and pickles look it up
    try:
        spec.loader.exec_module(module)
    except Exception as error:  # the script's failure, whatever it is, is told in a sentence
        traceback.print_exc()
        raise LoadError(f"{script.name} cannot be imported: {sentence(error)}") from error
    return module
