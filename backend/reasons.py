"""What to do about a job or an endpoint that failed: SageMaker says why, not what helps."""

import re
from typing import Final

_ADVICE: Final = {
    r"CapacityError|InsufficientInstanceCapacity|unable to provision|insufficient capacity": (
        "AWS has no free machine of this type now: try again later, or choose another instance "
        "type or region."
    ),
    r"ResourceLimitExceeded|service limit|quota": (
        "The account may not have more machines of this type: end what is not needed, or have the "
        "limit raised in Service Quotas."
    ),
    r"MaxWaitTime|spot": (
        "No spare machine was free for long enough: allow more time with waiting, or do without "
        "spare machines."
    ),
    r"health check": (
        "The model did not start in time: see the log of the endpoint, and give it a larger "
        "instance type."
    ),
    r"AccessDenied|not authorized|assume role": (
        "The role of jobs and endpoints lacks a right: see the Settings page."
    ),
    r"OutOfMemory|out of memory|MemoryError|signal 9|exit code 137": (
        "The machine's memory was too small: choose a larger instance type or a smaller batch."
    ),
}


def advice(reason: str) -> str:
    """What helps against the failure that SageMaker gives ``reason`` for, in a sentence; "" where
    that is not known.
    """
    for pattern, sentence in _ADVICE.items():
        if re.search(pattern, reason, re.IGNORECASE):
            return sentence
    return ""
