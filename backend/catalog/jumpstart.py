"""SageMaker JumpStart's models: which version can be had, and what it is made of.

JumpStart describes its models in a public bucket of each region: ``models_manifest.json`` names
every version of every model with the key of its specification.
"""

import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from backend.cloud.connections import Connections
from backend.cloud.errors import translated
from backend.errors import CloudError, CredentialsRejected, NotFound, NotPermitted
from backend.settings import ROOT

MANIFEST: Final = "models_manifest.json"
TRAINING_PROGRAM: Final = "transfer_learning.py"
_LONGEST: Final = 120
"""Seconds for the SDK to say which image belongs to a framework."""


@dataclass(frozen=True)
class Found:
    """One version of a model. ``note`` is a sentence where it is not the one that was wanted."""

    model: str
    version: str
    bucket: str
    region: str
    spec: Mapping[str, Any]
    note: str = ""

    @cached_property
    def environment(self) -> dict[str, str]:
        """What the serving container is told."""
        given = self.spec.get("inference_environment_variables") or []
        return {item["name"]: str(item["default"]) for item in given}

    @cached_property
    def hyperparameters(self) -> dict[str, str]:
        """All that the training program takes, with its defaults, as text."""
        given = self.spec.get("hyperparameters") or []
        return {item["name"]: str(item["default"]) for item in given}

    @property
    def packed(self) -> bool:
        """Whether the model's archive holds the serving code already."""
        return bool(self.spec.get("hosting_prepacked_artifact_key"))

    @property
    def model_uri(self) -> str:
        """The model to serve, with its code where ``packed``."""
        key = self.spec.get("hosting_prepacked_artifact_key") or self.spec["hosting_artifact_key"]
        return self.uri(str(key))

    @property
    def serving_code_uri(self) -> str:
        """The archive of the code that serves."""
        return self.uri(str(self.spec["hosting_script_key"]))

    @property
    def training_code_uri(self) -> str:
        """The archive of the code that trains; raises ``CloudError`` where there is none."""
        if not self.spec.get("training_supported"):
            raise CloudError(f"“{self.model}” cannot be trained any more: choose another model.")
        return self.uri(str(self.spec["training_script_key"]))

    @property
    def training_model_uri(self) -> str:
        """The model that training starts from."""
        return self.uri(str(self.spec["training_artifact_key"]))

    def uri(self, key: str) -> str:
        """An object of JumpStart's bucket."""
        return f"s3://{self.bucket}/{key}"

    def image(self, scope: str, instance_type: str) -> str:
        """The container for ``scope`` ("inference" or "training") on ``instance_type``.

        Raises ``CloudError`` where AWS has none (any more).
        """
        kind = "hosting" if scope == "inference" else scope
        if uri := self.spec.get(f"{kind}_ecr_uri") or self._variant(kind, instance_type):
            return str(uri)
        specs = self.spec.get(f"{kind}_ecr_specs")
        if not specs:
            raise CloudError(f"JumpStart names no container for “{self.model}”: choose another.")
        return image_of(specs, scope, self.region, instance_type)

    def _variant(self, kind: str, instance_type: str) -> str:
        """The container that the specification names for the machine or its family, "" for none."""
        known = self.spec.get(f"{kind}_instance_type_variants") or {}
        aliases = (known.get("regional_aliases") or {}).get(self.region) or {}
        variants = known.get("variants") or {}
        family = instance_type.split(".")[1] if instance_type.count(".") == 2 else ""
        for name in (instance_type, family):
            named = variants.get(name) or {}
            said = {**(named.get("properties") or {}), **(named.get("regional_properties") or {})}
            if uri := str(said.get("image_uri") or ""):
                return str(aliases.get(uri[1:], "")) if uri.startswith("$") else uri
        return ""


def find(connections: Connections, model: str, version: str = "*") -> Found:
    """``version`` of ``model``, or else the newest that can be had.

    Raises ``CloudError`` with what to do where this cloud has no JumpStart, or not this model.
    """
    bucket = f"jumpstart-cache-prod-{connections.cloud.region}"
    listed = _read(connections, bucket, MANIFEST, model)
    keys = {
        str(entry["version"]): str(entry["spec_key"])
        for entry in listed
        if entry.get("model_id") == model
    }
    for candidate in _in_order(tuple(keys), version):
        spec = _read(connections, bucket, keys[candidate], model)
        if not spec.get("deprecated"):
            note = _note(model, version, candidate, offered=version in keys)
            return Found(model, candidate, bucket, connections.cloud.region, spec, note)
    raise CloudError(
        f"JumpStart no longer has “{model}” in {connections.cloud.region}: choose another model."
    )


def _in_order(versions: Sequence[str], wanted: str) -> list[str]:
    """The version that was wanted, then the newest first."""
    newest = sorted(versions, key=_order, reverse=True)
    return [wanted, *(v for v in newest if v != wanted)] if wanted in versions else newest


def _order(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", version))


def _note(model: str, wanted: str, got: str, *, offered: bool) -> str:
    if wanted in ("*", got):
        return ""
    why = "is deprecated" if offered else "is no longer offered"
    return f"Version {wanted} of “{model}” {why}: version {got} is used instead."


def _read(connections: Connections, bucket: str, key: str, model: str) -> Any:
    try:
        with translated():
            body = connections.s3.get_object(Bucket=bucket, Key=key)["Body"].read()
        return json.loads(body)
    except (NotFound, NotPermitted, CredentialsRejected):
        raise CloudError(
            f"“{model}” comes from SageMaker JumpStart, which {connections.cloud.title} does not "
            "have or may not read: choose another model, or use Amazon SageMaker with read access "
            f"to {bucket}."
        ) from None
    except ValueError:
        raise CloudError(
            f"JumpStart's description of “{model}” cannot be read: try again later."
        ) from None


def image_of(specs: Mapping[str, Any], scope: str, region: str, instance_type: str) -> str:
    """The image for the framework in ``specs``; raises ``CloudError`` where AWS has none."""
    framework, version = str(specs["framework"]), str(specs["framework_version"])
    arguments: dict[str, Any] = {
        "framework": framework,
        "region": region,
        "version": version,
        "py_version": specs.get("py_version"),
        "instance_type": instance_type,
        "image_scope": scope,
    }
    if transformers := specs.get("huggingface_transformers_version"):
        arguments |= {"version": transformers, "base_framework_version": f"pytorch{version}"}
    answer = _ask_the_sdk(arguments)
    if "image" not in answer:
        problem = str(answer.get("problem", "it gave no reason")).strip().rstrip(".")
        raise CloudError(
            f"AWS has no container for {framework} {version} on {instance_type} in {region} "
            f"({problem[:200]}): choose another model or machine."
        )
    return str(answer["image"])


def _ask_the_sdk(arguments: Mapping[str, Any]) -> Mapping[str, Any]:
    try:
        done = subprocess.run(
            [sys.executable, "-m", "backend.catalog.image_worker"],
            input=json.dumps(arguments),
            capture_output=True,
            text=True,
            timeout=_LONGEST,
            check=True,
            cwd=ROOT,
            env={**os.environ, "AWS_DEFAULT_REGION": str(arguments["region"])},
        )
        answer: Mapping[str, Any] = json.loads(done.stdout)
    except (subprocess.SubprocessError, ValueError):
        return {"problem": "the SageMaker SDK could not be asked"}
    return answer
