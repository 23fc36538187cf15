"""Whether the cloud in use can be used: credentials, role, rights, bucket, quotas, services."""

from backend.checks.all import check_all
from backend.checks.check import Check, State

__all__ = ["Check", "State", "check_all"]
