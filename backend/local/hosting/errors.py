"""What can go wrong in hosting.

HostingError
├── ArchiveError     an archive that is broken or hostile
├── ArtifactError    model data that cannot be fetched
├── StartError       a worker that did not become ready
├── WorkerDied       a worker that ended while it had a request
├── TimedOut         a request that took longer than its limit
├── AnswerTooLarge   an answer beyond the payload limit
└── Overloaded       more requests than may wait

The text of each is one sentence for the reader of a FailureReason or of a ModelError.
"""


class HostingError(Exception):
    """Root of the errors of hosting."""


class ArchiveError(HostingError):
    """Raised when an archive is broken, hostile or too large."""


class ArtifactError(HostingError):
    """Raised when model data cannot be read from where the model says it is."""


class StartError(HostingError):
    """Raised when a worker did not become ready.

    ``killed`` says that somebody else ended it: a person, or the kernel for want of memory.
    """

    def __init__(self, reason: str, *, killed: bool = False) -> None:
        super().__init__(reason)
        self.killed = killed


class WorkerDied(HostingError):  # noqa: N818  an event of its own, named as it is logged
    """Raised when a worker ended before it had answered its request.

    ``retriable`` is False where the request itself is to blame and would end the next one too.
    """

    def __init__(self, reason: str, *, retriable: bool = True) -> None:
        super().__init__(reason)
        self.retriable = retriable


class TimedOut(HostingError):  # noqa: N818
    """Raised when a request was not answered within the time limit."""


class AnswerTooLarge(HostingError):  # noqa: N818
    """Raised when a model's answer is beyond the payload limit."""


class Overloaded(HostingError):  # noqa: N818
    """Raised when too many requests wait, or one has waited too long."""
