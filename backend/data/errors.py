"""Why a dataset could not be read, split or kept, each in one sentence that says what to do."""

from backend.errors import InputError


class DatasetError(InputError):
    """Raised for data that cannot be worked with; the message is for the person who brought it."""


class FormatError(DatasetError, ValueError):
    """Raised when a file is not what its reader expects; names the file and the line."""
