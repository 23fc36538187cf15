"""Finds the one task that a source bundle holds: the bundle is this folder less other tasks."""

from importlib import import_module
from pathlib import Path
from types import ModuleType


def task_module(name: str) -> ModuleType:
    """Module ``name`` (``train`` or ``inference``) of the task beside this file.

    Raises ``ImportError`` unless there is exactly one.
    """
    found = sorted(path.parent.name for path in Path(__file__).parent.glob(f"*/{name}.py"))
    if len(found) != 1:
        raise ImportError(f"a source bundle holds one task, this one holds {found or 'none'}")
    return import_module(f"{found[0]}.{name}")
