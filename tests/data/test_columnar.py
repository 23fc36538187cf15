"""Parquet, Arrow, Excel and spaCy's binary files, with what their numbers mean."""

import io
import json
from typing import Any

import pyarrow as pa
import pytest
from pyarrow import parquet

from backend.data.errors import DatasetError
from backend.data.reading import SourceFile, read

TC, NER, QA = "text_classification", "named_entities", "question_answering"
TEXTS = [f"The parcel number {n} came late." for n in range(20)]
CLASSES = pa.table({"text": TEXTS, "label": [n % 2 for n in range(20)]})


def with_names(table: pa.Table, column: str, feature: Any) -> pa.Table:
    """``table`` with the metadata that the library datasets writes."""
    info = {"info": {"features": {column: feature}}}
    return table.replace_schema_metadata({b"huggingface": json.dumps(info).encode()})


NAMED = with_names(CLASSES, "label", {"names": ["bad", "good"], "_type": "ClassLabel"})


def as_parquet(table: pa.Table) -> bytes:
    out = io.BytesIO()
    parquet.write_table(table, out)
    return out.getvalue()


def as_arrow(table: pa.Table, *, stream: bool = True) -> bytes:
    out = io.BytesIO()
    with (pa.ipc.new_stream if stream else pa.ipc.new_file)(out, table.schema) as writer:
        writer.write_table(table)
    return out.getvalue()


@pytest.mark.parametrize(
    "data", [as_parquet(NAMED), as_arrow(NAMED), as_arrow(NAMED, stream=False)]
)
def test_numbers_of_classes_have_the_names_that_the_file_gives_them(data: bytes) -> None:
    contents = read([SourceFile("train", data)])
    assert contents.tasks[0] == TC
    first, second, *_ = contents.examples(TC).parts[""]
    assert (first["label"], second["label"]) == ("bad", "good")


def test_a_folder_of_the_hub_is_its_splits() -> None:
    files = [SourceFile("data/train-00000-of-00001.parquet", as_parquet(NAMED)),
             SourceFile("data/test-00000-of-00001.parquet", as_parquet(NAMED)),
             SourceFile("README.md", b"# About")]  # fmt: skip
    assert read(files).counts == {"train": 20, "test": 20}


def test_a_folder_that_datasets_saved_is_its_splits() -> None:
    files = [SourceFile(f"x/{split}/{name}", data) for split in ("train", "test")
             for name, data in (("data-00000-of-00001.arrow", as_arrow(NAMED)),
                                ("state.json", b"{}"), ("dataset_info.json", b"{}"))]  # fmt: skip
    contents = read([*files, SourceFile("x/dataset_dict.json", b'{"splits": ["train"]}')])
    assert contents.counts == {"train": 20, "test": 20}
    assert contents.examples(TC).parts["test"][0]["label"] == "bad"


def test_numbers_of_tags_have_names_too() -> None:
    table = pa.table({"tokens": [["Anna", "left"]] * 9, "ner_tags": [[1, 0]] * 9})
    feature = {"feature": {"names": ["O", "B-PER"]}, "_type": "Sequence"}
    contents = read([SourceFile("a", as_parquet(with_names(table, "ner_tags", feature)))])
    assert contents.examples(NER).parts[""][0]["entities"] == [
        {"start": 0, "end": 4, "label": "PER"}
    ]


def test_numbers_without_names_are_asked_for_and_then_named() -> None:
    rows = [{"tokens": ["Anna", "left"], "ner_tags": [1, 0]}] * 9
    contents = read([SourceFile("a.json", json.dumps(rows).encode())])
    assert contents.numbered(NER, contents.guess(NER))
    with pytest.raises(DatasetError, match="say what they mean"):
        contents.examples(NER)
    (first, *_) = contents.examples(NER, names=["O", "B-PER"]).parts[""]
    assert first["entities"] == [{"start": 0, "end": 4, "label": "PER"}]
    with pytest.raises(DatasetError, match="has no name"):
        contents.examples(NER, names=["O"])


@pytest.mark.parametrize("data", [b"PAR1" + b"x" * 99, b"ARROW1" + b"x" * 99])
def test_a_damaged_file_is_refused_in_a_sentence(data: bytes) -> None:
    with pytest.raises(DatasetError, match="damaged and cannot be read"):
        read([SourceFile("a", data)])


def test_excel_is_read_from_the_sheet_with_most_rows() -> None:
    pytest.importorskip("openpyxl")
    import pandas as pd

    out = io.BytesIO()
    with pd.ExcelWriter(out, engine="openpyxl") as writer:
        pd.DataFrame({"About": ["x", "y"]}).to_excel(writer, sheet_name="Info", index=False)
        rows = {"Kommentar": TEXTS, "Kategorie": [None, "Lob", "Tadel", "Lob"] * 5}
        pd.DataFrame(rows).to_excel(writer, sheet_name="Daten")
    contents = read([SourceFile("a.xlsx", out.getvalue())])
    assert contents.tasks[0] == TC
    examples = contents.examples(TC)
    assert examples.parts[""][0] == {"text": TEXTS[1], "label": "Lob"}
    assert len(examples.left_out) == 5
    assert "“Daten” was read, Info not" in examples.notes[0]


def test_spacy_documents_are_read() -> None:
    spacy = pytest.importorskip("spacy")
    from spacy.tokens import DocBin, Span

    documents = DocBin()
    for _ in range(3):
        doc = spacy.blank("en")("Anna left Oslo")
        doc.ents = [Span(doc, 0, 1, label="PER"), Span(doc, 2, 3, label="LOC")]
        documents.add(doc)
    contents = read([SourceFile("train.spacy", documents.to_bytes())])
    assert contents.examples(NER).parts[""][0]["entities"] == [
        {"start": 0, "end": 4, "label": "PER"}, {"start": 10, "end": 14, "label": "LOC"}
    ]  # fmt: skip
