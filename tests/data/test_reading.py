"""Files: recognised by what is in them, mapped, split by name, and refused in one sentence."""

import gzip
import io
import json
import tarfile
import zipfile
from pathlib import Path
from typing import Any

import pytest

from backend.data import files as files_module
from backend.data.errors import DatasetError
from backend.data.reading import Contents, SourceFile, read

TC, NER, QA = "text_classification", "named_entities", "question_answering"
RE, SUM = "relation_extraction", "summarization"
ROOT = Path(__file__).resolve().parents[2]
PUBLISHED = next(
    (
        path / "shared/datasets"
        for path in (ROOT, ROOT.parent)
        if (path / "shared/datasets").is_dir()
    ),
    ROOT / "missing",
)


def look(content: str | bytes, name: str = "data") -> Contents:
    data = content.encode() if isinstance(content, str) else content
    return read([SourceFile(name, data)])


def lines(*rows: Any) -> str:
    return "\n".join(json.dumps(row) for row in rows)


CONTEXT = "Anna Berg leads the team in Oslo."
ANSWERED = [{"text": "Anna Berg", "start": 0}]
MARKED = "The <e1>storm</e1> caused <e2>damage</e2>."
STORM = {"text": "The storm caused damage.", "head": {"start": 4, "end": 9},
         "tail": {"start": 17, "end": 23}, "label": "Cause-Effect(e1,e2)"}  # fmt: skip
SQUAD = {
    "data": [
        {
            "title": "T",
            "paragraphs": [
                {
                    "context": CONTEXT,
                    "qas": [
                        {
                            "id": "1",
                            "question": "Who?",
                            "answers": [{"text": "Anna Berg", "answer_start": 0}],
                        }
                    ],
                }
            ],
        }
    ]
}
LONG = "A long text about many things that goes on and on. " * 9
ANNA = {
    "text": "Anna left Oslo",
    "entities": [{"start": 0, "end": 4, "label": "PER"}, {"start": 10, "end": 14, "label": "LOC"}],
}


@pytest.mark.parametrize(
    ("content", "task", "example"),
    [
        ("sentence\tlabel\na \"fine film \t1\nbad \t0\n", TC,
         {"text": 'a "fine film', "label": "1"}),
        ("text,label\n\"a, b\",x\nc,y\n", TC, {"text": "a, b", "label": "x"}),
        ("review;sentiment\nso good;pos\nso bad;neg\n", TC, {"text": "so good", "label": "pos"}),
        ("0,Nothing works here\n1,All is well\n0,It broke\n", TC,
         {"text": "Nothing works here", "label": "0"}),
        (lines({"text": "a b", "label": 1}, {"text": "c", "label": 0}), TC,
         {"text": "a b", "label": "1"}),
        ('[{"text": "a b", "label": "x"}]', TC, {"text": "a b", "label": "x"}),
        ('{"rows": [{"text": "a b", "label": "x"}]}', TC, {"text": "a b", "label": "x"}),
        ("en:Anna\tB-PER\nen:left\tO\nen:Oslo\tB-LOC\n", NER, ANNA),
        ("Anna NNP I-PER\nleft VBD O\nOslo NNP I-LOC\n", NER, ANNA),
        ("Anna\tS-PER\nleft\tO\nOslo\tU-LOC\n", NER, ANNA),
        (lines({"tokens": ["Anna", "left", "Oslo"], "ner_tags": ["B-PER", "O", "B-LOC"]}),
         NER, ANNA),
        (lines({"text": "Anna left Oslo", "entities": [[0, 4, "PER"], [10, 14, "LOC"]]}),
         NER, ANNA),
        (lines({"text": "Anna left Oslo", "label": [[0, 4, "PER"], [10, 14, "LOC"]]}), NER, ANNA),
        (lines({"text": "Anna left Oslo", "entities": [
            {"start_char": 0, "end_char": 4, "label": "PER"},
            {"start_offset": 10, "end_offset": 14, "type": "LOC"}]}), NER, ANNA),
        (json.dumps(SQUAD), QA, {"id": "1", "group": "T", "question": "Who?", "context": CONTEXT,
                                 "answers": ANSWERED}),
        (f"Who?,{CONTEXT},0,9\nWhere?,{CONTEXT},28,32\n", QA,
         {"question": "Who?", "context": CONTEXT, "answers": ANSWERED}),
        (f"Who?,{CONTEXT},0,8\nWhere?,{CONTEXT},28,31\n", QA,  # ends at the last letter
         {"question": "Who?", "context": CONTEXT, "answers": ANSWERED}),
        (lines({"question": "Who?", "context": CONTEXT,
                "answers": {"text": ["Anna Berg"], "answer_start": [0]}}), QA,
         {"question": "Who?", "context": CONTEXT, "answers": ANSWERED}),
        (lines({"question": "Who?", "context": CONTEXT, "answer": "Anna Berg"}), QA,
         {"question": "Who?", "context": CONTEXT, "answers": ANSWERED}),
        (f'1\t"{MARKED}"\r\nCause-Effect(e1,e2)\r\nComment:\r\n\r\n', RE, {"id": "1", **STORM}),
        (lines({"sentence": MARKED, "relation": "Cause-Effect(e1,e2)"}), RE, STORM),
        (lines({"sequence": STORM["text"], "entity_one_start": 4, "entity_one_end": 9,
                "entity_two_start": 17, "entity_two_end": 23, "label": STORM["label"]}), RE, STORM),
        (lines({"source": ["One.", "Two."], "source_labels": [0, 1], "target": ["", "Two!"]}), SUM,
         {"sentences": ["One.", "Two."], "summary": "Two!"}),
        (lines({"article": LONG, "highlights": "Many things."}), SUM,
         {"text": LONG.strip(), "summary": "Many things."}),
    ],
)  # fmt: skip
def test_a_format_is_recognised_by_its_content(
    content: str, task: str, example: dict[str, Any]
) -> None:
    contents = look(content)
    assert contents.tasks[0] == task
    ((first, *_),) = contents.examples(task).parts.values()
    assert first == example
    assert contents.preview(task)[0] == example


def test_what_is_kept_can_be_brought_back(tmp_path: Path) -> None:
    for task, example in ((NER, ANNA), (RE, STORM), (TC, {"text": "a b", "label": "x"}),
                          (QA, {"question": "Who?", "context": CONTEXT, "answers": ANSWERED}),
                          (SUM, {"text": LONG.strip(), "summary": "Many."})):  # fmt: skip
        contents = look(lines(example | {"id": "7", "group": "g"}))
        assert contents.tasks[0] == task
        assert contents.examples(task).parts == {"": [example | {"id": "7", "group": "g"}]}


def test_several_rows_of_one_question_are_its_answers() -> None:
    contents = look(f"Who?,{CONTEXT},0,4\nWho?,{CONTEXT},0,9\n")
    (example,) = contents.examples(QA).parts[""]
    assert [answer["text"] for answer in example["answers"]] == ["Anna", "Anna Berg"]


def test_columns_can_be_mapped_by_hand() -> None:
    rows = b"a,b,c\nfirst words here,9,x\nother words here,8,y\n"
    contents = read([SourceFile("x.csv", rows)], header=False)
    with pytest.raises(DatasetError, match="Choose the column of: Text, Label"):
        contents.examples(TC)
    parts = contents.examples(TC, {"text": "column 1", "label": "column 3"}).parts
    assert len(parts[""]) == 3
    with_header = read([SourceFile("x.csv", b"a,b\nfirst,9\n")], header=True)
    assert with_header.examples(TC, {"text": "a", "label": "b"}).parts[""] == [
        {"text": "first", "label": "9"}
    ]


def test_files_are_the_splits_that_their_names_say() -> None:
    made = [SourceFile(name, b"text,label\na,x\n") for name in
            ("d/train.csv", "d/dev.csv", "d/TEST_set.csv", "d/README.md")]  # fmt: skip
    assert read(made).counts == {"train": 1, "validation": 1, "test": 1}
    assert look("text,label\na,x\n", "test.csv").counts == {"": 1}, "one file is all there is"


@pytest.mark.parametrize(
    "content",
    [
        lines(
            {"text": "a", "label": "x", "split": "train"},
            {"text": "b", "label": "x", "split": "dev"},
        ),
        json.dumps(
            {"train": [{"text": "a", "label": "x"}], "valid": [{"text": "b", "label": "x"}]}
        ),
    ],
)
def test_splits_inside_one_file_are_kept(content: str) -> None:
    parts = look(content).examples(TC).parts
    assert {name: part[0]["text"] for name, part in parts.items()} == {
        "train": "a",
        "validation": "b",
    }


def test_broken_tag_sequences_are_told_with_their_lines() -> None:
    contents = look("A\tB-PER\nb\tO\nC\tI-LOC\n\nD\tB-PER\nE\tI-LOC\n")
    assert "2 broken tag sequences in data (line 3, 6)" in contents.notes[0]
    assert look("A\tI-PER\nb\tO\nC\tI-LOC\n").notes == (), "in IOB1 that is how entities begin"


def test_documents_of_a_tagged_file_become_groups() -> None:
    contents = look("-DOCSTART- -X- O\n\nA NN B-X\n\n-DOCSTART- -X- O\n\nB NN O\n")
    assert [e["group"] for e in contents.examples(NER).parts[""]] == ["data 1", "data 2"]


def test_a_few_bad_rows_are_left_out_and_told() -> None:
    rows = [{"question": "Who?", "context": CONTEXT, "answer": "Anna"}] * 19
    contents = look(lines(*rows, {"question": "Who?", "context": CONTEXT, "answer": "Karl"}))
    examples = contents.examples(QA)
    assert len(examples.parts[""]) == 19
    assert examples.notes == ("Row 20 was left out: its answer is not in its context.",)


def zipped(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()


def tarred(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        for name, data in members.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
    return out.getvalue()


MEMBERS = {"x/train.csv": b"text,label\na,x\n", "x/test.csv": b"text,label\nb,x\n",
           "x/README.md": b"# hi", "__MACOSX/x/._train.csv": b"\0\1"}  # fmt: skip


@pytest.mark.parametrize("pack", [zipped, tarred])
def test_archives_are_opened_and_what_is_no_data_is_passed_over(pack: Any) -> None:
    assert look(pack(MEMBERS), "x.archive").counts == {"train": 1, "test": 1}


def test_a_single_file_may_be_in_gzip() -> None:
    assert look(gzip.compress(b"text,label\na,x\n"), "data.csv.gz").counts == {"": 1}


@pytest.mark.parametrize("pack", [zipped, tarred, lambda m: gzip.compress(m["a.csv"])])
def test_a_small_archive_of_very_much_is_refused(
    pack: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files_module, "MAX_BYTES", 10_000)
    with pytest.raises(DatasetError, match="MB of data"):
        look(pack({"a.csv": b"text,label\n" + b"0" * 100_000}))


def test_text_of_another_encoding_is_read_and_told() -> None:
    assert look("text,label\nété,x\n".encode("utf-16")).examples(TC).parts[""][0]["text"] == "été"
    contents = look("text,label\nété,x\n".encode("cp1252"))
    assert contents.examples(TC).parts[""][0]["text"] == "été"
    assert "Windows-1252" in contents.notes[0]
    assert look("\ufefftext,label\r\na,x\r\n").examples(TC).parts[""] == [
        {"text": "a", "label": "x"}
    ]


@pytest.mark.parametrize(
    "data",
    [
        b"", b" \n ", b"PAR1\0\0", b"%PDF-1.7", b"\0\1\2\3", b"BZh91AY", b"PK\x03\x04broken",
        b"\x1f\x8bbroken", b"{", b"[1, 2]", b"{}", b"[]",
        b"just some words, and\nothers, too, here",
        b'{"text": "a"}\nnot json\n', b"[" * 100_000, zipped({"[Content_Types].xml": b"<x/>"}),
        zipped({"only.md": b"# hi"}), b'{"data": [{"paragraphs": 5}]}',
        b"Anna\tB-PER\nleft\tO\n" + b"x\tO\n" * 99 + b"oops\n",
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_in_one_sentence(data: bytes) -> None:
    with pytest.raises(DatasetError, match=r"^[^\n]{10,300}$"):
        look(data).examples(TC)


def test_files_of_different_kinds_are_not_one_dataset() -> None:
    with pytest.raises(DatasetError, match="different kinds"):
        read([SourceFile("a.csv", b"text,label\na,x\n"), SourceFile("b.conll", b"A\tB-X\nb\tO\n")])


@pytest.mark.skipif(not PUBLISHED.is_dir(), reason="the published datasets are not here")
@pytest.mark.parametrize(
    ("names", "task", "counts"),
    [
        (["wikiann_en/dev"], NER, {"": 10_000}),
        (["wnut17/wnut17train.conll", "wnut17/emerging.dev.conll"], NER,
         {"train": 3_394, "validation": 1_009}),
        (["uner_english/en_pud-ud-test.iob2"], NER, {"": 1_000}),
        (["squad2/dev-v2.0-cs224n-half.json"], QA, {"": 6_078}),
        (["semeval2010_task8/TRAIN_FILE.TXT", "semeval2010_task8/SOURCE.md"], RE, {"": 8_000}),
        (["scitldr/dev.jsonl"], SUM, {"": 619}),
        (["sst2/train.tsv"], TC, {"": 67_349}),
    ],
)  # fmt: skip
def test_published_files_are_read_whole(
    names: list[str], task: str, counts: dict[str, int]
) -> None:
    contents = read([SourceFile(name, (PUBLISHED / name).read_bytes()) for name in names])
    assert contents.tasks[0] == task
    parts = contents.examples(task).parts
    assert {name: len(part) for name, part in parts.items()} == counts
