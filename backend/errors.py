"""What can go wrong, in the user's words.

Every exception that leaves the backend is one of these; its message is one sentence that says
what to do, fit to be shown as it is::

    DocumentInsightsError
    ├── InputError                the document, question or spans that were given
    │   └── PayloadTooLarge
    ├── SettingsError             DOCINSIGHTS_* or AWS settings
    ├── EndpointError             one endpoint
    │   ├── EndpointMissing
    │   ├── EndpointNotReady
    │   ├── EndpointFailed
    │   └── ModelError            the model behind it refused, broke or answered nonsense
    └── CloudError                the service that hosts the endpoints
        ├── CloudUnreachable
        ├── CloudBroken
        ├── TimedOut
        ├── Throttled
        ├── CredentialsRejected
        ├── NotPermitted
        ├── QuotaExceeded
        ├── NoCapacity
        ├── OverBudget
        ├── NameTaken
        ├── NotFound
        └── RequestRefused

``backend.cloud.errors`` turns botocore's exceptions into these.
"""

# ruff: noqa: N818 - a name that states the fact ("EndpointMissing") needs no "Error" behind it


class DocumentInsightsError(Exception):
    """The root: ``str(error)`` is a sentence for the user."""


class InputError(DocumentInsightsError):
    """Raised when what the user gave cannot be worked with."""


class PayloadTooLarge(InputError):
    """Raised when a request is larger than an endpoint accepts."""

    def __init__(self) -> None:
        super().__init__("This text is too large for one request: use a shorter part of it.")


class SettingsError(DocumentInsightsError):
    """Raised when settings are missing or contradict each other."""


class EndpointError(DocumentInsightsError):
    """Raised when one endpoint cannot answer."""


class EndpointMissing(EndpointError):
    """Raised when there is no endpoint of that name."""

    def __init__(self, endpoint: str = "") -> None:
        super().__init__(
            f"{_endpoint(endpoint)} does not exist: "
            "choose another one, or deploy it on the Endpoints page."
        )


class EndpointNotReady(EndpointError):
    """Raised when the endpoint is being created, changed or deleted."""

    def __init__(self, endpoint: str = "", state: str = "") -> None:
        now = f" ({state})" if state else ""
        super().__init__(f"{_endpoint(endpoint)} is not ready yet{now}: try again in a moment.")


class EndpointFailed(EndpointError):
    """Raised when the endpoint could not be started; ``reason`` is SageMaker's."""

    def __init__(self, endpoint: str, reason: str) -> None:
        self.reason = reason
        super().__init__(
            f"{_endpoint(endpoint)} could not be started ({reason.strip().rstrip('.')}): "
            "see its log on the Endpoints page, then delete and deploy it again."
        )


class ModelError(EndpointError):
    """Raised when the model refused the request, broke, or answered outside its contract."""

    def __init__(self, message: str, *, status: int = 500) -> None:
        self.status = status
        super().__init__(message)


class CloudError(DocumentInsightsError):
    """Raised when the service behind all endpoints cannot do what was asked."""


class CloudUnreachable(CloudError):
    """Raised when nothing answers at the service's address."""

    def __init__(self) -> None:
        super().__init__(
            "The model service cannot be reached: check that it runs (`make run`) "
            "and that the network is up, then try again."
        )


class CloudBroken(CloudError):
    """Raised when the service itself reports a fault."""

    def __init__(self, detail: str = "") -> None:
        why = f" ({detail.strip().rstrip('.')})" if detail.strip() else ""
        super().__init__(f"The model service had an internal problem{why}: try again in a moment.")


class TimedOut(CloudError):
    """Raised when no answer came in time."""

    def __init__(self) -> None:
        super().__init__(
            "The answer took too long: try again, or give a shorter part of the document."
        )


class Throttled(CloudError):
    """Raised when too many requests were made."""

    def __init__(self) -> None:
        super().__init__("Too many requests at once: wait a few seconds, then try again.")


class CredentialsRejected(CloudError):
    """Raised when the access key is missing, wrong or expired."""

    def __init__(self) -> None:
        super().__init__(
            "The credentials are missing, wrong or expired: sign in to AWS again "
            "(or restart with `make run` on this computer)."
        )


class NotPermitted(CloudError):
    """Raised when the credentials are fine but do not allow this."""

    def __init__(self, detail: str = "") -> None:
        what = f" ({detail.strip().rstrip('.')})" if detail.strip() else ""
        super().__init__(f"Your account may not do this{what}: ask your AWS administrator.")


class QuotaExceeded(CloudError):
    """Raised when an account limit stands in the way."""

    def __init__(self, detail: str = "") -> None:
        what = f" ({detail.strip().rstrip('.')})" if detail.strip() else ""
        super().__init__(
            f"An account limit is reached{what}: delete what is not needed or have it raised."
        )


class NoCapacity(CloudError):
    """Raised when AWS has no free machine of that type now, whatever the account may use."""

    def __init__(self, detail: str = "") -> None:
        what = f" ({detail.strip().rstrip('.')})" if detail.strip() else ""
        super().__init__(
            f"AWS has no free machine of this type now{what}: "
            "try again later, or choose another instance type or region."
        )


class OverBudget(CloudError):
    """Raised when something would be started that the budget does not allow."""

    def __init__(self, reason: str) -> None:
        super().__init__(
            f"{reason.strip().rstrip('.')}: end what is not needed, or raise DOCINSIGHTS_BUDGET."
        )


class NameTaken(CloudError):
    """Raised when the thing exists already or is in use."""

    def __init__(self, detail: str = "") -> None:
        what = f" ({detail.strip().rstrip('.')})" if detail.strip() else ""
        super().__init__(f"That name is taken or in use{what}: choose another, or delete it first.")


class NotFound(CloudError):
    """Raised when a model, configuration, log or object is not there."""

    def __init__(self, detail: str = "") -> None:
        what = f" ({detail.strip().rstrip('.')})" if detail.strip() else ""
        super().__init__(f"What was asked for does not exist{what}: refresh and choose again.")


class RequestRefused(CloudError):
    """Raised when the service finds the request itself wrong."""

    def __init__(self, detail: str = "") -> None:
        what = detail.strip().rstrip(".") or "no reason was given"
        super().__init__(f"The request was refused ({what}): change it and try again.")


def _endpoint(name: str) -> str:
    return f"The endpoint “{name}”" if name else "The endpoint"
