"""Conversations and instructions: OpenAI's chat and completion files, ShareGPT, Alpaca."""

from typing import Any, Final

from backend.data.exports.export import CLASSES, SUMMARIES, Export, Made, Record, Unusable
from backend.data.values import parsed

_LABEL: Final = 40
"""Characters up to which an answer of one line is taken for a label."""

_ROLES: Final = {"human": "user", "gpt": "assistant", "model": "assistant"}


def _messages(record: Record) -> list[dict[str, Any]] | None:
    for name in ("messages", "conversations", "conversation"):
        found = parsed(record.get(name))
        if isinstance(found, list) and found and all(isinstance(one, dict) for one in found):
            return found
    return None


def _chat(record: Record) -> Made:
    said: dict[str, list[str]] = {"user": [], "assistant": []}
    for one in _messages(record) or ():
        role = str(one.get("role", one.get("from")))
        content = one.get("content", one.get("value"))
        if isinstance(content, str):
            said.setdefault(_ROLES.get(role, role), []).append(content.strip())
    if len(said["user"]) != 1 or len(said["assistant"]) != 1:
        raise Unusable("it is not one question with one answer")
    return [_pair(said["user"][0], said["assistant"][0])]


def _pair(text: str, answer: str) -> tuple[str, dict[str, Any]]:
    if len(answer) <= _LABEL and "\n" not in answer and answer.count(" ") < 4:
        return CLASSES, {"text": text, "label": answer.strip().removesuffix(".")}
    return SUMMARIES, {"text": text, "summary": answer}


def _completion(record: Record) -> Made:
    return [_pair(str(record["prompt"]).strip(), str(record["completion"]).strip())]


def _alpaca(record: Record) -> Made:
    source = str(record.get("input") or "").strip() or str(record["instruction"]).strip()
    return [_pair(source, str(record["output"]).strip())]


EXPORTS: Final = (
    Export(
        "conversations (OpenAI, ShareGPT)",
        lambda record: _messages(record) is not None,
        _chat,
        "each row holds the messages of a conversation",
    ),
    Export(
        "prompts with completions (OpenAI)",
        lambda record: {"prompt", "completion"} <= set(record),
        _completion,
        "each row has a prompt and its completion",
    ),
    Export(
        "instructions (Alpaca)",
        lambda record: {"instruction", "output"} <= set(record),
        _alpaca,
        "each row has an instruction and its output",
    ),
)
