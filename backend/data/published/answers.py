"""Published questions on paragraphs."""

import json
import random
import re
from collections import defaultdict
from pathlib import Path

from backend.data import formats
from backend.data.formats import Example
from backend.data.published.splits import HOLD_OUT_SEED, Data, split
from backend.settings import ROOT

# Question answering is what costs most to train, by the token: short paragraphs teach as much as
# long ones, and so many examples are what two cores read in three and a half hours.
ANSWERABLE = 85_000
MADE_UNANSWERABLE = 27_500
LONGEST_CONTEXT = 1500  # characters
# Only people think of questions that nearly have an answer, and few of those are to be had.
REPEATED = 5

# What the last leg reads: besides, questions that are plainly about something else.
LEG_REPEATED = 2
LEG_ANSWERABLE = 11_000
LEG_NEAR, LEG_FAR, LEG_MEETINGS = 3_500, 4_500, 1_000
POLICIES = ROOT / "assets" / "datasets" / "policy-questions" / "train.jsonl"
ELSEWHERE = 80  # questions put to policies that do not answer them
STRETCHED, PARAGRAPHS = 100, 6

# The leg after it reads windows of documents: several paragraphs, of which one may have the answer.
WINDOW = 1350  # characters: what 320 tokens hold beside a question
WINDOWS_ANSWERED, WINDOWS_NEAR, WINDOWS_FAR = 7_000, 5_000, 1_500


def squad(data: Path) -> Data:
    """SQuAD 1.1 and half of SQuAD 2.0's dev set, with unanswerable questions made from the first.

    Chosen by the questions of one article of the second, and measured by those of another.
    """
    one = list(formats.squad_json(data / "squad11" / "train-v1.1-explorer.json"))
    two = _hard(data)
    rng = random.Random(HOLD_OUT_SEED)
    short = [example for example in one if len(example["context"]) <= LONGEST_CONTEXT]
    made = made_unanswerable(short, MADE_UNANSWERABLE, rng)
    train = two.train * REPEATED + rng.sample(short, ANSWERABLE) + made
    rng.shuffle(train)
    return Data(train, two.validation, two.held_out)


def _hard(data: Path) -> Data:
    """Half of SQuAD 2.0's dev set, by article."""
    path = data / "squad2" / "dev-v2.0-cs224n-half.json"
    return split(list(formats.squad_json(path)), (350, 350), lambda example: str(example["group"]))


def reading(data: Path) -> Data:
    """What a model that has read ``squad`` goes on with, so that it says *no answer* as well where
    a question is plainly about something else, which SQuAD 2.0 never asks.

    Those questions are put to paragraphs of other articles; some were asked about meetings.
    """
    one = list(formats.squad_json(data / "squad11" / "train-v1.1-explorer.json"))
    two = _hard(data)
    rng = random.Random(f"{HOLD_OUT_SEED} reading")
    short = [example for example in one if len(example["context"]) <= LONGEST_CONTEXT]
    train = [
        *two.train * LEG_REPEATED,
        *rng.sample(short, LEG_ANSWERABLE),
        *made_unanswerable(short, LEG_NEAR, rng),
        *far(short, LEG_FAR, rng),
        *_asked_of_meetings(data / "qmsum", short, rng),
    ]
    rng.shuffle(train)
    return Data(train, _of_three_kinds(two, short, rng), two.held_out)


def windows(data: Path) -> Data:
    """What a model that has read ``squad`` and ``reading`` goes on with: questions on stretches of
    an article as long as a window of a document, with and without the paragraph that answers them,
    so that what it says of one window can be compared with what it says of the next.
    """
    one = list(formats.squad_json(data / "squad11" / "train-v1.1-explorer.json"))
    two = _hard(data)
    rng = random.Random(f"{HOLD_OUT_SEED} windows")
    short = [example for example in one if len(example["context"]) <= LONGEST_CONTEXT]
    articles = _articles(one)
    near = made_unanswerable(short, WINDOWS_NEAR, rng, drawn=30)
    train = [
        *two.train,
        *(widened(example, articles, rng) for example in rng.sample(short, WINDOWS_ANSWERED)),
        *(widened(example, articles, rng) for example in near),
        *far(short, WINDOWS_FAR, rng),
    ]
    rng.shuffle(train)
    return Data(train, _of_three_kinds(two, short, rng), two.held_out)


def read_before_windows(data: Path) -> Data:
    """What ``squad`` and ``reading`` have had read before ``windows``."""
    first, second = squad(data), reading(data)
    return Data([*first.train, *second.train], second.validation)


def _articles(examples: list[Example]) -> dict[str, list[str]]:
    """The paragraphs of each article, in their order."""
    articles: dict[str, dict[str, None]] = defaultdict(dict)
    for example in examples:
        articles[str(example["group"])][str(example["context"])] = None
    return {group: list(contexts) for group, contexts in articles.items()}


def widened(example: Example, articles: dict[str, list[str]], rng: random.Random) -> Example:
    """A question with paragraphs around its own, up to ``WINDOW`` characters; those that would
    answer an unanswerable one are left out.
    """
    paragraphs = articles[str(example["group"])]
    place = paragraphs.index(example["context"])
    before, after = place - 1, place + 1
    parts, start = [str(example["context"])], 0
    length = len(parts[0])
    while before >= 0 or after < len(paragraphs):
        ahead = before >= 0 and (after >= len(paragraphs) or rng.random() < 0.5)
        other = paragraphs[before if ahead else after]
        before, after = (before - 1, after) if ahead else (before, after + 1)
        if length + len(other) + 2 > WINDOW:
            break
        if str(example.get("lacks", "")) and str(example["lacks"]) in other.lower():
            continue
        length += len(other) + 2
        start += (len(other) + 2) if ahead else 0
        parts = [other, *parts] if ahead else [*parts, other]
    answers = [{**answer, "start": answer["start"] + start} for answer in example["answers"]]
    return {**example, "context": "\n\n".join(parts), "answers": answers}


def _of_three_kinds(two: Data, short: list[Example], rng: random.Random) -> list[Example]:
    """What decides from where on an answer is given: questions on paragraphs of an article, on
    stretches of it as long as documents are, and on policies, which are no encyclopedia's text.
    """
    lines = POLICIES.read_text(encoding="utf-8").splitlines()
    policies = [json.loads(line) for line in lines]
    kinds = {
        "paragraph": two.validation,
        "document": stretched(two.validation, rng),
        "policy": [*policies, *_asked_elsewhere(short, policies, ELSEWHERE, rng)],
    }
    return [{**example, "domain": kind} for kind, part in kinds.items() for example in part]


def _asked_elsewhere(
    asked: list[Example], texts: list[Example], count: int, rng: random.Random
) -> list[Example]:
    """Questions of ``asked``, put to the contexts of ``texts``, which do not answer them."""
    return [
        {**rng.choice(texts), "question": example["question"], "answers": []}
        for example in rng.sample(asked, count)
    ]


def stretched(examples: list[Example], rng: random.Random) -> list[Example]:
    """Some of the questions, each on ``PARAGRAPHS`` paragraphs of its article: with its own among
    them, and, for the unanswerable ones, without it.
    """
    contexts = list(dict.fromkeys(str(example["context"]) for example in examples))
    made = []
    for example in rng.sample(examples, min(STRETCHED, len(examples))):
        others = [context for context in contexts if context != example["context"]]
        parts = rng.sample(others, min(PARAGRAPHS - 1, len(others)))
        place = rng.randint(0, len(parts))
        before = sum(len(part) + 2 for part in parts[:place])
        if example["answers"]:
            parts.insert(place, example["context"])
        answers = [{**a, "start": a["start"] + before} for a in example["answers"]]
        made.append({**example, "context": "\n\n".join(parts), "answers": answers})
    return made


def far(examples: list[Example], count: int, rng: random.Random) -> list[Example]:
    """Questions with a paragraph of another article."""
    made: list[Example] = []
    while len(made) < count:
        asked, other = rng.sample(examples, 2)
        if asked["group"] != other["group"]:
            own = {"id": f"{asked['id']}-far", "answers": [], "context": other["context"]}
            made.append({**asked, **own})
    return made


def _asked_of_meetings(folder: Path, examples: list[Example], rng: random.Random) -> list[Example]:
    """Questions about meetings, with paragraphs that are about none."""
    questions = [
        asked["query"]
        for path in sorted(folder.glob("*-train.jsonl"))
        for line in path.read_text(encoding="utf-8").splitlines()
        for asked in json.loads(line)["specific_query_list"]
    ]
    others = rng.sample(examples, LEG_MEETINGS)
    asked = zip(rng.sample(questions, LEG_MEETINGS), others, strict=True)
    return [
        {
            "id": f"meeting-{number}",
            "group": other["group"],
            "question": question,
            "context": other["context"],
            "answers": [],
        }
        for number, (question, other) in enumerate(asked)
    ]


def _long_words(text: str) -> set[str]:
    return set(re.findall(r"\w{4,}", text.lower()))


def made_unanswerable(
    examples: list[Example], count: int, rng: random.Random, drawn: int = 5
) -> list[Example]:
    """Questions with another paragraph of their article that lacks the answer's text, ``lacks``.

    The paragraph that shares most words with the question, of some ``drawn``, is taken: one that
    is plainly about something else would teach nothing.
    """
    contexts: dict[str, list[str]] = defaultdict(list)
    for example in examples:
        if not contexts[example["group"]] or contexts[example["group"]][-1] != example["context"]:
            contexts[example["group"]].append(example["context"])
    made: list[Example] = []
    for example in rng.sample(examples, min(len(examples), 2 * count)):
        answer = example["answers"][0]["text"].lower()
        words = _long_words(example["question"])
        pool = contexts[example["group"]]
        others = [
            context
            for context in rng.sample(pool, min(drawn, len(pool)))
            if context != example["context"] and answer not in context.lower()
        ]
        if others:
            best = max(
                others, key=lambda text: len(words & set(re.findall(r"\w{4,}", text.lower())))
            )
            own = {"id": f"{example['id']}-no", "answers": [], "context": best}
            made.append({**example, **own, "lacks": answer})
        if len(made) == count:
            break
    return made
