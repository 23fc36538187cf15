"""What SageMaker's things are called and tagged with: the same for endpoints, models and jobs."""

import hashlib
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

from backend.errors import InputError

PROJECT_TAG: Final = "docinsights:project"
"""On all that this project creates (see ``backend.cloud.additions``): only what has it is ours."""
EXPIRES_TAG: Final = "docinsights:expires"
"""On endpoints: when they are to be deleted (see ``backend.costs``)."""
TASK_TAG: Final = "docinsights:task"
SOURCE_TAG: Final = "docinsights:source"
ATTACHED_TAG: Final = "docinsights:attached"
"""On endpoints that others deployed and a task uses: ``task/dialect``. They are not ours."""
DIALECT_TAG: Final = "docinsights:dialect"
"""On models and endpoints of ours that do not speak as our own models do."""
PROGRAM_TAG: Final = "docinsights:program"
"""On jobs that run a program of JumpStart's: its model's id."""
DATASET_TAG: Final = "docinsights:dataset"
DATASET_SHA256_TAG: Final = "docinsights:dataset-sha256"

_LONGEST: Final = 63
_STAMP: Final = "%y%m%d-%H%M%S"
_TAG_CHARACTERS: Final = re.compile(r"[^\w\s.:/=+\-@]")


def require_name(name: str, *, longest: int = _LONGEST) -> str:
    """``name`` itself; raises ``InputError`` where SageMaker would not take it.

    ``longest`` is 63 for most things, 32 for a tuning job.
    """
    if not re.fullmatch(r"[a-zA-Z0-9](-*[a-zA-Z0-9])*", name) or len(name) > longest:
        raise InputError(
            f"“{name}” cannot be a name: use letters, digits and single hyphens, at most {longest}."
        )
    return name


def new_name(*parts: str, longest: int = _LONGEST, now: datetime | None = None) -> str:
    """A name of ``parts`` and the time (13 characters), shortened to ``longest``."""
    stamp = (now or datetime.now(UTC)).strftime(_STAMP)
    return f"{shortened('-'.join(parts), longest - len(stamp) - 1)}-{stamp}"


def shortened(text: str, longest: int) -> str:
    """``text`` as a name of at most ``longest`` characters; what is cut leaves 8 of a hash."""
    name = re.sub(r"[^a-zA-Z0-9]+", "-", text).strip("-") or "x"
    if len(name) <= longest:
        return name
    return f"{name[: longest - 9].rstrip('-')}-{hashlib.sha256(name.encode()).hexdigest()[:8]}"


def as_tags(values: Mapping[str, str]) -> list[dict[str, str]]:
    """SageMaker's list of tags; empty values are left out, and characters that it refuses."""
    return [
        {"Key": key, "Value": _TAG_CHARACTERS.sub("-", value)[:256]}
        for key, value in values.items()
        if value
    ]
