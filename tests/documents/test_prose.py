"""Running text is told from tables, code, data and lists."""

import doctest
import json

import pytest

from backend.documents import prose
from backend.documents.prose import without_prose
from backend.documents.samples import Sample, samples

CODE = """import os

def main(path):
    # the folder is made where it is missing
    os.makedirs(path, exist_ok=True)
    return path
"""
C_CODE = '#include <stdio.h>\nint main(void) {\n  printf("hello\\n");\n  return 0;\n}\n'
SQL = "SELECT name, total\nFROM orders\nWHERE total > 100;\nUPDATE orders SET total = 0;\n"
TABLE = "\n".join(f"{n} {n * 7 % 13}.5 {n * 31 % 97}" for n in range(300))
SALES = (
    "Region Q1 Q2 Q3\nNorth 12.5 13.1 14.0\nSouth 9.1 8.7 9.9\nEast 4.4 4.8 5.0\nWest 7.0 7.7 8.1"
)
REVIEWS = """id,text,stars
1,"Great tablet, I use it daily.",5
2,"The dock broke in a week.",1
3,Fine for the price,4
"""
ENCODED = "\n".join(["PGh0bWw+PGJvZHk+PHA+SGVsbG8gd29ybGQ8L3A+PC9ib2R5PjwvaHRtbD4K" * 2] * 20)
XML = "<?xml version='1.0'?><orders><order id='1'><item>Pump</item><qty>2</qty></order></orders>"
CITIES = "\n".join(["Oslo", "Bergen", "Trondheim", "Stavanger", "Drammen", "Moss"] * 8)
TABS = "name\tage\tcity\nAnn\t31\tOslo\nBob\t27\tMoss\nEve\t44\tBergen"

CLAUSES = """1. Term
1.1 The agreement begins on 1 May 2024 and ends on 30 April 2026.
1.2 Either party may end it in writing if the other does not pay.

2. Price
2.1 The buyer pays EUR 27,000 for each container;
2.2 The price includes: (a) a manual; (b) a training course; and
(c) a spare-parts kit."""
MINUTES = """Present: Ann Lee (chair), Bob Marsh, Eve Holm
Apologies: Ivo Brandt

- The minutes of the last meeting were approved.
- Ms Holm reported that sales fell by four per cent.
- Action: Bob to send the new plan to the board by Friday."""
MAIL = """Hi Ann,

Can you send me the report before lunch?

Thanks
Bob
--
Bob Marsh
Tel. 020 7946 0958"""
GUIDE = """# Installing

Install the package first and check that it runs on your computer.

```python
import os
print(os.environ["HOME"])
for name in os.listdir("."):
    print(name)
```

The second line prints your home folder; the loop lists what is in the folder you started in."""
DIALOGUE = "A: Where were you?\nB: I was at the harbour.\nA: With whom?\nB: Nobody you know.\n" * 6


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (CODE, "source code"),
        (C_CODE, "source code"),
        (SQL, "source code"),
        (TABLE, "a table of numbers"),
        (SALES, "a table of numbers"),
        (REVIEWS, "a table of values"),
        (TABS, "a table of values"),
        (REVIEWS.replace(",", ";"), "a table of values"),
        (ENCODED, "encoded data"),
        ("From: bob@example.org\nContent-Type: text/html\n\n" + ENCODED, "encoded data"),
        (XML, "XML"),
        (json.dumps({"name": "Ann", "notes": ["She likes the sea."]}), "JSON"),
        (json.dumps([{"text": "It rained all day."}] * 20)[:300], "JSON"),
        ('{"text": "It rained."}\n{"text": "It snowed."}\n', "JSON"),
        (CITIES, "a list of values"),
        ("3.5\n4.5\n9", "a table of numbers"),
    ],
    ids=lambda value: value[:20] if len(value) < 25 else None,
)
def test_what_is_no_running_text_is_called_by_its_kind(text: str, kind: str) -> None:
    assert without_prose(text) == kind


@pytest.mark.parametrize(
    "text",
    [
        CLAUSES,
        MINUTES,
        MAIL,
        GUIDE,
        DIALOGUE,
        "Great!",
        "Ann met Bob.",
        "Order 4711, 3 boxes",
        "[Note] The meeting was moved. {See below.}",
        "Der Vertrag endet am 3. Mai, wenn keine Seite widerspricht.",
        "契約は来年の一月一日に発効します。",
        "अनुबंध पहली जनवरी से लागू होगा।",
        "Zoe\u0308 a de\u0301ja\u0300 parle\u0301 hier a\u0300 l\u2019e\u0301cole du village.",
        "On Monday, we met.\nOn Tuesday, we left.\nOn Friday, we came back.",
    ],
)
def test_text_is_text(text: str) -> None:
    assert without_prose(text) is None


@pytest.mark.parametrize("sample", samples(), ids=lambda sample: sample.slug)
def test_every_sample_is_text(sample: Sample) -> None:
    assert without_prose(sample.text) is None


def test_a_table_within_a_text_does_not_hide_it() -> None:
    assert without_prose(f"{samples()[0].text}\n\n{SALES}\n\n{samples()[1].text}") is None


@pytest.mark.parametrize("sign", ["<a ", "a,", "(", "{", '["', "A ", "x=1;", "- ", '"', "\n"])
def test_any_text_is_judged_at_once(sign: str) -> None:
    without_prose(sign * 200_000)


def test_the_example_is_true() -> None:
    assert doctest.testmod(prose).failed == 0
