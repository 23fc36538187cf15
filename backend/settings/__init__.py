"""Which cloud is in use, and how it is set: settings from the environment, checked and resolved."""

from backend.settings.clouds import (
    ROOT,
    SERVICES,
    Cloud,
    ServiceAddress,
    Settings,
    child_environment,
    environment_exports,
)

__all__ = [
    "ROOT",
    "SERVICES",
    "Cloud",
    "ServiceAddress",
    "Settings",
    "child_environment",
    "environment_exports",
]
