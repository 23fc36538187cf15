"""Summaries of held-out texts, each as long as its references are on average, as they are served.

``python -m summarization.answers MODEL_DIR HOLD_OUT.jsonl`` prints a JSON object a text: its
``kind``, ``summary``, ``lead`` (its first words, as many) and ``summaries``, the references.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from summarization.request import Lengths, Request
from summarization.summarizer import ExtractiveSummarizer


def answers(model_dir: Path, hold_out: Path) -> Iterator[dict[str, Any]]:
    """The answer to each line of ``hold_out``."""
    model = ExtractiveSummarizer(str(model_dir))
    for line in hold_out.read_text(encoding="utf-8").split("\n"):
        if not line.strip():
            continue
        example = json.loads(line)
        references = example.get("summaries") or [example["summary"]]
        most = max(1, sum(len(one.split()) for one in references) // len(references))
        result = model.summarize(Request(example["text"], Lengths(max_words=most)))
        yield {
            "kind": example.get("kind", ""),
            "summary": result["summary"],
            "lead": " ".join(example["text"].split()[:most]),
            "summaries": references,
        }


if __name__ == "__main__":
    for answer in answers(Path(sys.argv[1]), Path(sys.argv[2])):
        print(json.dumps(answer), flush=True)
