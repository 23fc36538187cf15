"""What only a real account can show: one tiny model trained, deployed, asked, and deleted again.

``make smoke-aws`` says what it would do and what that costs at most; ``make smoke-aws GO=--go``
does it, at whatever cloud the settings mean.
"""

import argparse
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, Final

from backend.client import Client
from backend.cloud.archives import ensure_bucket
from backend.cloud.errors import translated
from backend.cloud.naming import new_name
from backend.errors import DocumentInsightsError, EndpointMissing, InputError, NotFound
from backend.jobs.requests import HOUR, training_request
from backend.tasks.recipes.registry import recipe_of
from backend.tasks.text_classification import TEXT_CLASSIFICATION, TextClassificationRequest

TRAINING_SECONDS: Final = 1200
"""When the service stops the job."""
DEPLOY_SECONDS: Final = 1800
"""When an endpoint that is not ready is given up."""
DELETE_SECONDS: Final = 900
POLL: Final = 5.0
VALUES: Final = {"epochs": 1, "early_stopping_patience": 0, "batch_size": 8, "max_length": 32}
WORDS: Final = {"praise": "good and pleasant, thank you", "complaint": "broken and late, refund it"}

Say = Callable[[str], None]


class Smoke:
    """One run; everything that it makes is called ``name``."""

    def __init__(self, client: Client, say: Say, *, name: str = "", poll: float = POLL) -> None:
        self._client = client
        self._say = say
        self._poll = poll
        self.name = name or new_name("smoke", longest=40)

    def explain(self) -> None:
        """Say what would be done and what it costs at most."""
        cloud = self._client.cloud
        self._say(f"At {cloud.title}, bucket {cloud.bucket}, everything called {self.name}:")
        self._say(
            f"1. train on {cloud.training_instance_type}, stopped after "
            f"{TRAINING_SECONDS // 60} minutes at the latest"
        )
        self._say(
            f"2. deploy on {cloud.instance_type}, given up after {DEPLOY_SECONDS // 60} minutes"
        )
        self._say("3. ask it once; 4. delete endpoint, model, job and dataset")
        most = self.most()
        price = "not known: see AWS's price list" if most is None else f"{most:.2f} US dollars"
        self._say(f"Cost at most: {price}")

    def most(self) -> float | None:
        """The most that a run can cost, in US dollars; None where a price is not known."""
        cloud, hourly = self._client.cloud, self._client.costs.hourly
        training, serving = hourly(cloud.training_instance_type), hourly(cloud.instance_type)
        if training is None or serving is None:
            return None
        served = DEPLOY_SECONDS + DELETE_SECONDS
        return training * TRAINING_SECONDS / HOUR + serving * served / HOUR

    def run(self) -> None:
        """Train, deploy and ask; whatever happens, delete what was made.

        Raises ``DocumentInsightsError`` where a step fails, or something could not be deleted.
        """
        with self._cleaned_up():
            self._train()
            self._deploy()
            self._ask()

    def _train(self) -> None:
        rows = [
            {"text": f"{text}, case {number}", "label": label}
            for number in range(12)
            for label, text in WORDS.items()
        ]
        ensure_bucket(self._client.connections)
        parts = {"train": rows[:16], "validation": rows[16:]}
        data = self._client.datasets.add(self.name, "text_classification", parts, source="smoke")
        recipe = recipe_of("text_classification")
        request = training_request(
            recipe, data, values=VALUES, name=self.name, max_seconds=TRAINING_SECONDS
        )
        self._client.jobs.fine_tune(replace(request, volume_gb=10))
        self._say("training")
        job = self._until(
            lambda: (found := self._client.jobs.training_job(self.name)).finished and found,
            TRAINING_SECONDS + DELETE_SECONDS,
            "The training job did not end",
        )
        if job.status != "Completed":
            raise InputError(f"The training job is {job.status}: {job.failure_reason}")

    def _deploy(self) -> None:
        self._client.jobs.register(self.name, name=self.name)
        self._client.deploy(self.name)
        self._say("deploying")
        endpoint = self._until(
            lambda: (found := self._client.endpoint(self.name)).settled and found,
            DEPLOY_SECONDS,
            "The endpoint did not become ready",
        )
        if not endpoint.ready:
            raise InputError(f"The endpoint is {endpoint.state}: {endpoint.failure_reason}")

    def _ask(self) -> None:
        request = TextClassificationRequest(WORDS["praise"])
        answer = self._client.run(TEXT_CLASSIFICATION, request, endpoint=self.name)
        self._say(f"answered {answer.result.label} in {answer.seconds:.2f} s")

    def _until(self, probe: Callable[[], Any], seconds: float, late: str) -> Any:
        """What ``probe`` gives once it is true."""
        started = time.monotonic()
        while not (found := probe()):
            if time.monotonic() - started > seconds:
                raise TookTooLong(f"{late} in {seconds / 60:.0f} minutes: it is deleted.")
            time.sleep(self._poll)
        return found

    @contextmanager
    def _cleaned_up(self) -> Iterator[None]:
        try:
            yield
        finally:
            self._say("deleting")
            left = [what for what, work in self._remains() if not self._deleted(work)]
            if left:
                self._say(f"NOT DELETED, do it in AWS's console: {', '.join(left)} {self.name}")
            else:
                self._say("all of it is gone")

    def _remains(self) -> tuple[tuple[str, Callable[[], object]], ...]:
        """What may be there, the dearest first, and how it is deleted."""
        client = self._client
        sagemaker = client.connections.sagemaker
        return (
            ("endpoint", self._delete_endpoint),
            ("model", lambda: sagemaker.delete_model(ModelName=self.name)),
            ("training job", self._delete_job),
            ("dataset", lambda: client.datasets.remove(self.name)),
        )

    def _deleted(self, work: Callable[[], object]) -> bool:
        try:
            with translated():
                work()
        except (NotFound, EndpointMissing):
            return True
        except DocumentInsightsError as error:
            self._say(str(error))
            return False
        return True

    def _delete_endpoint(self) -> None:
        # SageMaker refuses while it is being created.
        self._until(
            lambda: self._client.endpoint(self.name).settled, DEPLOY_SECONDS, "It did not settle"
        )
        self._client.delete(self.name)

    def _delete_job(self) -> None:
        jobs = self._client.jobs
        jobs.stop(jobs.training_job(self.name))
        job = self._until(
            lambda: (found := jobs.training_job(self.name)).finished and found,
            DELETE_SECONDS,
            "The job did not stop",
        )
        jobs.delete(job, artifacts=True)


class TookTooLong(DocumentInsightsError):  # noqa: N818 - a name that states the fact
    """Raised when a step has had its time."""


def main(arguments: list[str] | None = None) -> int:
    """Read the command line; gives the exit status."""
    parser = argparse.ArgumentParser(prog="python -m backend.smoke", description=__doc__)
    parser.add_argument("--go", action="store_true", help="do it, not only say it")
    options = parser.parse_args(arguments)

    def say(line: str) -> None:
        sys.stdout.write(f"{time.strftime('%H:%M:%S')} {line}\n")
        sys.stdout.flush()

    try:
        smoke = Smoke(Client(), say)
        smoke.explain()
        if options.go:
            smoke.run()
        else:
            say("Nothing was done. To do it: make smoke-aws GO=--go")
    except DocumentInsightsError as error:
        say(str(error))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
