"""The same random requests to two clouds, and what they answered differently.

A step is an operation with its parameters; names are drawn from few, so that things exist already,
or not, as often as not. What a run may not know beforehand (an upload's id, a page's token) is
written as a placeholder, and filled in from what the same cloud answered.
"""

import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import ClientError

Params = dict[str, Any]
Make = Callable[[random.Random], Params]


@dataclass(frozen=True)
class Step:
    """One request: ``operation`` is boto3's method."""

    operation: str
    params: Params


@dataclass(frozen=True)
class Difference:
    """What two clouds made of the same step."""

    step: Step
    one: Any
    other: Any
    message: str = ""
    """What the first said where it refused."""

    def __str__(self) -> str:
        return f"{self.step.operation}({self.step.params})\n  {self.one}\n  {self.other}"


@dataclass
class Player:
    """Plays steps against one cloud and remembers what placeholders stand for."""

    client: Any
    normal: Callable[[str, Params], Any]
    account: str = ""
    settle: Callable[[Any, Step], None] = lambda client, step: None
    uploads: dict[str, str] = field(default_factory=dict)
    etags: dict[tuple[str, int], str] = field(default_factory=dict)
    message: str = ""
    """Of the last refusal."""

    def play(self, step: Step) -> Any:
        """The answer to ``step``, less what may differ; or the error's code and status."""
        params = self._filled(step.params)
        try:
            answer = getattr(self.client, step.operation)(**params)
        except ClientError as error:
            self.message = error.response["Error"].get("Message", "")
            status = error.response["ResponseMetadata"]["HTTPStatusCode"]
            return ("error", error.response["Error"]["Code"], status)
        self._remember(step, answer)
        self.settle(self.client, step)
        return self.normal(step.operation, answer)

    def _filled(self, params: Params) -> Params:
        """``params`` with the ids that this cloud gave."""
        filled = {k: v for k, v in params.items() if not k.startswith("_")}
        if "ResourceArn" in filled:
            filled["ResourceArn"] = filled["ResourceArn"].format(account=self.account)
        if "UploadId" in filled:
            filled["UploadId"] = self.uploads.get(filled["UploadId"], filled["UploadId"])
        if "_parts" in params:
            filled["MultipartUpload"] = {
                "Parts": [
                    {"PartNumber": n, "ETag": self.etags.get((params["UploadId"], n), '"0"')}
                    for n in params["_parts"]
                ]
            }
        return filled

    def _remember(self, step: Step, answer: Mapping[str, Any]) -> None:
        if step.operation == "create_multipart_upload":
            self.uploads[step.params["_as"]] = answer["UploadId"]
        if step.operation == "upload_part":
            key = (step.params["UploadId"], step.params["PartNumber"])
            self.etags[key] = answer["ETag"]


def sequence(seed: int, count: int, makers: Mapping[str, tuple[int, Make]]) -> Iterator[Step]:
    """``count`` steps of ``makers``, each operation as often as its weight says."""
    rng = random.Random(seed)
    names = list(makers)
    weights = [makers[name][0] for name in names]
    for _ in range(count):
        (name,) = rng.choices(names, weights)
        params = makers[name][1](rng)
        yield Step(name.partition(":")[0], {k: v for k, v in params.items() if v is not None})


def differences(steps: Iterator[Step], one: Player, other: Player) -> list[Difference]:
    """The steps that the two answered differently."""
    found = []
    for step in steps:
        first, second = one.play(step), other.play(step)
        if first != second:
            found.append(Difference(step, first, second, one.message))
    return found


@dataclass(frozen=True)
class Explained:
    """A difference that is right: ``ours`` is what AWS does, for the reason given."""

    operation: str
    why: str
    when: Callable[[Difference], bool] = lambda difference: True

    def covers(self, difference: Difference) -> bool:
        """Whether this explains ``difference``."""
        return difference.step.operation == self.operation and self.when(difference)
