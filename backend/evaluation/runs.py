"""Evaluation runs: models of a task answer a test split by batch transform, and are scored.

A run is a small JSON object in S3 that says what was asked for; how far it is, the transform jobs
and the records say. So nothing has to keep running while jobs do, and whoever looks next goes on.
"""

import hashlib
import json
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime
from typing import Any, Final, Protocol

from backend.connections import Connections
from backend.errors import CloudError, DocumentInsightsError, InputError, NotFound
from backend.evaluation.alarms import Alarm, seen_in_training, validation_gap
from backend.evaluation.baselines import baseline, baseline_name
from backend.evaluation.batches import Example, gold_of, predictions_of
from backend.evaluation.compared import Compared, compared
from backend.evaluation.examples import Examples, TaskName, Value
from backend.evaluation.objects import Objects
from backend.evaluation.record import ModelIdentity, Record, evaluate
from backend.evaluation.records import Records
from backend.evaluation.resampling import RESAMPLES
from backend.evaluation.run import Entry, Run, State, run_from
from backend.naming import DATASET_TAG, TASK_TAG, new_name
from backend.tasks.batch import batch_of

TRIVIAL: Final = "trivial"
TRAINED: Final = frozenset({"finetuned", "tuned"})
"""The sources of models that jobs made, as their tags say it."""
_RUNS: Final = "evaluations/runs/"
_REQUESTS: Final = "requests.jsonl"
_KEPT: Final = 8
"""Test splits and comparisons that stay in memory."""


class Datasets(Protocol):
    """Where examples are from: ``backend.data.store.Datasets`` with its versions."""

    def get(self, name: str, version: str | None = None) -> Any:
        """A version, which has an ``id`` (``name/version``) and a ``task``."""
        ...

    def examples(self, version: Any, split: str) -> Sequence[Example]:
        """The examples of one split, () for no such split."""
        ...


class Transforms(Protocol):
    """What runs the models: ``backend.jobs.transform.Transforms``."""

    def start(
        self,
        name: str,
        *,
        model: str,
        input_uri: str,
        output_uri: str,
        tags: Mapping[str, str] | None = None,
    ) -> str:
        """Have ``model`` answer the lines at ``input_uri``."""
        ...

    def job(self, name: str) -> Any:
        """How far a job is: ``status``, ``finished``, ``failure_reason`` and ``elapsed()``."""
        ...

    def stop(self, name: str) -> None:
        """Have a job stop."""
        ...


class Evaluations:
    """The evaluation runs of one cloud and their records. Safe to share between threads.

    ``identify`` says which model a registered model is, ``validation`` what its training reported
    on validation data, by metric. Methods raise ``DocumentInsightsError``s only.
    """

    def __init__(
        self,
        connections: Connections,
        datasets: Datasets,
        transforms: Transforms,
        identify: Callable[[str], ModelIdentity],
        validation: Callable[[ModelIdentity], Mapping[str, float]],
        *,
        resamples: int = RESAMPLES,
    ) -> None:
        self.records = Records(connections)
        self._objects = Objects(connections)
        self._datasets = datasets
        self._transforms = transforms
        self._identify = identify
        self._validation = validation
        self._resamples = resamples
        self._scoring = threading.Lock()
        self._examples: dict[str, Examples] = {}
        self._compared: dict[tuple[str, ...], Compared] = {}

    def examples(self, version: Any) -> Examples:
        """The test split of a dataset's version, as it is scored; raises ``InputError``."""
        rows = self._datasets.examples(version, "test")
        if not rows:
            raise InputError(f"“{version.id}” has no test split: choose a dataset that has one.")
        key = f"{version.id}/{version.splits['test'].sha256}"
        if key not in self._examples:
            while len(self._examples) >= _KEPT:
                self._examples.pop(next(iter(self._examples)), None)
            self._examples[key] = gold_of(version.task, rows)
        return self._examples[key]

    def start(self, version: Any, models: Sequence[str], *, trivial: bool = True) -> Run:
        """Have ``models`` answer the test split of ``version``; what was scored on the same data
        before is not asked again. ``trivial`` adds the task's trivial baseline.

        Raises ``InputError`` where there is nothing to do or an example cannot be sent.
        """
        if not models and not trivial:
            raise InputError("There is nothing to evaluate: choose a model.")
        examples = self.examples(version)
        identities = [self._identify(name) for name in models]
        # Runs of the same second differ in what they ask.
        asked = json.dumps([version.id, examples.sha256, [one.sha256 for one in identities]])
        digest = hashlib.sha256(asked.encode()).hexdigest()[:6]
        run_id = new_name("evaluation", examples.task, digest)
        lines = b"".join(
            batch_of(version.task).line(example) + b"\n"
            for example in self._datasets.examples(version, "test")
        )
        pending = [one for one in identities if not self._record(examples, one)]
        if pending:
            self._objects.put(f"transform/{run_id}/{_REQUESTS}", lines)
        entries = [
            Entry(one, self._begin(run_id, place, one, version) if one in pending else "")
            for place, one in enumerate(identities)
        ]
        if trivial:
            entries.insert(0, Entry(self._score_trivial(version, examples), ""))
        created = datetime.now(UTC).isoformat(timespec="seconds")
        run = Run(run_id, examples.task, version.id, examples.sha256, created, tuple(entries))
        self._objects.put(f"{_RUNS}{run_id}.json", json.dumps(asdict(run)).encode())
        return run

    def _begin(self, run_id: str, place: int, model: ModelIdentity, version: Any) -> str:
        return self._transforms.start(
            f"{run_id}-{place}",
            model=model.name,
            input_uri=self._objects.uri(f"transform/{run_id}/{_REQUESTS}"),
            output_uri=self._objects.uri(_output(run_id, model)),
            tags={TASK_TAG: version.task, DATASET_TAG: version.id},
        )

    def _score_trivial(self, version: Any, examples: Examples) -> ModelIdentity:
        """Score the trivial baseline, which needs no job."""
        training = self._datasets.examples(version, "train")
        found = baseline(examples, [str(row["label"]) for row in training if "label" in row])
        name = baseline_name(examples.task)
        # What it answers is all that it is.
        written = json.dumps([name, found], ensure_ascii=False).encode("utf-8", "surrogatepass")
        model = ModelIdentity(name, hashlib.sha256(written).hexdigest(), kind=TRIVIAL)
        if not self._record(examples, model):
            self._keep(examples, found, model, version.id, ())
        return model

    def runs(self, task: str | None = None, *, limit: int = 20) -> tuple[Run, ...]:
        """The newest runs (of ``task``), the newest first."""
        keys = [key for key in self._objects.keys(_RUNS) if key.endswith(".json")]
        # A name ends in the time at which it was made.
        keys.sort(key=lambda key: key.removesuffix(".json")[-13:], reverse=True)
        found = (run_from(self._objects.get_json(key)) for key in keys)
        mine = (run for run in found if run and task in (None, run.task))
        return tuple(run for run, _ in zip(mine, range(limit), strict=False))

    def states(self, run: Run) -> tuple[State, ...]:
        """How far every model of ``run`` is; answers that have come are scored on the way."""
        return tuple(self._state(run, entry) for entry in run.entries)

    def _state(self, run: Run, entry: Entry) -> State:
        name = entry.model.name
        if record := self._known(run.task, run.data_sha256, entry.model):
            return State(name, "Completed", 0.0, record)
        if not entry.job:
            return State(name, "Stopped", 0.0, reason="Its record was deleted: evaluate it again.")
        try:
            job = self._transforms.job(entry.job)
        except NotFound:
            return State(name, "Stopped", 0.0, reason="Its job is gone: evaluate it again.")
        if job.status != "Completed":
            return State(name, job.status, job.elapsed(), reason=job.failure_reason)
        try:
            return State(name, "Completed", job.elapsed(), self._score(run, entry))
        except DocumentInsightsError as error:
            if isinstance(error, CloudError) and not isinstance(error, NotFound):
                raise  # not the model's fault, and perhaps gone the next time
            return State(name, "Failed", job.elapsed(), reason=str(error))

    def _score(self, run: Run, entry: Entry) -> Record:
        with self._scoring:
            if known := self._known(run.task, run.data_sha256, entry.model):
                return known
            version = self._datasets.get(*run.dataset.split("/"))
            examples = self.examples(version)
            if examples.sha256 != run.data_sha256:
                raise InputError(f"“{run.dataset}” has changed since: evaluate again.")
            rows = self._datasets.examples(version, "test")
            answers = self._objects.get(f"{_output(run.id, entry.model)}{_REQUESTS}.out")
            predicted = predictions_of(run.task, answers, rows, examples)
            alarms = self._seen(version, entry.model)
            return self._keep(examples, predicted, entry.model, run.dataset, alarms)

    def _seen(self, version: Any, model: ModelIdentity) -> tuple[Alarm, ...]:
        """Whether the data that the model was trained on, if it was this, holds test examples."""
        if model.kind not in TRAINED:
            return ()
        test, training = (
            [batch_of(version.task).line(one).decode() for one in rows]
            for rows in (self._datasets.examples(version, part) for part in ("test", "train"))
        )
        alarm = seen_in_training(test, training)
        return (alarm,) if alarm else ()

    def _keep(
        self,
        examples: Examples,
        predicted: Sequence[Value],
        model: ModelIdentity,
        data_name: str,
        alarms: Sequence[Alarm],
    ) -> Record:
        groups = {group for group in examples.groups if group}
        record, details = evaluate(
            examples,
            predicted,
            model,
            data_name=data_name,
            by_group=bool(groups) and len(groups) < len(examples.ids),
            more_alarms=alarms,
            resamples=self._resamples,
        )
        if gap := self._gap(record):
            record = replace(record, alarms=(*record.alarms, gap))
        self.records.save(record, details)
        return record

    def _gap(self, record: Record) -> Alarm | None:
        """Whether training promised more than the test shows, by the first metric of both."""
        if record.model.kind not in TRAINED:
            return None
        promised = self._validation(record.model)
        name = next((name for name in record.metrics if name in promised), None)
        return validation_gap(name, promised[name], record.metrics[name]) if name else None

    def _record(self, examples: Examples, model: ModelIdentity) -> Record | None:
        return self._known(examples.task, examples.sha256, model)

    def _known(self, task: TaskName, data: str, model: ModelIdentity) -> Record | None:
        return next(
            (
                record
                for record in self.records.list(task)
                if (record.data.sha256, record.model.sha256) == (data, model.sha256)
            ),
            None,
        )

    def compare(
        self, version: Any, first: Record, second: Record, *, metric: str | None = None
    ) -> Compared:
        """``second`` against ``first``, both scored on the test split of ``version``.

        Raises ``InputError`` where that, or the test data of the two, is not the same.
        """
        examples = self.examples(version)
        for record in (first, second):
            if record.data.sha256 != examples.sha256:
                raise InputError(
                    f"“{record.model.name}” was scored on other test data than {version.id}: "
                    "evaluate it on these, then compare."
                )
        key = (first.address, second.address, metric or "")
        if key not in self._compared:
            while len(self._compared) >= _KEPT:
                self._compared.pop(next(iter(self._compared)), None)
            self._compared[key] = compared(
                (first, self.records.details(first)),
                (second, self.records.details(second)),
                examples,
                self._datasets.examples(version, "test"),
                metric=metric,
            )
        return self._compared[key]

    def stop(self, run: Run) -> None:
        """Have the jobs of ``run`` stop that still run; what has been scored stays."""
        for entry in run.entries:
            if entry.job:
                self._transforms.stop(entry.job)


def _output(run_id: str, model: ModelIdentity) -> str:
    return f"transform/{run_id}/{model.sha256[:16]}/"
