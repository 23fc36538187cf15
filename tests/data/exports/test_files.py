"""Several files that are read together: class folders, brat, Comprehend, source and target."""

import io
import zipfile

import pytest

from backend.data.errors import DatasetError
from backend.data.reading import Contents, SourceFile, read

TC, NER = "text_classification", "named_entities"
RE, SUM = "relation_extraction", "summarization"


def brought(members: dict[str, str]) -> Contents:
    return read([SourceFile(name, text.encode()) for name, text in members.items()])


def zipped(members: dict[str, str]) -> Contents:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, text in members.items():
            archive.writestr(name, text)
    return read([SourceFile("data.zip", out.getvalue())])


def folders(count: int = 3) -> dict[str, str]:
    return {
        f"x/{split}/{label}/{at}.txt": f"{label} {split} {at}"
        for split in ("train", "test")
        for label in ("praise", "complaint")
        for at in range(count)
    }


def test_text_files_in_folders_are_classes_and_splits() -> None:
    contents = zipped(folders() | {"x/README": "about", "x/train/unsup/1.txt": "nobody knows"})
    assert contents.tasks == (TC,)
    assert contents.counts == {"train": 6, "test": 6}
    examples = contents.examples(TC)
    assert {example["label"] for example in examples.parts["test"]} == {"praise", "complaint"}
    assert [row.place for row in examples.left_out] == ["x/train/unsup/1.txt"]


def test_any_number_of_texts_can_lie_in_class_folders() -> None:
    assert zipped(folders(count=400)).counts == {"train": 800, "test": 800}


BRAT = "Berg leads Acme.\n\nAcme is in Oslo.\n"
ANN = (
    "T1\tPER 0 4\tBerg\nT2\tORG 11 15\tAcme\nT3\tORG 18 22\tAcme\nT4\tLOC 29 33\tOslo\n"
    "R1\tleads Arg1:T1 Arg2:T2\nR2\tin Arg1:T3 Arg2:T4\n"
)


@pytest.mark.parametrize("text", [BRAT, BRAT.replace("\n", "\r\n")])
def test_brat_is_cut_into_paragraphs_with_their_marks(text: str) -> None:
    contents = zipped({"d/1.txt": text, "d/1.ann": ANN, "d/2.txt": "Nothing.", "d/2.ann": ""})
    assert contents.tasks == (RE, NER)
    entities = contents.examples(NER).parts[""]
    marked = [[e["text"][s["start"] : s["end"]] for s in e["entities"]] for e in entities]
    assert marked == [["Berg", "Acme"], ["Acme", "Oslo"], []]
    relations = contents.examples(RE).parts[""]
    assert [(r["label"], r["text"][: r["head"]["end"]]) for r in relations] == [
        ("leads", "Berg"),
        ("in", "Acme"),
    ]


def test_comprehend_reads_annotations_with_their_documents() -> None:
    annotations = (
        "File,Line,Begin Offset,End Offset,Type\ndocuments.txt,0,0,4,PER\ndocuments.txt,2,3,7,LOC\n"
    )
    contents = brought({"annotations.csv": annotations,
                        "documents.txt": "Berg leads.\nNobody here.\nIn Oslo.\n"})  # fmt: skip
    assert contents.examples(NER).parts == {"": [
        {"text": "Berg leads.", "entities": [{"start": 0, "end": 4, "label": "PER"}]},
        {"text": "Nobody here.", "entities": []},
        {"text": "In Oslo.", "entities": [{"start": 3, "end": 7, "label": "LOC"}]},
    ]}  # fmt: skip
    with pytest.raises(DatasetError, match="bring them too"):
        brought({"annotations.csv": annotations, "other.txt": "Berg"})


def test_comprehend_may_have_a_document_a_file() -> None:
    annotations = "File,Begin Offset,End Offset,Type\n1.txt,0,4,PER\n2.txt,15,19,LOC\n"
    contents = brought({"annotations.csv": annotations, "1.txt": "Berg leads.\n",
                        "2.txt": "First line.\nIn Oslo.\n"})  # fmt: skip
    marked = [
        [example["text"][span["start"] : span["end"]] for span in example["entities"]]
        for example in contents.examples(NER).parts[""]
    ]
    assert marked == [["Berg"], ["Oslo"]]


def test_source_and_target_pair_line_by_line() -> None:
    contents = brought({"train.source": "A long text.\nAnother.\n", "train.target": "Text.\nOne.\n",
                        "val.source": "More.\n", "val.target": "M.\n"})  # fmt: skip
    parts = contents.examples(SUM).parts
    assert parts["train"][1] == {"text": "Another.", "summary": "One."}
    assert len(parts["validation"]) == 1
    with pytest.raises(DatasetError, match=r"2 lines and train\.target 1"):
        brought({"train.source": "a\nb\n", "train.target": "a\n"})
