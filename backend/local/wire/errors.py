"""The one exception that operations raise to answer with an error."""

from collections.abc import Mapping


class AwsError(Exception):
    """An error in AWS's own words; each protocol writes it in its own way.

    ``code`` is AWS's error code ("ValidationException"), ``status`` the HTTP status and ``fields``
    further members of the answer (S3's ``BucketName``, the runtime's ``OriginalMessage``);
    ``headers`` are those of S3's answer, which a 304 needs.
    """

    def __init__(
        self,
        code: str,
        message: str,
        *,
        status: int = 400,
        fields: Mapping[str, str | int] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.status = status
        self.fields: Mapping[str, str | int] = dict(fields or {})
        self.headers: Mapping[str, str] = dict(headers or {})


def internal_failure() -> AwsError:
    """What a client reads where the service itself is at fault; the trace goes to the log."""
    return AwsError(
        "InternalFailure",
        "The request processing has failed because of an unknown error, exception or failure.",
        status=500,
    )


def disk_full() -> AwsError:
    """What a client reads where nothing more can be stored."""
    return AwsError(
        "InsufficientStorage",
        "The disk that holds the data folder is full. Free some space and try again.",
        status=507,
    )
