"""One thing that was checked."""

from dataclasses import dataclass
from typing import Final, Literal

from backend.errors import CredentialsRejected, DocumentInsightsError

State = Literal["ok", "missing", "unknown"]
"""``unknown``: it could not be checked, which does not mean that it is not there."""

SIGN_IN: Final = "Sign in to AWS in the shell that starts the app, then start it again."
SIGN_IN_COMMAND: Final = "aws sso login    # or: aws configure"


@dataclass(frozen=True)
class Check:
    """What was checked and how it is, in a sentence; where something is missing, how to get it:
    a sentence, a command, a page of AWS's console ("" for none).
    """

    what: str
    state: State
    says: str
    remedy: str = ""
    command: str = ""
    link: str = ""


def unanswered(what: str, error: DocumentInsightsError) -> Check:
    """``what`` could not be checked because of ``error``."""
    if isinstance(error, CredentialsRejected):
        return Check(what, "missing", str(error), SIGN_IN, SIGN_IN_COMMAND)
    return Check(what, "unknown", f"This could not be checked. {error}")
