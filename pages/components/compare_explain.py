"""What a published accuracy and F1 really say, for anybody's numbers."""

import streamlit as st

from pages.components import colours, door
from pages.components.colours import Ink
from pages.components.door import DocumentInsightsError, Explanation
from pages.components.panels import show_error
from pages.components.plain import escaped


def guided_example() -> None:
    """What the table of the original article really says."""
    name, accuracy, f1 = door.ARTICLE[0]
    st.header("What the article’s table really says", anchor=False)
    st.markdown(
        "The article that this tool goes back to reports for text classification, on "
        f"{door.ARTICLE_SIZE} test examples:"
    )
    st.dataframe(
        [{"": row, "Accuracy": a, "F1": f} for row, a, f in door.ARTICLE],
        key="article",
        alt="The two rows of the article's table",
    )
    st.markdown(
        f"So tuning seems to lift F1 from {f1[:4]} to {door.ARTICLE[1][2][:4]}. "
        f"But the row “{escaped(name)}” can be taken apart:"
    )
    found = door.explain(accuracy, f1, door.ARTICLE_SIZE)
    _verdict(found)
    _table(found)
    st.markdown(
        "The gain is measured against a model that is broken. Nobody notices that in a table of "
        "two numbers; here it is an alarm."
    )


def explain_form() -> None:
    """Anybody's accuracy and F1."""
    st.text(
        "Accuracy and F1 of a binary classifier, as they were published, tell which confusion "
        "tables are possible at all."
    )
    _, accuracy, f1 = door.ARTICLE[0]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        one = st.text_input("Accuracy", accuracy, key="explain_accuracy", max_chars=20, width=160)
        other = st.text_input("F1", f1, key="explain_f1", max_chars=20, width=160)
        size = st.number_input(
            "Test examples",
            min_value=1,
            max_value=100_000,
            value=door.ARTICLE_SIZE,
            key="explain_n",
            width=160,
        )
    try:
        found = door.explain(str(one), str(other), int(size))
    except DocumentInsightsError as error:
        show_error(error)
        return
    _verdict(found)
    _table(found)


def _verdict(found: Explanation) -> None:
    if found.warning:
        st.error(escaped(found.sentence), icon=":material/warning:")
    else:
        st.info(escaped(found.sentence), icon=":material/calculate:")


def _table(found: Explanation) -> None:
    """The first table that fits, drawn; the two numbers leave open which way is wrong how often."""
    if not found.tables:
        return
    table = found.tables[0]
    only = found.count == 1
    st.markdown("**The confusion table**" if only else "**One of the tables that fit**")
    open_cell = ("?", "wrong", colours.PANEL, colours.TEXT)
    cells = (_right(table.true_positives), open_cell, open_cell, _right(table.true_negatives))
    drawn = [
        f'<td style="background:{page.css};color:{ink.css};padding:.5rem 1.5rem;'
        f'border-radius:.35rem;text-align:center"><b style="font-size:1.4rem">{number}</b><br>'
        f"{words}</td>"
        for number, words, page, ink in cells
    ]
    name = '<th style="font-weight:500;padding:.2rem .6rem">'
    st.html(
        '<table style="border-spacing:.3rem;border-collapse:separate">'
        f"<tr><td></td>{name}Answered positive</th>{name}Answered negative</th></tr>"
        f"<tr>{name}Truly positive</th>{drawn[0]}{drawn[1]}</tr>"
        f"<tr>{name}Truly negative</th>{drawn[2]}{drawn[3]}</tr></table>"
    )
    st.caption(
        f"n = {table.n:,}. The cells with a question mark hold {table.wrong:,} wrong answers "
        "together; how these divide, accuracy and F1 do not tell."
    )


def _right(hits: int) -> tuple[str, str, Ink, Ink]:
    """A cell of right answers: none at all is what is wrong."""
    return f"{hits:,}", "right", colours.TUNED if hits else colours.NEGATIVE, colours.PAGE
