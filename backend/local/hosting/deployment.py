"""What an endpoint runs, as it is kept in the database: an endpoint config with its models."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any


@dataclass(frozen=True)
class Production:
    """One production variant with its model's container.

    ``artifacts`` holds the content hashes of what was unpacked for it, once it was: after that the
    variant runs what was deployed, whatever becomes of the objects in S3.
    """

    name: str
    model_name: str
    container: Mapping[str, Any]
    instances: int = 1
    weight: float = 1.0
    startup_seconds: float | None = None
    invocation_seconds: float | None = None
    serverless: Mapping[str, Any] | None = None
    artifacts: Mapping[str, str] = field(default_factory=dict)

    @property
    def image(self) -> str | None:
        """The container's image; it tells what the model expects, and is not run here."""
        image: str | None = self.container.get("Image")
        return image


@dataclass(frozen=True)
class Deployment:
    """An endpoint config's name, its variants and, where requests wait in a queue, its
    AsyncInferenceConfig.
    """

    config_name: str
    variants: tuple[Production, ...]
    queue: Mapping[str, Any] | None = None

    @classmethod
    def load(cls, record: Mapping[str, Any]) -> "Deployment":
        """The deployment that ``dump`` wrote."""
        variants = tuple(Production(**variant) for variant in record["variants"])
        return cls(record["config_name"], variants, record.get("queue"))

    def dump(self) -> dict[str, Any]:
        """This deployment as JSON values."""
        return asdict(self)

    def with_artifacts(self, artifacts: Sequence[Mapping[str, str]]) -> "Deployment":
        """The same deployment, each variant with its content hashes."""
        pairs = zip(self.variants, artifacts, strict=True)
        return replace(self, variants=tuple(replace(v, artifacts=a) for v, a in pairs))

    def hashes(self) -> Iterator[str]:
        """All content hashes that the deployment needs."""
        for variant in self.variants:
            yield from variant.artifacts.values()
