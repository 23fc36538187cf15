"""What the insights are worth: ``python -m benchmarks.insights``.

Asks the standard endpoints (of the running service, or of one that this starts) about documents
with questions of our own, and prints how many answers are right, by their words, and what a person
counted among the names, relations and summaries that are shown. ``--show`` prints these, to be
judged; ``--folder`` takes texts and a ``questions.json`` of somebody else's, in the same form:
``{"name of a text": [["question", ["right answer", …]], …]}``, without answers where it has none.
"""

import argparse
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from backend.client import Client
from backend.embedded import install, wait_until_settled
from backend.evaluation.intervals import wilson
from backend.local_service import ensure_service
from backend.settings import ROOT, Settings
from benchmarks.insights.asking import Asked, answers, documents, shown
from benchmarks.insights.judged import Judgement, hashes, judgement

OWN = Path(__file__).resolve().parent
SAMPLES = ROOT / "assets" / "samples"


def main() -> None:
    """Ask, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, help="texts and questions.json of your own")
    parser.add_argument("--show", action="store_true", help="print what is to be judged")
    options = parser.parse_args()
    folder: Path | None = options.folder
    texts, questions = (folder, folder) if folder else (SAMPLES, OWN)
    settings = Settings.load().model_copy(update={"embedded": False})
    ensure_service(settings)
    client = Client(settings)
    endpoints = install(client, _silent)
    wait_until_settled(client, endpoints, _silent)
    found: list[Asked] = []
    for document in documents(texts, questions / "questions.json"):
        asked = list(answers(client, document))
        found += asked
        for one in asked:
            if one.outcome not in {"right", "rightly refused"}:
                print(f"{document.name}: {one.outcome}: {one.question} -> {one.answer!r}")
        if options.show:
            print(f"\n## {document.name}\n{shown(client, document.text)}\n{hashes()}")
    print("\n".join(table(found, judgement(questions / "judged.json"))))


def _silent(_: str) -> None:
    """Nobody has to know."""


def table(asked: Sequence[Asked], read: Judgement | None) -> list[str]:
    """Markdown: shares with their 95 % intervals (Wilson)."""
    counts = Counter(one.outcome for one in asked)
    doubtful = sum(one.state == "probably" and one.outcome == "right" for one in asked)
    has = counts["right"] + counts["wrong"] + counts["refused"]
    none = counts["rightly refused"] + counts["answered from nothing"]
    rows = [
        ("answers right", counts["right"], has, f"{doubtful} of them as “probably”"),
        ("answers wrong", counts["wrong"], has, ""),
        ("refused although there is an answer", counts["refused"], has, ""),
        ("refused where there is none", counts["rightly refused"], none, ""),
    ]
    if read:
        note = f"read by {read.judge}, {read.date}"
        note += "" if read.is_of_these_models else ", of earlier models"
        rows += [(*row, note) for row in _judged(read)]
    lines = [
        f"| {name} | {count} of {total} | {_share(count, total)} | {note} |"
        for name, count, total, note in rows
    ]
    if read:
        marks = [one.summary for one in read.documents.values()]
        mean = f"{sum(marks) / len(marks):.1f} of 5"
        lines.append(f"| summaries | {mean} | {len(marks)} documents | {note} |")
    return ["| insight | count | share [95 %] | |", "| --- | ---: | ---: | --- |", *lines]


def _judged(read: Judgement) -> Iterable[tuple[str, int, int]]:
    documents_read = read.documents.values()
    names = [sum(column) for column in zip(*(one.names for one in documents_read), strict=True)]
    facts = [sum(column) for column in zip(*(one.relations for one in documents_read), strict=True)]
    yield "names wrong in type or boundary", names[1], names[0]
    yield "relations true", facts[1], facts[0]
    yield "relations worth knowing", facts[2], facts[0]


def _share(count: int, total: int) -> str:
    found = wilson(count, total)
    return f"{found.value:.0%} [{found.low:.0%}, {found.high:.0%}]"


if __name__ == "__main__":
    main()
