"""Amazon Resource Names of SageMaker's resources, and the errors that speak of them."""

from dataclasses import dataclass

from backend.local.wire.errors import AwsError


@dataclass(frozen=True)
class Kind:
    """A kind of resource: its part of an ARN ("endpoint-config") and its name in AWS's messages."""

    slug: str
    title: str


MODEL = Kind("model", "model")
ENDPOINT_CONFIG = Kind("endpoint-config", "endpoint configuration")
ENDPOINT = Kind("endpoint", "endpoint")
TRAINING_JOB = Kind("training-job", "training job")


@dataclass(frozen=True)
class Account:
    """Whose resources they are, and where."""

    region: str
    account_id: str

    def arn(self, kind: Kind, name: str) -> str:
        """The resource's ARN; AWS writes names in lower case there."""
        return f"arn:aws:sagemaker:{self.region}:{self.account_id}:{kind.slug}/{name.lower()}"

    def missing(self, kind: Kind, name: str) -> AwsError:
        """The error for a resource that is not there."""
        return invalid(f'Could not find {kind.title} "{self.arn(kind, name)}".')

    def existing(self, kind: Kind, name: str) -> AwsError:
        """The error for a name that is taken."""
        return invalid(f'Cannot create already existing {kind.title} "{self.arn(kind, name)}".')


def invalid(message: str) -> AwsError:
    """A ValidationException, which is what SageMaker answers to nearly everything."""
    return AwsError("ValidationException", message)
