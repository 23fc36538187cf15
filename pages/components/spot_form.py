"""Training on spare machines: managed spot training, cheaper and interruptible."""

from dataclasses import replace

import streamlit as st

from pages.components.door import TrainingRequest, TuningRequest

Request = TrainingRequest | TuningRequest
_HOUR = 3600


def spare_machines(request: Request, key: str) -> Request:
    """``request`` on spare machines where that is chosen, with the hours that it may take then."""
    training = request.training if isinstance(request, TuningRequest) else request
    left, right = st.columns(2, gap="small", vertical_alignment="bottom")
    with left:
        spot = st.checkbox(
            "Use spare machines (managed spot training)",
            training.spot,
            key=f"{key}_spot",
            help="AWS says that they cost up to 90% less and promises no minimum. They may be "
            "taken away: a job then waits and goes on from its last checkpoint; a trial of a "
            "search begins again.",
        )
    hours = training.max_seconds / _HOUR
    if spot:
        with right:
            hours = st.number_input(
                "Hours with waiting",
                hours,
                480.0,
                max(2 * hours, training.max_wait_seconds / _HOUR),
                step=0.5,
                format="%g",
                key=f"{key}_wait_{hours:g}",
            )
    # Rounded up: it may not be less than the time for training alone.
    wait = max(training.max_seconds, round(hours * _HOUR)) if spot else 0
    changed = replace(training, spot=spot, max_wait_seconds=wait)
    return replace(request, training=changed) if isinstance(request, TuningRequest) else changed
