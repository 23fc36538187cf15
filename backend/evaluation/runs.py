"""Evaluation runs: models of a task answer a test split by batch transform, and are scored.

A run is a small JSON object in S3 that says what was asked for; how far it is, the transform jobs
and the records say. So nothing has to keep running while jobs do, and whoever looks next goes on.
"""

import hashlib
import json
import secrets
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime
from typing import Any, Final, TypeVar

from backend.cloud.connections import Connections
from backend.cloud.naming import DATASET_TAG, TASK_TAG, new_name
from backend.errors import CloudError, DocumentInsightsError, InputError, NotFound
from backend.evaluation.asking import Asking
from backend.evaluation.baselines import baseline, baseline_name
from backend.evaluation.batches import gold_of, named, predictions_of
from backend.evaluation.compared import Compared, compared
from backend.evaluation.comparison import Comparison
from backend.evaluation.conventions import in_names_of_gold, labels_in
from backend.evaluation.examples import Examples, TaskName, Value
from backend.evaluation.objects import Objects
from backend.evaluation.record import ModelIdentity, Record, compare_all_records, evaluate
from backend.evaluation.records import Records
from backend.evaluation.resampling import RESAMPLES
from backend.evaluation.run import Entry, Run, State, run_from
from backend.evaluation.seen import TRAINED, seen_by
from backend.evaluation.sources import Datasets, Endpoints, Transforms
from backend.evaluation.training import Training, training_alarms
from backend.tasks.batch import batch_of

TRIVIAL: Final = "trivial"
_RUNS: Final = "evaluations/runs/"
_REQUESTS: Final = "requests.jsonl"
_NAMES: Final = "evaluations/label-names/"
_KEPT: Final = 8

T = TypeVar("T")
"""Test splits and comparisons that stay in memory."""


class Evaluations:
    """The evaluation runs of one cloud and their records. Safe to share between threads.

    ``identify`` says which model a registered model is, ``trained`` how it was trained, None where
    nothing is known of that. Methods raise ``DocumentInsightsError``s only.
    """

    def __init__(
        self,
        connections: Connections,
        datasets: Datasets,
        transforms: Transforms,
        identify: Callable[[str], ModelIdentity],
        trained: Callable[[ModelIdentity], Training | None],
        endpoints: Endpoints,
        *,
        resamples: int = RESAMPLES,
    ) -> None:
        self.records = Records(connections)
        self._objects = Objects(connections)
        self._endpoints = endpoints
        self._asking = Asking(self._objects, endpoints.predict)
        self._datasets = datasets
        self._transforms = transforms
        self.identify = identify
        self._trained = trained
        self._resamples = resamples
        self._scoring = threading.Lock()
        self._examples: dict[str, Examples] = {}
        self._compared: dict[tuple[str, ...], Any] = {}

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

    def start(
        self,
        version: Any,
        models: Sequence[str],
        *,
        endpoints: Sequence[str] = (),
        trivial: bool = True,
    ) -> Run:
        """Have ``models`` answer the test split of ``version`` in batch jobs, and ``endpoints``
        request by request; what was scored on the same data before is not asked again.
        ``trivial`` adds the task's trivial baseline.

        Raises ``InputError`` where there is nothing to do or an example cannot be sent.
        """
        if not models and not endpoints and not trivial:
            raise InputError("There is nothing to evaluate: choose a model.")
        examples = self.examples(version)
        identities = [self.identify(name) for name in models]
        served = [self._endpoints.identify(name) for name in endpoints]
        # Two runs of the same second must not share their batch jobs' names.
        run_id = new_name("evaluation", examples.task, secrets.token_hex(3))
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
        entries += [Entry(one, "", one.name) for one in served]
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
            self._keep(examples, found, model, version)
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
        if entry.endpoint:
            return self._asked(run, entry)
        if not entry.job:
            return State(name, "Stopped", 0.0, reason="Its record was deleted: evaluate it again.")
        try:
            job = self._transforms.job(entry.job)
        except NotFound:
            return State(name, "Stopped", 0.0, reason="Its job is gone: evaluate it again.")
        if job.status != "Completed":
            return State(name, job.status, job.elapsed(), reason=job.failure_reason)
        return self._scored(run, entry, job.elapsed())

    def _asked(self, run: Run, entry: Entry) -> State:
        """How far an endpoint is; it goes on with its answers where nobody is at them."""
        try:
            rows = self._datasets.examples(self._datasets.get(*run.dataset.split("/")), "test")
        except NotFound:
            return State(entry.model.name, "Stopped", 0.0, reason="Its dataset is gone.")
        seconds = (datetime.now(UTC) - datetime.fromisoformat(run.created)).total_seconds()
        at = self._asking.go_on(_output(run.id, entry.model), entry.endpoint, run.task, rows)
        if at.status != "Completed":
            return State(entry.model.name, at.status, seconds, reason=at.reason)
        return self._scored(run, entry, seconds)

    def _scored(self, run: Run, entry: Entry, seconds: float) -> State:
        name = entry.model.name
        try:
            return State(name, "Completed", seconds, self._score(run, entry))
        except DocumentInsightsError as error:
            if isinstance(error, CloudError) and not isinstance(error, NotFound):
                raise  # not the model's fault, and perhaps gone the next time
            return State(name, "Failed", seconds, reason=str(error))

    def _score(self, run: Run, entry: Entry) -> Record:
        with self._scoring:
            if known := self._known(run.task, run.data_sha256, entry.model):
                return known
            version = self._datasets.get(*run.dataset.split("/"))
            examples = self.examples(version)
            if examples.sha256 != run.data_sha256:
                raise InputError(f"“{run.dataset}” has changed since: evaluate again.")
            rows = self._datasets.examples(version, "test")
            folder = _output(run.id, entry.model)
            if entry.endpoint:
                predicted = named(examples, self._asking.answers(folder, rows))
            else:
                answers = self._objects.get(f"{folder}{_REQUESTS}.out")
                predicted = predictions_of(run.task, answers, rows, examples)
            return self._keep(examples, predicted, entry.model, version)

    def _keep(
        self,
        examples: Examples,
        predicted: Sequence[Value],
        model: ModelIdentity,
        version: Any,
    ) -> Record:
        groups = {group for group in examples.groups if group}
        training = self._trained(model) if model.kind in TRAINED else None
        predicted, notes = in_names_of_gold(examples, predicted, self.label_names(version))
        seen = seen_by(model, training, version, self._datasets, self._objects)
        record, details = evaluate(
            examples,
            predicted,
            model,
            data_name=version.id,
            by_group=bool(groups) and len(groups) < len(examples.ids),
            more_alarms=(*notes, *([seen] if seen else [])),
            training=training,
            resamples=self._resamples,
        )
        if model.kind == TRIVIAL:
            # It is meant to be bad: nobody has to be warned of it.
            record = replace(record, alarms=())
        if training:
            split = version.splits["test"].sha256
            more = training_alarms(training, record.metrics, n=record.data.n, test_sha256=split)
            record = replace(record, alarms=(*record.alarms, *more))
        self.records.save(record, details)
        return record

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

    def label_names(self, version: Any) -> dict[str, str]:
        """What models' labels are called in this dataset, as far as a person has said so."""
        found = self._objects.get_json(_names_key(version)) or {}
        return {str(one): str(other) for one, other in found.items()}

    def labels(self, version: Any, record: Record) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The labels that ``record``'s model answered and the test data does not have, and those
        that the test data has.
        """
        gold = labels_in(record.task, self.examples(version).gold)
        answered = labels_in(record.task, self.records.details(record).predicted)
        return tuple(sorted(answered - gold)), tuple(sorted(gold))

    def name_labels(self, version: Any, record: Record, names: Mapping[str, str]) -> Record:
        """Score what ``record``'s model answered again, with its labels called as ``names`` says
        (model's: dataset's), and remember that with the dataset.

        Raises ``InputError`` where the test data has no such label.
        """
        examples = self.examples(version)
        answered = self.records.details(record).predicted
        known = labels_in(examples.task, examples.gold)
        for name in names.values():
            if name not in known:
                raise InputError(f"The test data of {version.id} has no label “{name}”.")
        content = json.dumps({**self.label_names(version), **names}, ensure_ascii=False)
        self._objects.put(_names_key(version), content.encode("utf-8", "surrogatepass"))
        return self._keep(examples, answered, record.model, version)

    def compare(
        self, version: Any, first: Record, second: Record, *, metric: str | None = None
    ) -> Compared:
        """``second`` against ``first``, both scored on the test split of ``version``.

        Raises ``InputError`` where that, or the test data of the two, is not the same.
        """
        examples = self._examples_of(version, (first, second))
        return self._once(
            (first.address, second.address, metric or ""),
            lambda: compared(
                (first, self.records.details(first)),
                (second, self.records.details(second)),
                examples,
                self._datasets.examples(version, "test"),
                metric=metric,
            ),
        )

    def compare_all(
        self,
        version: Any,
        baseline: Record,
        others: Sequence[Record],
        *,
        metric: str | None = None,
        pairwise: bool = False,
    ) -> tuple[Comparison, ...]:
        """Each of ``others`` against ``baseline``, and where ``pairwise`` each against those
        before it, with p-values and verdicts corrected for how many comparisons that makes.

        Raises ``InputError`` as ``compare`` does.
        """
        self._examples_of(version, (baseline, *others))
        records = (baseline, *others)

        def work() -> tuple[Comparison, ...]:
            read = [(record, self.records.details(record)) for record in records]
            return compare_all_records(read[0], read[1:], metric=metric, pairwise=pairwise)

        addresses = (record.address for record in records)
        return self._once(("all", metric or "", str(pairwise), *addresses), work)

    def _once(self, key: tuple[str, ...], work: Callable[[], T]) -> T:
        """What ``work`` gives, kept for the next time: records never change."""
        if key not in self._compared:
            while len(self._compared) >= _KEPT:
                self._compared.pop(next(iter(self._compared)), None)
            self._compared[key] = work()
        found: T = self._compared[key]
        return found

    def _examples_of(self, version: Any, records: Sequence[Record]) -> Examples:
        """The test split of ``version``; raises ``InputError`` unless all were scored on it."""
        examples = self.examples(version)
        for record in records:
            if record.data.sha256 != examples.sha256:
                raise InputError(
                    f"“{record.model.name}” was scored on other test data than {version.id}: "
                    "evaluate it on these, then compare."
                )
        return examples

    def stop(self, run: Run) -> None:
        """Have the jobs of ``run`` stop that still run; what has been scored stays."""
        for entry in run.entries:
            if entry.job:
                self._transforms.stop(entry.job)
            elif entry.endpoint:
                self._asking.stop(_output(run.id, entry.model))


def _names_key(version: Any) -> str:
    return f"{_NAMES}{str(version.id).split('/')[0]}.json"


def _output(run_id: str, model: ModelIdentity) -> str:
    return f"transform/{run_id}/{model.sha256[:16]}/"
