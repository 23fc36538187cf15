"""A model's inference.py: its four hooks, and what happens where it leaves one out.

The contract is that of AWS's inference toolkits: ``model_fn(model_dir)``, ``input_fn(body,
content_type)``, ``predict_fn(data, model)`` and ``output_fn(prediction, accept)``, each with one
argument more where it takes the ``context``; or ``transform_fn(model, body, content_type, accept)``
in the place of the last three. Text arrives as str, as there. Only the standard library is
imported here, because every worker starts with it.
"""

import csv
import importlib.util
import inspect
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
NPY = "application/x-npy"
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
        self._context = Context(str(model_dir))
        self._transform = self._hook(module, "transform_fn", 4)
        self._input = self._hook(module, "input_fn", 2) or _decode_text
        self._predict = self._hook(module, "predict_fn", 2) or _call
        self._output = self._hook(module, "output_fn", 2) or encode
        load = self._hook(module, "model_fn", 1)
        if load is None:
            raise LoadError(f"{script.name} has no model_fn(model_dir): add one.")
        if self._transform and {"input_fn", "predict_fn", "output_fn"} & vars(module).keys():
            raise LoadError(
                f"{script.name} has a transform_fn beside input_fn, predict_fn or output_fn: "
                "leave out the one or the others."
            )
        try:
            self._model = load(str(model_dir))
        except Exception as error:  # the script's failure, whatever it is, is told in a sentence
            traceback.print_exc()
            raise LoadError(f"model_fn in {script.name} failed: {sentence(error)}") from error

    def answer(self, request: Request) -> Answer:
        """Run the hooks; a hook's exception becomes an answer with its status and one sentence."""
        try:
            body = as_text(request.body, request.content_type)
            if self._transform is not None:
                output = self._transform(self._model, body, request.content_type, request.accept)
                return _answer(output, request.accept)
            data = self._input(body, request.content_type)
            prediction = self._predict(data, self._model)
            return _answer(self._output(prediction, request.accept), request.accept)
        except Exception as error:  # noqa: BLE001  a hook's failure is the request's answer
            status = getattr(error, "status_code", None)
            if isinstance(status, int) and 400 <= status <= 499:
                return Answer(status, str(error).encode("utf-8", "replace"), "text/plain")
            traceback.print_exc()
            return Answer(500, sentence(error).encode("utf-8", "replace"), "text/plain")

    def _hook(self, module: ModuleType, name: str, arguments: int) -> Hook | None:
        """The script's hook, called with the context too where it takes one argument more."""
        hook: Hook | None = getattr(module, name, None)
        if hook is None or not _takes(hook, arguments + 1):
            return hook
        taken = hook

        def with_context(*given: Any) -> Any:
            return taken(*given, self._context)

        return with_context


@dataclass(frozen=True)
class Context:
    """What hooks that take a context learn from it, as in AWS's toolkits; there is no GPU."""

    model_dir: str

    @property
    def system_properties(self) -> Mapping[str, str | None]:
        """The model's folder and the GPU, of which there is none."""
        return {"model_dir": self.model_dir, "gpu_id": None}


def _takes(hook: Hook, count: int) -> bool:
    """Whether a hook demands or allows ``count`` arguments by their places."""
    try:
        parameters = inspect.signature(hook).parameters.values()
    except (TypeError, ValueError):  # written in C: it tells nothing of its arguments
        return False
    placed = [
        parameter
        for parameter in parameters
        if parameter.kind in (parameter.POSITIONAL_ONLY, parameter.POSITIONAL_OR_KEYWORD)
    ]
    return len(placed) >= count


def as_text(body: bytes, content_type: str) -> bytes | str:
    """A body as hooks get it: str for text, JSON and CSV in UTF-8, bytes for all else."""
    kind = content_type.partition(";")[0].strip().lower()
    if kind.startswith("text/") or kind == JSON or kind in JSON_LINES:
        try:
            return body.decode("utf-8")
        except UnicodeDecodeError:
            return body
    return body


def sentence(error: BaseException) -> str:
    """The kind of an exception and the first line of its text."""
    text = str(error).strip().partition("\n")[0]
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def decode(body: bytes, content_type: str) -> Any:
    """The default input_fn: JSON, JSON Lines, CSV or plain text to Python values, NPY to arrays."""
    kind = content_type.partition(";")[0].strip().lower()
    try:
        if kind == NPY:
            return _array(body)
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


def _decode_text(body: bytes | str, content_type: str) -> Any:
    data = decode(body.encode("utf-8") if isinstance(body, str) else body, content_type)
    return _numbers(data) if isinstance(data, list) else data


def _numbers(values: list[Any]) -> Any:
    """Rows of numbers as an array, which is what AWS's toolkits hand on; others as they are."""
    first: Any = values
    while isinstance(first, list) and first:
        first = first[0]
    if isinstance(first, bool) or not isinstance(first, int | float | str):
        return values
    import numpy as np

    try:
        array = np.asarray(values, dtype=float if isinstance(first, str) else None)
    except (ValueError, TypeError):  # rows of several lengths, or words among the numbers
        return values
    return array if array.dtype.kind in "iuf" else values


def _array(body: bytes) -> Any:
    import numpy as np

    return np.load(io.BytesIO(body), allow_pickle=False)


def encode(prediction: Any, accept: str) -> tuple[bytes | str, str]:
    """The default output_fn: JSON, or JSON Lines, CSV or NPY where they are asked for."""
    kind = preferred(accept)
    if kind in JSON_LINES:
        return "\n".join(_json(item) for item in _row(prediction)), kind
    if kind == "text/csv":
        text = io.StringIO()
        csv.writer(text).writerows(_row(row) for row in _row(prediction))
        return text.getvalue(), kind
    if kind == NPY:
        import numpy as np

        file = io.BytesIO()
        np.save(file, np.asarray(prediction), allow_pickle=False)
        return file.getvalue(), kind
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
    if callable(getattr(model, "predict", None)):  # scikit-learn's and Keras's
        return model.predict(data)
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
