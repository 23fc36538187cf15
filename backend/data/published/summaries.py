"""Published data of summaries: earnings calls, meetings, papers and clauses, and our own memos."""

import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from backend.data.formats import Example
from backend.data.published.splits import HOLD_OUT_SEED, Data, split

MEMOS: Final = Path(__file__).resolve().parents[3] / "assets" / "datasets" / "memo-summaries"
CALLS: Final = 250  # earnings calls of about 130 sentences each that are read
MEETINGS: Final = 2  # one of so many meetings is read: they have a thousand sentences each
MEETING_KINDS: Final = ("Academic", "Committee", "Product")


def summaries(data: Path) -> Data:
    """Whole documents with their summaries, each with its ``kind``; chosen and measured by other
    documents of the same kinds. ``summaries`` holds all references, ``summary`` the first.
    """
    rng = random.Random(HOLD_OUT_SEED)
    calls = list(earnings_calls(data / "ectsum" / "train.jsonl"))
    train = [
        *rng.sample(calls, min(CALLS, len(calls))),
        *list(meetings(data / "qmsum", "train"))[::MEETINGS],
        *papers(data / "scitldr" / "train.jsonl"),
        *_memos("train"),
    ]
    parts = split(list(clauses(data / "legal_summaries" / "train.jsonl")), (40, 80), _group)
    dev = (
        (list(earnings_calls(data / "ectsum" / "dev.jsonl")), 40, 120),
        (list(meetings(data / "qmsum", "val")), 17, 17),
        (list(papers(data / "scitldr" / "dev.jsonl")), 150, 309),
    )
    validation = [example for whole, most, _ in dev for example in whole[::2][:most]]
    held_out = [example for whole, _, most in dev for example in whole[1::2][:most]]
    return Data(
        [*train, *parts.train],
        [*validation, *parts.validation, *_memos("validation")],
        [*held_out, *(parts.held_out or ()), *_memos("test")],
    )


def earnings_calls(path: Path) -> Iterator[Example]:
    """ECTSum: what was said in a call about a quarter's results, and a journalist's points."""
    for row in _rows(path):
        text = "\n".join(row["sentences"])
        yield _example(row["id"], text, [" ".join(row["summary"])], "earnings call")


def meetings(folder: Path, part: str) -> Iterator[Example]:
    """QMSum: transcripts, a turn a line, and what was asked of the whole meeting."""
    for kind in MEETING_KINDS:
        for number, row in enumerate(_rows(folder / f"{kind}-{part}.jsonl")):
            turns = [f"{turn['speaker']}: {turn['content']}" for turn in row["meeting_transcripts"]]
            answers = [query["answer"] for query in row["general_query_list"]]
            if answers:
                yield _example(f"{kind}-{part}-{number}", "\n".join(turns), answers, "meeting")


def papers(path: Path) -> Iterator[Example]:
    """SciTLDR: abstracts of papers, each in one sentence."""
    for row in _rows(path):
        yield _example(row["paper_id"], " ".join(row["source"]), row["target"], "paper")


def clauses(path: Path) -> Iterator[Example]:
    """Clauses of contracts and terms of service in plain English."""
    for row in _rows(path):
        yield _example(row["id"], row["text"], [row["summary"]], "clause")


def _memos(part: str) -> Iterator[Example]:
    for row in _rows(MEMOS / f"{part}.jsonl"):
        yield _example(row["id"], row["text"], [row["summary"]], "memo")


def _example(group: str, text: str, references: list[str], kind: str) -> Example:
    return {
        "group": group,
        "text": text,
        "summary": references[0],
        "summaries": references,
        "kind": kind,
    }


def _rows(path: Path) -> Iterator[Example]:
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            if line.strip():
                yield json.loads(line)


def _group(example: Example) -> str:
    return str(example["group"])
