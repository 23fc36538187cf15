"""Costs and clean-up from a shell.

    python -m backend.costs show            what runs, what was spent, what is idle or expired
    python -m backend.costs prices          Amazon's prices in the region, for DOCINSIGHTS_PRICES
    python -m backend.costs sweep           delete expired endpoints, keep to the budget
    python -m backend.costs list            everything that carries the project's tag
    python -m backend.costs delete --yes    delete all of that, and look what is left

``sweep`` does its work once: for endpoints to go at their time, have something run it, such as
cron, every few minutes. Exit status 0, 1 where something is left or failed, 2 with one sentence on
standard error where nothing could be done.
"""

import argparse
import json
import sys
from collections.abc import Sequence

from backend.cloud.connections import Connections
from backend.costs.cleanup import CONFIRMATION
from backend.costs.inventory import Resource
from backend.costs.price_list import fetched
from backend.costs.prices import dollars
from backend.costs.service import Costs
from backend.errors import DocumentInsightsError
from backend.settings import Settings


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; gives the exit status."""
    parser = argparse.ArgumentParser(prog="python -m backend.costs", description=__doc__)
    parser.add_argument("command", choices=["show", "prices", "sweep", "list", "delete"])
    parser.add_argument("--yes", action="store_true", help="really delete")
    options = parser.parse_args(arguments)
    try:
        settings = Settings.load()
        connections = Connections(settings.resolve())
        if options.command == "prices":
            _say(json.dumps(fetched(connections), indent=2))
            return 0
        costs = Costs(connections, settings.spending)
        if options.command == "delete":
            return _delete(costs, sure=options.yes)
        return {"show": _show, "sweep": _sweep, "list": _list}[options.command](costs)
    except DocumentInsightsError as error:
        print(error, file=sys.stderr)  # noqa: T201 - a command's output
        return 2


def _show(costs: Costs) -> int:
    found = costs.statement()
    for item in found.items:
        state = "running" if item.running else "deleted" if item.deleted else "ended"
        _say(f"{item.kind:14} {item.name:40} {state:8} {dollars(item.cost(now=found.now))}")
    _say(f"This month {dollars(found.month.amount)}, in total {dollars(found.total.amount)}.")
    if found.total.unknown:
        _say(f"The price of {found.total.unknown} of these is not known: they are left out.")
    for one in costs.idle():
        _say(f"{one.name} was asked nothing for {costs.spending.idle_hours} hours.")
    return 0


def _sweep(costs: Costs) -> int:
    done = costs.sweep()
    for sentence in done or ("Nothing was to be done.",):
        _say(sentence)
    return int(any("could not be" in sentence for sentence in done))


def _list(costs: Costs) -> int:
    for one in costs.cleanup.plan():
        _say(_line(one))
    return 0


def _delete(costs: Costs, *, sure: bool) -> int:
    plan = costs.cleanup.plan()
    if not sure:
        for one in plan:
            _say(_line(one))
        _say("Nothing was deleted: add --yes to delete all of this.")
        return 0
    steps = []
    for step in costs.cleanup.run(plan, confirmation=CONFIRMATION):
        _say(f"{_line(step.resource)}: {step.problem or 'deleted'}")
        steps.append(step)
    outcome = costs.cleanup.look(steps)
    for one in outcome.remaining:
        _say(f"Still there: {_line(one)}")
    return 0 if outcome.clean else 1


def _line(one: Resource) -> str:
    more = " ".join(part for part in (one.state, one.note) if part)
    return f"{one.kind} {one.name}" + (f" ({more})" if more else "")


def _say(text: str) -> None:
    print(text)  # noqa: T201 - a command's output


if __name__ == "__main__":
    sys.exit(main())
