"""A fair baseline on request: as many trials of the default recipe as the tuned model had."""

import streamlit as st

from pages.components import door
from pages.components.compare_words import trials_of
from pages.components.door import Compared, DatasetVersion, Recipe
from pages.components.job_views import span
from pages.components.names import count
from pages.components.notes import act
from pages.components.plain import escaped

_MOST = 100


def equal_budget(found: Compared, version: DatasetVersion, recipe: Recipe) -> None:
    """What it is good for, what it will do, and the button."""
    st.header("A baseline of equal budget", anchor=False)
    second = found.records[1].model.name
    trials = trials_of(found.records[1])
    had = (
        f"{second} is the best of {trials} trials."
        if trials > 1
        else f"{second} was trained once."
        if trials
        else f"How often {second} was tried is not known."
    )
    st.markdown(
        f"{escaped(had)} Whoever tries more often finds more by luck alone; so a fair baseline "
        "gets as many tries, with settings drawn at random from the default ranges."
    )
    wanted = st.number_input(
        "Trials of the baseline",
        min_value=1,
        max_value=_MOST,
        value=min(max(trials, 1), _MOST),
        key=f"budget_trials_{trials}",  # another pair begins with its own number
        width=200,
    )
    request = door.equal_budget(recipe, version, int(wanted))
    estimate = door.client().jobs.estimate(request)
    takes = f", which takes about {span(estimate.seconds)}" if estimate else ""
    st.caption(
        f"Starts a search over {count(int(wanted), 'random trial')} on the training data of "
        f"{escaped(version.id)}{takes}. When it has ended, its best trial can be evaluated here."
    )
    st.button(
        "Search this baseline",
        icon=":material/casino:",
        key="equal_budget",
        disabled="train" not in version.splits,
        on_click=act,
        args=("The search has started: see the Jobs page.", start, recipe, version, int(wanted)),
    )


def start(recipe: Recipe, version: DatasetVersion, trials: int) -> None:
    """Start the search under a name of this moment."""
    door.client().jobs.tune(door.equal_budget(recipe, version, trials))
