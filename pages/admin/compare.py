"""Compare: two models on the same test data, and whether one of them really is better."""

import streamlit as st

from pages.components import door
from pages.components.compare_budget import equal_budget
from pages.components.compare_explain import explain_form, guided_example
from pages.components.compare_labels import not_comparable
from pages.components.compare_promote import promotion
from pages.components.compare_quality import quality
from pages.components.compare_run import evaluate_form, show_runs
from pages.components.compare_several import several
from pages.components.compare_shipped import shipped_example
from pages.components.compare_views import downloads, show_comparison
from pages.components.compare_words import KIND_WORDS
from pages.components.door import DatasetVersion, DocumentInsightsError, Record
from pages.components.link import from_link, to_link
from pages.components.notes import show_note
from pages.components.panels import page_title, show_error


def chosen_task(records: tuple[Record, ...], versions: tuple[DatasetVersion, ...]) -> str:
    """The task, at first the one that was evaluated last."""
    titles = door.TASK_TITLES
    first = records[0].task if records else versions[0].task if versions else next(iter(titles))
    from_link("compare_task", titles, first)
    task = st.selectbox("Task", list(titles), key="compare_task", format_func=titles.__getitem__)
    to_link("compare_task", str(task))
    return str(task)


def chosen_version(
    records: tuple[Record, ...], versions: tuple[DatasetVersion, ...]
) -> DatasetVersion | None:
    """The dataset, at first the one on which models were evaluated last."""
    by_id = {version.id: version for version in versions}
    latest = next((record.data.name for record in records if record.data.name in by_id), None)
    names = sorted(by_id, key=lambda name: name != latest)
    name = st.selectbox("Dataset", names, key="compare_data", placeholder="No dataset")
    return by_id.get(str(name))


def latest_of_each(records: tuple[Record, ...]) -> list[Record]:
    """The newest record of each model."""
    newest = {record.model.sha256: record for record in reversed(records)}
    return [record for record in records if newest[record.model.sha256] is record]


def chosen_pair(records: list[Record], served: frozenset[str]) -> tuple[Record, Record]:
    """Baseline and tuned, at first the first and last of ``evaluation.pairs.in_order``."""
    ordered = door.pair_order(records, served)
    by_address = {record.address: record for record in ordered}
    addresses = list(by_address)

    def name(address: str) -> str:
        model = by_address[address].model
        again = sum(one.model.name == model.name for one in records) > 1
        which = f", {model.sha256[:8]}" if again else ""
        kind = "served now" if model.name in served else KIND_WORDS.get(model.kind, model.kind)
        return f"{model.name} ({kind}{which})"

    _choose_anew(addresses)
    left, right = st.columns(2, gap="medium")
    with left:
        baseline = st.selectbox(
            "Baseline", addresses, key="compare_first", format_func=name, on_change=_chosen
        )
    with right:
        tuned = st.selectbox(
            "Tuned",
            [addresses[-1], *addresses[:-1]],
            key="compare_second",
            format_func=name,
            on_change=_chosen,
        )
    # What was chosen for another task is not among these.
    return by_address.get(baseline, ordered[0]), by_address.get(tuned, ordered[-1])


def served_models(task: str) -> frozenset[str]:
    """What the endpoints of ``task`` serve."""
    found = next(one for one in door.TASKS if one.slug == task)
    return frozenset(one.model for one in door.client().endpoints_for(found))


def _choose_anew(addresses: list[str]) -> None:
    """The best two of those that are scored by now, unless somebody has chosen."""
    before = st.session_state.get("compare_among", addresses)
    if before != addresses and not st.session_state.get("compare_chosen"):
        for key in ("compare_first", "compare_second"):
            st.session_state.pop(key, None)
    st.session_state["compare_among"] = addresses


def _chosen() -> None:
    st.session_state["compare_chosen"] = True


def comparison(version: DatasetVersion, pair: tuple[Record, Record], records: list[Record]) -> None:
    """The two against each other, and among all ``records`` of the same test data."""
    if pair[0].address == pair[1].address:
        st.info("These are the same: choose two models.", icon=":material/balance:")
        return
    with st.spinner("Comparing…"):
        found = door.client().evaluations.compare(version, *pair)
    if found.unfit:
        not_comparable(found, version)
        return
    show_comparison(found, records)
    several(found, version, records)
    quality(found, records)
    if (recipe := door.recipe_of(version.task)) is not None:
        equal_budget(found, version, recipe)
    task = next(task for task in door.TASKS if task.slug == version.task)
    promotion(found, task, version, records)
    st.header("Report", anchor=False)
    downloads(found)


def page() -> None:
    """The choice, the comparison, and having more models evaluated."""
    client = door.client()
    records = client.evaluations.records.list()
    versions = tuple(one for one in client.datasets.list() if "test" in one.splits)
    left, right = st.columns(2, gap="medium")
    with left:
        task = chosen_task(records, versions)
    mine = tuple(record for record in records if record.task == task)
    with right:
        version = chosen_version(mine, tuple(one for one in versions if one.task == task))
    found: list[Record] = []
    if version is not None:
        sha256 = client.evaluations.examples(version).sha256
        found = latest_of_each(tuple(record for record in mine if record.data.sha256 == sha256))
    pair = chosen_pair(found, served_models(task)) if len(found) > 1 else None
    if version is not None:
        with st.expander(
            "Evaluate models", icon=":material/play_arrow:", expanded=pair is None, key="run_open"
        ):
            evaluate_form(version)
            show_runs(task)
    else:
        st.info(
            "There is no dataset with a test split for this task: add one on the Datasets page.",
            icon=":material/dataset:",
        )
    if version is not None and pair is not None:
        comparison(version, pair, found)
    else:
        shipped_example(task)
    if not records:
        guided_example()
    with st.expander("Explain a published accuracy and F1", icon=":material/calculate:"):
        explain_form()


page_title(
    "Compare", "Is the tuned model really better? Both answer the same test examples, then see."
)
show_note()
try:
    page()
except DocumentInsightsError as problem:
    show_error(problem)
    st.button("Try again", icon=":material/refresh:")
