"""CSV and its kin: any dialect, any language, and no row lost without being counted."""

import csv
import io
from collections.abc import Sequence
from typing import Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.data.delimited import delimited_table
from backend.data.errors import DatasetError
from backend.data.reading import Examples, SourceFile, read
from backend.data.tables import Table

TC = "text_classification"
ROWS = [("The parcel came late and nobody called.", "complaint"), ("Thank you all.", "praise")] * 20


def table_of(text: str, name: str = "x.csv") -> Table:
    table = delimited_table(text, name)
    assert table is not None
    return table


def written(rows: Sequence[Sequence[object]], delimiter: str = ",", quote: str = '"',
            quoting: Literal[0, 1, 2, 3] = csv.QUOTE_MINIMAL) -> str:  # fmt: skip
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter, quotechar=quote, quoting=quoting,
               lineterminator="\n").writerows(rows)  # fmt: skip
    return out.getvalue()


def examples_of(text: str | bytes) -> Examples:
    data = text.encode() if isinstance(text, str) else text
    contents = read([SourceFile("x.csv", data)])
    assert contents.tasks[0] == TC
    return contents.examples(TC)


@pytest.mark.parametrize(
    "header",
    [("text", "label"), ("Review text", "Rating"), ("Kommentar", "Kategorie"),
     ("テキスト", "ラベル"), ("текст", "метка"), ("statement", "status"), ("V", "W")],
)  # fmt: skip
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_a_header_of_any_language_is_no_example(header: tuple[str, str], delimiter: str) -> None:
    examples = examples_of(written([header, *ROWS], delimiter))
    assert len(examples.parts[""]) == 40
    assert {e["label"] for e in examples.parts[""]} == {"complaint", "praise"}
    assert examples.left_out == ()


@pytest.mark.parametrize("first", ["complaint", "praise"])
def test_a_first_row_that_is_an_example_is_no_header(first: str) -> None:
    rows = [("It broke.", first), *ROWS]
    assert len(examples_of(written(rows)).parts[""]) == 41


@pytest.mark.parametrize(
    "text",
    [
        "sep=;\n" + written([("text", "label"), *ROWS], ";"),
        written([("", "text", "label"), *((at, *row) for at, row in enumerate(ROWS))]),
        written([("text", "label"), *((f"r{at}", *row) for at, row in enumerate(ROWS))]),
        written([("text", "label"), *((*row, "") for row in ROWS)]),
        written([("text", "label", "", ""), *((*row, "", "") for row in ROWS)]),
        written([("label", "text"), *(row[::-1] for row in ROWS)], ";", "'", csv.QUOTE_ALL),
        written([("text", "label"), *ROWS], quoting=csv.QUOTE_ALL),
        written([("text", "label"), *ROWS, ("text", "label"), *ROWS[:0]]),
        "Export of a tool\nMade on: Monday\n\n" + written([("text", "label"), *ROWS]),
        "# exported\n" + written([("text", "label"), *ROWS]) + "(40 rows)\n",
        "| text | label |\n|---|:--|\n" + "".join(f"| {a} | {b} |\n" for a, b in ROWS),
        written([("text", "text", "label"), *((a, a, b) for a, b in ROWS)]),
        written([("label", "id", "text"), *((b, at, a) for at, (a, b) in enumerate(ROWS))], "\t"),
    ],
    ids=["sep line", "index", "row names", "trailing", "empty columns", "single quotes", "quoted",
         "header again", "title lines", "comment and footer", "Markdown", "names twice", "tabs"],
)  # fmt: skip
def test_what_programs_write_around_a_table_is_no_data(text: str) -> None:
    found = [(e["text"], e["label"]) for e in examples_of(text).parts[""]]
    assert found == ROWS


def test_delimiters_and_line_breaks_inside_quotes_belong_to_the_text() -> None:
    rows = [("Dear all,\nthis came late, again;\n\nBerg", "a"), ('He said "no".', "b")] * 10
    for delimiter in ",;\t":
        text = written([("text", "label"), *rows], delimiter, quoting=csv.QUOTE_ALL)
        assert [(e["text"], e["label"]) for e in examples_of(text).parts[""]] == rows


def test_quotes_that_a_backslash_escapes_are_letters() -> None:
    text = "text,label\n" + '"He said \\"no\\", twice.",a\n"Fine, thanks.",b\n' * 5
    assert examples_of(text).parts[""][0]["text"] == 'He said "no", twice.'


def test_a_stray_quote_swallows_no_rows_and_is_told() -> None:
    lines = written([("text", "label"), *ROWS]).split("\n")
    lines[11] = '"' + lines[11]
    examples = examples_of("\n".join(lines))
    assert len(examples.parts[""]) == 40
    assert "1 row of x.csv had a quotation mark that nothing closes" in examples.notes[0]
    assert "(line 12)" in examples.notes[0]


def test_two_stray_quotes_swallow_no_rows_either() -> None:
    lines = written([("text", "label"), *ROWS]).split("\n")
    lines[11] = '"' + lines[11]
    lines[20] = '"' + lines[20]
    assert len(examples_of("\n".join(lines)).parts[""]) == 40


def test_commas_in_a_text_without_quotes_are_told_and_kept() -> None:
    text = written([("text", "label"), *ROWS]) + "Late, again, and broken,complaint\n"
    examples = examples_of(text)
    assert examples.parts[""][-1] == {"text": "Late, again, and broken", "label": "complaint"}
    assert "1 row of x.csv held “,” in a text without quotes" in examples.notes[0]


def test_a_stray_quote_before_a_class_makes_no_class_of_its_own() -> None:
    lines = written([("text", "label"), *ROWS]).split("\n")
    lines[11] = lines[11].replace(",", ',"')
    examples = examples_of("\n".join(lines))
    assert {e["label"] for e in examples.parts[""]} == {"complaint", "praise"}


def test_many_texts_with_commas_are_joined_where_their_classes_come_again() -> None:
    rows = [(f"{text}{', again' * (n % 4)}", label) for n, (text, label) in enumerate(ROWS)]
    text = "text,label\n" + "".join(f"{text},{label}\n" for text, label in rows)
    assert [(e["text"], e["label"]) for e in examples_of(text).parts[""]] == rows


def test_a_row_that_fits_nowhere_is_left_out_with_its_line() -> None:
    examples = examples_of(written([("text", "label"), *ROWS]) + "only a text\na,b,c,d,e\n")
    assert len(examples.parts[""]) == 40
    assert [row.place for row in examples.left_out] == ["line 42", "line 43"]
    assert any("2 rows" in note or "Line 42" in note for note in examples.notes)


def test_a_table_of_ragged_lines_is_refused_with_the_first_line() -> None:
    rows = "".join(f"Some longer text,b,c,{n}\nA longer text,y\n" for n in range(20))
    ragged = f"text,label\n{rows}"
    with pytest.raises(DatasetError, match="line 2 has 4 columns"):
        delimited_table(ragged, "x.csv")


@pytest.mark.parametrize("missing", ["", "nan", "NaN", "None", "N/A", "null", "#N/A", " "])
def test_what_stands_for_nothing_is_no_class(missing: str) -> None:
    examples = examples_of(written([("text", "label"), *ROWS, ("Who knows.", missing)]))
    assert {e["label"] for e in examples.parts[""]} == {"complaint", "praise"}
    assert examples.notes == ("Row 41 was left out: it has no label.",)


def test_numbers_of_classes_lose_their_point() -> None:
    rows = [(text, {"praise": "1.0", "complaint": "-1.0"}[label]) for text, label in ROWS]
    examples = examples_of(written([("text", "label"), *rows]))
    assert {e["label"] for e in examples.parts[""]} == {"1", "-1"}


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
def test_any_usual_encoding_is_read(encoding: str) -> None:
    rows = [("Die Lieferung für Müller kam spät.", "Beschwerde"), ("Schöne Klasse.", "Lob")] * 10
    text = written([("Kommentar", "Kategorie"), *rows], ";")
    assert examples_of(text.encode(encoding)).parts[""][0]["text"] == rows[0][0]


@pytest.mark.parametrize(
    ("encoding", "sentence"),
    [("cp1251", "Посылка пришла слишком поздно, и никто не позвонил нам об этом."),
     ("shift_jis", "荷物は遅れて届きました。誰も電話をくれませんでした。とても残念です。"),
     ("euc_jp", "荷物は遅れて届きました。誰も電話をくれませんでした。とても残念です。"),
     ("big5", "包裹來得太晚了，沒有人給我們打電話。我們非常失望，希望下次好一些。"),
     ("cp949", "소포가 너무 늦게 도착했고 아무도 우리에게 전화하지 않았습니다."),
     ("cp1255", "החבילה הגיעה מאוחר מדי ואיש לא התקשר אלינו כדי לומר זאת"),
     ("cp1256", "وصل الطرد متأخرا جدا ولم يتصل بنا أحد ليخبرنا بذلك"),
     ("cp874", "พัสดุมาถึงช้าเกินไปและไม่มีใครโทรหาเราเพื่อบอกเรื่องนี้"),
     ("koi8_r", "Посылка пришла слишком поздно, и никто не позвонил нам об этом."),
     ("gb18030", "包裹来得太晚了，没有人给我们打电话。我们非常失望，希望下次好一些。")],
)  # fmt: skip
def test_other_scripts_are_read_in_their_own_encoding(encoding: str, sentence: str) -> None:
    text = written([("text", "label"), *[(f"{sentence} {at}", "ab"[at % 2]) for at in range(40)]])
    examples = examples_of(text.encode(encoding))
    assert examples.parts[""][0]["text"] == f"{sentence} 0"


def test_one_damaged_byte_changes_no_other_row_and_is_told() -> None:
    rows = [("Die Lieferung für Müller kam spät.", "Beschwerde"), ("Schöne Klasse.", "Lob")] * 10
    data = written([("text", "label"), *rows]).encode()
    at = data.index("ö".encode())
    examples = examples_of(data[:at] + b"\xff" + data[at + 2 :])
    assert examples.parts[""][0]["text"] == rows[0][0]
    assert "damaged in 1 place (line 3)" in examples.notes[0]


def test_more_columns_than_a_table_has_are_refused_at_once() -> None:
    wide = ",".join(map(str, range(40_000)))
    with pytest.raises(DatasetError, match="more than 1,000 columns"):
        delimited_table(f"{wide}\n{wide}\n", "x.csv")


CELLS = st.text(
    st.characters(blacklist_categories=["Cs", "Cc"], blacklist_characters="\x85\u2028\u2029"),
    min_size=1,
    max_size=60,
)


@settings(max_examples=150, deadline=None)
@given(
    texts=st.lists(CELLS.filter(lambda text: text.strip() != ""), min_size=6, max_size=30),
    delimiter=st.sampled_from(",;\t|"),
    header=st.sampled_from([("text", "label"), ("Kommentar", "label"), ("テキスト", "label")]),
)
def test_whatever_a_spreadsheet_writes_comes_back(
    texts: list[str], delimiter: str, header: tuple[str, str]
) -> None:
    rows = [(f"Row {at}: {text}", "ab"[at % 2]) for at, text in enumerate(texts)]
    table = table_of(written([header, *rows], delimiter, quoting=csv.QUOTE_ALL))
    assert [(row[header[0]], row[header[1]]) for row in table.rows] == rows
    assert table.left_out == ()
