"""The operations on tuning jobs: what they write in the database, the tuner carries out."""

import base64
import binascii
import json
import secrets
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import delete
from sqlalchemy.orm import Session

from backend.local.jobs import training_request
from backend.local.jobs.tuning import Trainings, Tuner
from backend.local.jobs.tuning_checks import TuningError, check, check_parents
from backend.local.jobs.tuning_plan import Study, child_request, completed
from backend.local.jobs.tuning_records import (
    Trial,
    Tuning,
    TuningJob,
    TuningRecords,
    TuningTrial,
    parent_names,
    read,
    with_parents,
)
from backend.local.sagemaker import tags, tuning_answers
from backend.local.sagemaker.arns import Account, Kind, invalid
from backend.local.sagemaker.listing import page
from backend.local.store import Store, now
from backend.local.wire.errors import AwsError
from backend.local.wire.json11 import Operation

TUNING_JOB = Kind("hyper-parameter-tuning-job", "hyperparameter tuning job")
_SEEDS = 2**31
_PAGE = 10


class TuningJobs:
    """The tuning jobs of the account."""

    def __init__(self, store: Store, account: Account, tuner: Tuner) -> None:
        self._store = store
        self._account = account
        self._tuner = tuner

    @property
    def operations(self) -> Mapping[str, Operation]:
        """The operations by AWS's names."""
        return {
            "CreateHyperParameterTuningJob": self._create,
            "DescribeHyperParameterTuningJob": self._describe,
            "ListHyperParameterTuningJobs": self._list,
            "ListTrainingJobsForHyperParameterTuningJob": self._list_trials,
            "StopHyperParameterTuningJob": self._stop,
            "DeleteHyperParameterTuningJob": self._delete,
        }

    async def _create(self, request: dict[str, Any]) -> dict[str, Any]:
        study = _checked(request)
        name = request["HyperParameterTuningJobName"]
        arn = self._account.arn(TUNING_JOB, name)
        seed = study.config.get("RandomSeed", secrets.randbelow(_SEEDS)) % _SEEDS

        def work(session: Session) -> None:
            if session.get(TuningJob, name):
                raise AwsError(
                    "ResourceInUse",
                    f"A hyperparameter tuning job with the name, {name}, already exists. "
                    "Choose a different name.",
                )
            _check_parents(session, study)
            job = TuningJob(
                name=name, arn=arn, status="InProgress", definition=completed(request), seed=seed
            )
            session.add(job)
            tags.write(session, arn, request.get("Tags", []))

        await self._store.run(work)
        self._tuner.proceed(name)
        return {"HyperParameterTuningJobArn": arn}

    async def _describe(self, request: dict[str, Any]) -> dict[str, Any]:
        def work(session: Session) -> Tuning:
            return with_parents(session, _get(session, request))

        return tuning_answers.describe(await self._store.run(work), now())

    async def _list(self, request: dict[str, Any]) -> dict[str, Any]:
        def work(session: Session) -> tuple[list[Tuning | None], str | None]:
            found = page(session, TuningJob, request)
            return [read(session, job.name) for job in found.rows], found.next_token

        tunings, token = await self._store.run(work)
        return {
            "HyperParameterTuningJobSummaries": [
                tuning_answers.listed(tuning) for tuning in tunings if tuning
            ],
            "NextToken": token,
        }

    async def _list_trials(self, request: dict[str, Any]) -> dict[str, Any]:
        tuning = await self._store.run(lambda session: _get(session, request))
        study = Study(tuning.job.definition)
        trials, token = trial_page(tuning.trials, request)
        return {
            "TrainingJobSummaries": [tuning_answers.summary(trial, study) for trial in trials],
            "NextToken": token,
        }

    async def _stop(self, request: dict[str, Any]) -> dict[str, Any]:
        def work(session: Session) -> str:
            job = _get(session, request).job
            if job.status == "InProgress":
                job.status = "Stopping"
                job.last_modified_time = now()
            return job.name

        self._tuner.proceed(await self._store.run(work))
        return {}

    async def _delete(self, request: dict[str, Any]) -> dict[str, Any]:
        def work(session: Session) -> None:
            job = _get(session, request).job
            if not job.has_ended:
                raise AwsError(
                    "ResourceInUse",
                    f"Tuning job {job.arn} is in status {job.status}: stop it before deleting.",
                )
            tags.forget(session, job.arn)
            session.execute(delete(TuningTrial).where(TuningTrial.tuning_job == job.name))
            session.delete(job)

        await self._store.run(work)
        return {}


def build(store: Store, account: Account, trainings: Trainings) -> tuple[TuningJobs, Tuner]:
    """The operations on tuning jobs and what runs behind them."""
    tuner = Tuner(TuningRecords(store), trainings)
    return TuningJobs(store, account, tuner), tuner


def trial_page(
    trials: Sequence[Trial], request: Mapping[str, Any]
) -> tuple[list[Trial], str | None]:
    """(trials, token for the next ones) that a ListTrainingJobsFor… request asks for.

    By name from the first one on, ten at a time, unless the request says otherwise. A page goes on
    behind the last trial of the one before. Raises AwsError for a token that is not ours.
    """
    order, ascending = request.get("SortBy", "Name"), request.get("SortOrder") != "Descending"
    status = request.get("StatusEquals")
    keyed = [
        (key, trial)
        for trial in trials
        if trial.arn and status in (None, trial.status) and (key := _sort_key(trial, order))
    ]
    keyed.sort(key=lambda pair: pair[0], reverse=not ascending)
    if token := request.get("NextToken"):
        last = _position(token, order, ascending=ascending)
        keyed = [pair for pair in keyed if (pair[0] > last if ascending else pair[0] < last)]
    size = request.get("MaxResults", _PAGE)
    shown = keyed[:size]
    following = _token(order, shown[-1][0], ascending=ascending) if len(keyed) > size else None
    return [trial for _, trial in shown], following


def _sort_key(trial: Trial, order: str) -> tuple[Any, str] | None:
    """What ``trial`` is sorted by, then its name; None where it has no such thing."""
    created = trial.created.timestamp() if trial.created else 0.0
    keys = {
        "Name": trial.training_job,
        "CreationTime": created,
        "Status": trial.status,
        "FinalObjectiveMetricValue": trial.score,
    }
    value = keys[order]
    return None if value is None else (value, trial.training_job)


def _token(order: str, position: tuple[Any, str], *, ascending: bool) -> str:
    content = json.dumps([order, ascending, *position])
    return base64.urlsafe_b64encode(content.encode()).decode()


def _position(token: str, order: str, *, ascending: bool) -> tuple[Any, str]:
    try:
        told, direction, value, name = json.loads(base64.urlsafe_b64decode(token))
        wanted = str if order in ("Name", "Status") else float
        if (told, direction) != (order, ascending) or not isinstance(name, str):
            raise ValueError(token)
        return wanted(value), name
    except (ValueError, TypeError, binascii.Error) as error:
        raise invalid("Invalid pagination token: the NextToken is not valid.") from error


def _checked(request: Mapping[str, Any]) -> Study:
    """The search that is asked for; refused now if its training jobs would be. Raises AwsError."""
    try:
        study = check(request)
    except TuningError as error:
        raise invalid(str(error)) from error
    for plan in study.plans:
        training_request.check(child_request(plan, "any", {}, []))
    return study


def _check_parents(session: Session, study: Study) -> None:
    parents = []
    for name in parent_names(study.request):
        parent = read(session, name)
        if parent is None:
            raise invalid(f"The parent tuning job {name} does not exist.")
        parents.append(parent)
    try:
        check_parents(study, parents)
    except TuningError as error:
        raise invalid(str(error)) from error


def _get(session: Session, request: Mapping[str, Any]) -> Tuning:
    name = request["HyperParameterTuningJobName"]
    tuning = read(session, name)
    if tuning is None:
        raise AwsError(
            "ResourceNotFound",
            f"Amazon SageMaker can't find a tuning job called {name}. Type another name.",
        )
    return tuning
