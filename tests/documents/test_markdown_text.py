from backend.documents.clean import clean
from backend.documents.document import Limits
from backend.documents.markdown_text import read_markdown


def read(source: str) -> str:
    return clean(read_markdown(source.encode(), Limits()).text)


def test_headings_emphasis_code_and_links_become_their_words() -> None:
    source = "# Terms\n\nThe **supplier** _ships_ [the goods](http://x.y 'z') by `van`.\nSame line."
    assert read(source) == "Terms\n\nThe supplier ships the goods by van. Same line."


def test_underscores_and_stars_that_are_no_markup_stay() -> None:
    assert read("snake_case_name and 2 * 3 * 4 \\*") == "snake_case_name and 2 * 3 * 4 *"


def test_images_are_dropped_and_scripts_too() -> None:
    source = "![logo](http://evil/x.png)\n\n<script>alert(1)</script>\n\n[x](javascript:alert(1))"
    assert read(source) == "x"


def test_lists_tables_quotations_and_code_stay_readable() -> None:
    assert read("- one\n- two\n\n1. a\n2. b") == "- one\n- two\n\n1. a\n2. b"
    assert read("| x | y |\n|---|---|\n| 1 | 2 |") == "x | y\n1 | 2"
    assert read("> said\n\n```\ncode  x\n```") == "said\n\ncode  x"


def test_front_matter_goes_but_its_title_stays_where_there_is_no_heading() -> None:
    head = '---\ntitle: "Open data"\nlayout: x\n---\n'
    assert read(head + "Body.") == "Open data\n\nBody."
    assert read(head + "# Own heading\n\nBody.") == "Own heading\n\nBody."
    assert read("+++\ntitle = 'T'\n+++\nBody.") == "T\n\nBody."


def test_a_rule_at_the_start_is_no_front_matter() -> None:
    assert read("---\nJust words\n\n---\nmore") == "Just words\n\nmore"


def test_marks_of_footnotes_and_attributes_are_tidied() -> None:
    assert read("Act, [^7] as amended{: .x}.\n\n[^7]: See there.") == (
        "Act, [7] as amended.\n\n[7]: See there."
    )


def test_deep_quotations_are_not_lost() -> None:
    assert read(">" * 60 + " deep") == "deep"
