"""CreateModel, DescribeModel, ListModels, DeleteModel."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from backend.local.sagemaker import tags
from backend.local.sagemaker.arns import MODEL, Account, invalid
from backend.local.sagemaker.listing import page
from backend.local.store import Model, Store
from backend.local.wire.json11 import Operation


class Models:
    """The models of the account."""

    def __init__(self, store: Store, account: Account) -> None:
        self._store = store
        self._account = account

    @property
    def operations(self) -> Mapping[str, Operation]:
        """The operations by AWS's names."""
        return {
            "CreateModel": self._create,
            "DescribeModel": self._describe,
            "ListModels": self._list,
            "DeleteModel": self._delete,
        }

    async def _create(self, request: dict[str, Any]) -> dict[str, Any]:
        _check(container(request))
        name, given = request["ModelName"], request.pop("Tags", [])

        def work(session: Session) -> str:
            if session.get(Model, name):
                raise self._account.existing(MODEL, name)
            arn = self._account.arn(MODEL, name)
            session.add(Model(name=name, arn=arn, definition=request))
            tags.write(session, arn, given)
            return arn

        return {"ModelArn": await self._store.run(work)}

    async def _describe(self, request: dict[str, Any]) -> dict[str, Any]:
        model = await self._store.run(lambda session: self._get(session, request["ModelName"]))
        return {
            "EnableNetworkIsolation": False,
            **model.definition,
            "ModelArn": model.arn,
            "CreationTime": model.creation_time,
        }

    async def _list(self, request: dict[str, Any]) -> dict[str, Any]:
        found = await self._store.run(lambda session: page(session, Model, request))
        summaries = [
            {"ModelName": m.name, "ModelArn": m.arn, "CreationTime": m.creation_time}
            for m in found.rows
        ]
        return {"Models": summaries, "NextToken": found.next_token}

    async def _delete(self, request: dict[str, Any]) -> dict[str, Any]:
        def work(session: Session) -> None:
            model = self._get(session, request["ModelName"])
            tags.forget(session, model.arn)
            session.delete(model)

        await self._store.run(work)
        return {}

    def _get(self, session: Session, name: str) -> Model:
        model = session.get(Model, name)
        if model is None:
            raise self._account.missing(MODEL, name)
        return model


def container(definition: Mapping[str, Any]) -> dict[str, Any]:
    """The one container of a CreateModel request. Raises AwsError unless there is exactly one."""
    primary, several = definition.get("PrimaryContainer"), definition.get("Containers", [])
    if primary and several:
        raise invalid("You cannot specify both PrimaryContainer and Containers: give one of them.")
    if len(several) > 1:
        raise invalid("Inference pipelines are not supported: give a model exactly one container.")
    if not primary and not several:
        raise invalid("You must specify PrimaryContainer or Containers with one container.")
    found: dict[str, Any] = primary or several[0]
    return found


def _check(given: Mapping[str, Any]) -> None:
    """Refuse what would be ignored otherwise."""
    if given.get("Mode") == "MultiModel":
        raise invalid("Multi-model containers are not supported: use Mode SingleModel.")
    if given.get("ModelPackageName"):
        raise invalid("Model packages are not supported: give ModelDataUrl or ModelDataSource.")
    if "ModelDataUrl" in given and "ModelDataSource" in given:
        raise invalid("You cannot specify both ModelDataUrl and ModelDataSource.")
    if "S3DataSource" not in given.get("ModelDataSource", {"S3DataSource": None}):
        raise invalid("ModelDataSource must have an S3DataSource.")
