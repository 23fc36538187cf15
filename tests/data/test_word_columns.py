"""Words with tags: which column is what is told by the whole file, in any scheme of tags."""

import pytest

from backend.data.errors import DatasetError
from backend.data.reading import SourceFile, read
from backend.data.word_columns import layout_of

NER = "named_entities"
SENTENCE = [("Anna", "PER"), ("Berg", "PER"), ("left", ""), ("10", ""), ("Oslo", "LOC")]
SPANS = [(0, 9, "PER"), (18, 22, "LOC")]


def found(text: str) -> list[tuple[str, list[tuple[int, int, str]]]]:
    contents = read([SourceFile("a.conll", text.encode())])
    assert contents.tasks == (NER,)
    return [
        (e["text"], [(s["start"], s["end"], s["label"]) for s in e["entities"]])
        for e in contents.examples(NER).parts[""]
    ]


def tagged(*tags: str, before: str = "", between: str = "\t", after: str = "") -> str:
    """Five sentences whose words have ``tags``, with other cells around them."""
    lines = [
        between.join([*([before.format(n)] if before else []), word, *after.split("|")[:-1], tag])
        for n, ((word, _), tag) in enumerate(zip(SENTENCE, tags, strict=True), 1)
    ]
    return "\n\n".join(["\n".join(lines)] * 5) + "\n"


IOB2 = ("B-PER", "I-PER", "O", "O", "B-LOC")


@pytest.mark.parametrize(
    "text",
    [
        tagged(*IOB2),
        tagged(*IOB2, between=" "),
        tagged("I-PER", "I-PER", "O", "O", "I-LOC"),
        tagged("B-PER", "E-PER", "O", "O", "S-LOC"),
        tagged("B-PER", "L-PER", "O", "O", "U-LOC"),
        tagged("PER-B", "PER-I", "O", "O", "LOC-B"),
        tagged("PER", "PER", "O", "O", "LOC"),
        tagged(*IOB2, before="{}"),
        tagged(*IOB2, before="{}").replace("\n1\t", "\n#\thttp://example.org\t[2005-02-26]\n1\t"),
        tagged(*IOB2, before="{}").replace("\n1\t", "\n# text = Anna Berg left 10 Oslo\n1\t"),
        tagged(*IOB2, after="NN|B-NP|"),
        tagged(*IOB2, after="NN|B-NP|", between=" "),
        tagged(*IOB2).replace("\n", "\r\n"),
        "Word\tTag\n" + tagged(*IOB2),
        "\ufeff" + tagged(*IOB2),
        tagged(*IOB2).replace("\n\n", "\n\ufeff\n"),
        "\n".join(f"{line}\t_" if line else line for line in tagged(*IOB2).split("\n")),
        tagged(*IOB2, before="{}").replace("\n\n", "\n"),
    ],
    ids=["IOB2", "blanks", "IOB1", "BIOES", "BILOU", "suffix", "IO", "index", "source lines",
         "comments", "four columns", "four columns, blanks", "CRLF", "title", "BOM", "BOM line",
         "column after", "index without blank lines"],
)  # fmt: skip
def test_every_scheme_gives_the_same_entities(text: str) -> None:
    assert found(text) == [("Anna Berg left 10 Oslo", SPANS)] * 5


def test_a_number_at_a_line_s_beginning_is_a_word_unless_all_lines_are_numbered() -> None:
    lines = "10\tCD\tB-NP\tO\nmen\tNNS\tI-NP\tO\nfrom\tIN\tB-PP\tO\nOslo\tNNP\tB-NP\tB-LOC\n\n"
    assert found(lines * 5)[0] == ("10 men from Oslo", [(12, 16, "LOC")])


def test_a_hash_is_a_word_where_it_has_a_tag() -> None:
    assert found("#\tO\nOslo\tB-LOC\nok\tO\n\n" * 5)[0][0] == "# Oslo ok"


def test_a_bracket_as_the_first_word_is_no_json() -> None:
    assert found("[\tO\nOslo\tB-LOC\n]\tO\n\n" * 5)[0] == ("[ Oslo ]", [(2, 6, "LOC")])


@pytest.mark.parametrize(
    "text",
    ["a sentence of words\nO\n", '{"text": "O"}',
     "text\tlabel\nA text of words\tO\nMore words\tB-X\n",
     "sentence,tags\nAnna left Oslo,B-PER O B-LOC\n"],
)  # fmt: skip
def test_what_is_no_list_of_words_has_no_layout(text: str) -> None:
    assert layout_of(text) is None


def test_a_line_without_a_tag_is_named() -> None:
    with pytest.raises(DatasetError, match="line 100"):
        read([SourceFile("a", b"Anna\tB-PER\n" + b"x\tO\n" * 98 + b"oops\n")]).examples(NER)


@pytest.mark.parametrize("name", ["sentence", "text"])
def test_words_and_tags_in_two_cells_are_read(name: str) -> None:
    table = f"{name},tags\n" + "Anna left Oslo,B-PER O B-LOC\n" * 5
    contents = read([SourceFile("a.csv", table.encode())])
    assert contents.tasks[0] == NER
    assert contents.examples(NER).parts[""][0]["entities"][1] == {
        "start": 10, "end": 14, "label": "LOC"}  # fmt: skip
