"""What fine-tuning on each dataset that ships brings, with the settings that the Train page shows.

``python -m benchmarks.shipped_datasets`` trains one model a dataset (the balanced preset, from the
start that the page chooses), scores it on the test split beside the model that ships and a trivial
one, and prints a row of the table in the README: the better of these two against the new model.
"""

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Final, TypeVar

from backend.client import Client
from backend.data import shipped
from backend.data.versions import DatasetVersion
from backend.embedded import EMBEDDED, install
from backend.evaluation.record import Record
from backend.evaluation.run import State
from backend.evaluation.scoring import title
from backend.jobs.requests import training_request
from backend.jobs.starts import suggested
from backend.local_service import ensure_service
from backend.settings import Settings
from backend.tasks.recipes.registry import recipe_of
from backend.tasks.registry import TASKS

_POLL: Final = 2.0

T = TypeVar("T")


def main() -> None:
    """Train and score on every dataset."""
    settings = Settings.load().model_copy(update={"embedded": False})
    ensure_service(settings)
    client = Client(settings)
    install(client, _silent, models=[replace(model, served=False) for model in EMBEDDED])
    shipped.install(client.datasets, shipped.FOLDER, _silent)
    print("| dataset | train | start | seconds | metric | before | fine-tuned | difference |")
    print("| --- | ---: | --- | ---: | --- | ---: | ---: | ---: |")
    for version in client.datasets.list():
        print(_row(client, version), flush=True)


def _silent(_: str) -> None:
    """Nobody has to know."""


def _row(client: Client, version: DatasetVersion) -> str:
    recipe = recipe_of(version.task)
    archives = client.starts.archives(version.task)
    name = suggested(recipe, version, archives)
    start = client.starts.get(version.task, name, archives[name]) if name else None
    request = training_request(recipe, version, preset="balanced", start=start)
    client.jobs.fine_tune(request)
    job = _when(lambda: client.jobs.training_job(request.name), lambda job: job.finished)
    ships = next(task.default_endpoint for task in TASKS if task.slug == version.task)
    model = client.jobs.register(job)
    run = client.evaluations.start(version, [ships, model], trivial=True)
    states = _when(lambda: client.evaluations.states(run), lambda found: all(map(_ended, found)))
    records = {state.model: state.record for state in states if state.record}
    tuned = records.pop(model)
    metric = client.evaluations.records.details(tuned).scored.primary
    before = max(records.values(), key=lambda record: record.metrics[metric].value)
    found = client.evaluations.compare(version, before, tuned).comparison.differences[metric]
    cells = (
        version.id,
        f"{version.splits['train'].count}",
        name or "base model",
        f"{job.elapsed():.0f}",
        f"{title(metric)} (n = {tuned.data.n})",
        f"{_value(before, metric)} ({before.model.name})",
        _value(tuned, metric),
        f"{found.value:+.2f} [{found.low:+.2f}, {found.high:+.2f}]",
    )
    return f"| {' | '.join(cells)} |"


def _ended(state: State) -> bool:
    return state.finished


def _value(record: Record, metric: str) -> str:
    found = record.metrics[metric]
    return f"{found.value:.3f} [{found.low:.2f}, {found.high:.2f}]"


def _when(look: Callable[[], T], done: Callable[[T], bool]) -> T:
    while not done(found := look()):
        time.sleep(_POLL)
    return found


if __name__ == "__main__":
    main()
