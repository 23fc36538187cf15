"""Datasets, models and comparisons from one cloud to another: pushed there, or pulled back.

The other cloud's settings are those of this one with ``DOCINSIGHTS_OTHER_`` in front::

    DOCINSIGHTS_OTHER_CLOUD=sagemaker DOCINSIGHTS_OTHER_BUCKET=… python -m backend.transfer \\
        push dataset support-requests

What is there already is not sent again, so that an interrupted transfer is simply repeated; what
is listed at the other end is there whole.
"""

import argparse
import json
import re
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Final, Literal, Self

from pydantic_settings import SettingsConfigDict

from backend.client import Client
from backend.cloud.archives import SERVING_ENVIRONMENT, ensure_bucket, s3_key, s3_place, s3_uri
from backend.cloud.connections import Connections
from backend.cloud.errors import translated
from backend.cloud.naming import PROJECT_TAG, SOURCE_TAG, TASK_TAG, as_tags, require_name
from backend.data.store import DatasetVersion
from backend.errors import (
    CloudBroken,
    DocumentInsightsError,
    InputError,
    NameTaken,
    NotFound,
    SettingsError,
)
from backend.evaluation.objects import Objects
from backend.evaluation.run import Entry
from backend.settings import Cloud, Settings

Direction = Literal["push", "pull"]
Kind = Literal["dataset", "model", "comparison"]
KINDS: Final[tuple[Kind, ...]] = ("dataset", "model", "comparison")
_PREFIX: Final = "DOCINSIGHTS_OTHER_"
_MOST_RUNS: Final = 1000
_OWN_TAGS: Final = ("aws:", PROJECT_TAG)
"""Tags that do not travel: AWS's, and whose things these are."""


class OtherSettings(Settings):
    """The settings of the other cloud: ``DOCINSIGHTS_OTHER_CLOUD`` and so on."""

    model_config = SettingsConfigDict(env_prefix=_PREFIX, frozen=True, extra="ignore")

    @classmethod
    def load(cls) -> Self:
        """Raises ``SettingsError`` where there is no other cloud, or a value is not valid."""
        try:
            found = super().load()
        except SettingsError as error:
            raise _renamed(error) from None
        if "cloud" not in found.model_fields_set:
            raise SettingsError(
                f"There is no other cloud: set {_PREFIX}CLOUD to sagemaker or local, and what "
                "else it needs."
            )
        return found

    def resolve(self) -> Cloud:
        """Raises ``SettingsError`` with the names of these settings, ``CloudUnreachable``."""
        try:
            return super().resolve()
        except SettingsError as error:
            raise _renamed(error) from None


def _renamed(error: SettingsError) -> SettingsError:
    return SettingsError(re.sub("DOCINSIGHTS_(?!OTHER_)", _PREFIX, str(error)))


@dataclass(frozen=True)
class Transfer:
    """From ``source`` to ``target``. Methods give the name at the other end and raise
    ``DocumentInsightsError``s only.
    """

    source: Client
    target: Client

    def names(self, kind: Kind) -> tuple[str, ...]:
        """What there is to be sent."""
        if kind == "dataset":
            return tuple(version.id for version in self.source.datasets.list())
        if kind == "model":
            return tuple(model.name for model in self.source.models())
        return tuple(run.id for run in self.source.evaluations.runs())

    def send(self, kind: Kind, name: str) -> str:
        """Copy the ``kind`` called ``name``, with all that it needs."""
        ensure_bucket(self.target.connections)
        return {"dataset": self.dataset, "model": self.model, "comparison": self.comparison}[kind](
            name
        )

    def dataset(self, name: str) -> str:
        """Copy ``name`` (the newest version) or ``name/version``; gives ``name/version`` there,
        where it may have another number.
        """
        return self._dataset(name).id

    def _dataset(self, name: str) -> DatasetVersion:
        found = self.source.datasets.get(*name.split("/", 1))
        copy = self.target.datasets.add(
            found.name,
            found.task,
            self.source.datasets.all_examples(found),
            source=found.source,
            notes=found.notes,
        )
        if copy.sha256 != found.sha256:
            raise CloudBroken(f"“{name}” arrived changed")
        return copy

    def model(self, name: str) -> str:
        """Copy the registered model ``name``, or what the training job ``name`` left, and
        register it.
        """
        facts = self._facts(require_name(name))
        uri, origin = str(facts["uri"]), self.source.connections
        if not uri.startswith("s3://") or uri.endswith("/"):
            raise InputError(f"“{name}” has no archive of its own: deploy it from its source.")
        bucket, key = s3_place(uri)
        with translated():
            tag = origin.s3.head_object(Bucket=bucket, Key=key)["ETag"].strip('"')
        parts = ("models", name, tag, "model.tar.gz")
        target = self.target.connections
        copy_object(origin, (bucket, key), target, s3_key(target, *parts))
        self._register(name, s3_uri(target, *parts), facts)
        return name

    def _facts(self, name: str) -> dict[str, Any]:
        """Archive, environment, image and tags of a model, or of the model of a job."""
        connections = self.source.connections
        try:
            with translated():
                found = connections.sagemaker.describe_model(ModelName=name)
        except NotFound:
            job = self.source.jobs.training_job(name)
            if not job.deployable:
                raise InputError(f"“{name}” has left no model: choose another job.") from None
            tags = {TASK_TAG: job.task, SOURCE_TAG: job.source}
            return {"uri": job.model_uri, "environment": SERVING_ENVIRONMENT, "tags": tags}
        container = found.get("PrimaryContainer") or (found.get("Containers") or [{}])[0]
        return {
            "uri": container.get("ModelDataUrl", ""),
            "environment": container.get("Environment", {}),
            "image": container.get("Image", ""),
            "tags": connections.tags(found["ModelArn"]),
        }

    def _register(self, name: str, uri: str, facts: Mapping[str, Any]) -> None:
        cloud, sagemaker = self.target.cloud, self.target.connections.sagemaker
        # The image that a cloud serves our models with is the cloud's own affair.
        ours = facts.get("image", "") in ("", self.source.cloud.image)
        tags = {k: v for k, v in facts["tags"].items() if not k.startswith(_OWN_TAGS)}
        try:
            if self.target.model(name).data_url == uri:
                return
            raise NameTaken(f"there is another model “{name}”")
        except NotFound:
            pass
        with translated():
            sagemaker.create_model(
                ModelName=name,
                ExecutionRoleArn=cloud.role_arn,
                PrimaryContainer={
                    "Image": cloud.image if ours else facts["image"],
                    "ModelDataUrl": uri,
                    "Environment": facts["environment"],
                },
                Tags=as_tags(tags),
            )

    def comparison(self, name: str) -> str:
        """Copy the evaluation run ``name``: its dataset, its scored models' records, and the list
        of them. Models that are not scored yet are left out.
        """
        runs = (run for run in self.source.evaluations.runs(limit=_MOST_RUNS) if run.id == name)
        run = next(runs, None)
        if run is None:
            raise NotFound(f"the comparison “{name}”")
        states = self.source.evaluations.states(run)
        scored = [
            (entry.model, state.record)
            for entry, state in zip(run.entries, states, strict=True)
            if state.record
        ]
        if not scored:
            raise InputError(f"Nothing of “{name}” is scored yet: wait for its end.")
        dataset = self._dataset(run.dataset)
        records = self.source.evaluations.records
        for _, record in scored:
            self.target.evaluations.records.save(record, records.details(record))
        entries = tuple(Entry(model, "") for model, _ in scored)
        copied = replace(run, dataset=dataset.id, entries=entries)
        content = json.dumps(asdict(copied)).encode()
        Objects(self.target.connections).put(f"evaluations/runs/{name}.json", content)
        return name


def copy_object(source: Connections, place: tuple[str, str], target: Connections, key: str) -> None:
    """Stream the object at ``place`` (bucket and key) to ``key`` of the target's bucket, unless
    it is there.

    boto3 checks the checksums of what it reads and writes; parts of an upload that fails are
    removed, so that an object is there whole or not at all.
    """
    bucket = target.cloud.bucket
    with translated():
        answer = source.s3.get_object(Bucket=place[0], Key=place[1])
    size = answer["ContentLength"]
    if _size(target, bucket, key) == size:
        answer["Body"].close()
        return
    with answer["Body"] as body, translated():
        target.s3.upload_fileobj(body, bucket, key)
    if _size(target, bucket, key) != size:
        raise CloudBroken(f"s3://{bucket}/{key} did not arrive whole")


def _size(connections: Connections, bucket: str, key: str) -> int | None:
    try:
        with translated():
            return int(connections.s3.head_object(Bucket=bucket, Key=key)["ContentLength"])
    except NotFound:
        return None


def transfer(direction: Direction) -> Transfer:
    """From this cloud to the other one ("push") or back; raises ``SettingsError``."""
    here, there = Client(), Client(OtherSettings.load())
    return Transfer(here, there) if direction == "push" else Transfer(there, here)


def main(arguments: list[str] | None = None) -> int:
    """Read the command line; gives the exit status."""
    parser = argparse.ArgumentParser(prog="python -m backend.transfer", description=__doc__)
    parser.add_argument("direction", choices=("push", "pull"))
    parser.add_argument("kind", choices=KINDS)
    parser.add_argument("name", help="a dataset (or name/version), a model or job, an evaluation")
    options = parser.parse_args(arguments)
    try:
        name = transfer(options.direction).send(options.kind, options.name)
    except DocumentInsightsError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(f"{name} is there.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
