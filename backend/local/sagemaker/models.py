"""CreateModel, DescribeModel, ListModels, DeleteModel."""

from collections.abc import Mapping
from typing import Any

from backend.local.sagemaker.arns import MODEL, invalid
from backend.local.sagemaker.definitions import Definitions
from backend.local.store import Model


class Models(Definitions[Model]):
    """The models of the account."""

    table = Model
    kind = MODEL
    word = "Model"

    def _check(self, request: dict[str, Any]) -> None:
        given = container(request)
        if given.get("Mode") == "MultiModel":
            raise invalid("Multi-model containers are not supported: use Mode SingleModel.")
        if given.get("ModelPackageName"):
            raise invalid("Model packages are not supported: give ModelDataUrl or ModelDataSource.")
        if "ModelDataUrl" in given and "ModelDataSource" in given:
            raise invalid("You cannot specify both ModelDataUrl and ModelDataSource.")
        if "S3DataSource" not in given.get("ModelDataSource", {"S3DataSource": None}):
            raise invalid("ModelDataSource must have an S3DataSource.")


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
