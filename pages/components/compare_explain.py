"""What a published accuracy and F1 really say, for anybody's numbers."""

import streamlit as st

from pages.components import door
from pages.components.door import DocumentInsightsError
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
    st.error(escaped(found.sentence), icon=":material/warning:")
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
    if found.warning:
        st.error(escaped(found.sentence), icon=":material/warning:")
    else:
        st.info(escaped(found.sentence), icon=":material/calculate:")
