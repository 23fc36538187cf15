"""``python -m backend.experiment --data folder [--scale small|night|smoke] [--only task]``."""

import argparse
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from backend import embedded
from backend.client import Client
from backend.embedded import EmbeddedModel
from backend.errors import DocumentInsightsError, NameTaken
from backend.evaluation.shipped import FOLDER, experiments
from backend.experiment.material import MATERIALS, Material
from backend.experiment.plan import SCALES
from backend.experiment.steps import Steps
from backend.experiment.table import markdown
from backend.launcher import say
from backend.local_service import ensure_service
from backend.settings import ROOT, Settings
from backend.tasks.registry import TASKS

TRIES: Final = ROOT / "build" / "experiment"
"""Where the results of scales go that are not kept."""

_ABOUT: Final = """\
Five models of each task on the same withheld examples, with 95 % intervals, through the path of the
admin pages: `make experiment DATA=folder`. *Fine-tuned* is the default recipe, *Tuned* the best of
a Bayesian search over the recipe's ranges, *Random search* the best of as many random trials: the
baseline of equal budget. *Pre-trained* is the model that ships. For classes, relations and answers
that is one trained on nearly all of the same data, many times what the others here had; it never
saw these test examples, but its checkpoint was chosen by some of them. The files hold scores only,
and no text."""


def run(client: Client, materials: Sequence[Material], data: Path, scale: str, out: Path) -> bool:
    """Work through ``materials``; gives whether nothing had to be left out. After each of them
    the table in ``out/README.md`` is up to date.
    """
    complete = True
    for material in materials:
        try:
            complete = Steps(client, material, scale, out, say).run(data) and complete
        except DocumentInsightsError as error:
            say(f"{material.task} left out. {error}")
            complete = False
        _write_table(out)
    return complete


def _write_table(out: Path) -> None:
    if found := experiments(out):
        text = f"# Experiment\n\n{_ABOUT}\n\n{markdown(found)}"
        (out / "README.md").write_text(text, encoding="utf-8")


def _register_pretrained(client: Client) -> None:
    """Have the shipped models known to the cloud; none of them needs an endpoint."""
    models = [EmbeddedModel(task.article_endpoint, task.slug, served=False) for task in TASKS]
    with suppress(NameTaken):  # an app that starts just now registers the same ones
        embedded.install(client, say, models=models)


def main(arguments: list[str] | None = None) -> int:
    """Read the command line; gives the exit status: 1 where something was left out."""
    parser = argparse.ArgumentParser(prog="python -m backend.experiment", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of the public datasets")
    parser.add_argument("--scale", choices=list(SCALES), default="small")
    parser.add_argument("--only", action="append", choices=[one.task for one in MATERIALS])
    parser.add_argument("--out", type=Path, help="where the results go")
    options = parser.parse_args(arguments)
    out = options.out or (FOLDER if SCALES[options.scale].kept else TRIES)
    materials = [one for one in MATERIALS if not options.only or one.task in options.only]
    try:
        # Batch transform needs no endpoints, and these would take memory and cores from the jobs.
        settings = Settings.load().model_copy(update={"embedded": False})
        ensure_service(settings)
        client = Client(settings)
        _register_pretrained(client)
        complete = run(client, materials, options.data, options.scale, out)
    except DocumentInsightsError as error:
        say(str(error))
        return 1
    except KeyboardInterrupt:
        say("Ended. Run it again to go on where it was.")
        return 130
    say(f"Results: {out}" if complete else f"Not complete, run it again. Results so far: {out}")
    return 0 if complete else 1


if __name__ == "__main__":
    sys.exit(main())
