"""Python environments on top of the service's own: what is installed into one stays in it.

Scripts of jobs come with a ``requirements.txt``, or call pip. On AWS that changes their container;
here it must change nothing but a folder that goes away with the job.
"""

import os
import sys
import sysconfig
import venv
from pathlib import Path

_PIP = '#!/bin/sh\nexec "{python}" -m pip "$@"\n'
_LAYER = "import site; site.addsitedir({packages!r})\n"


def create(folder: Path) -> Path:
    """An environment in ``folder`` that sees all packages of this one; returns its interpreter.

    Its own packages come first. pip itself is this environment's, and takes the packages below for
    granted but never removes or replaces them, because they lie outside. One that is there already
    is kept with what is installed in it. Blocks, for some hundredths of a second.
    """
    python = folder / "bin" / "python"
    if (folder / "bin" / "pip").exists():  # written last
        return python
    venv.EnvBuilder(symlinks=True, with_pip=False).create(folder)
    packages = sysconfig.get_path("purelib")
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    layer = folder / "lib" / version / "site-packages" / "service.pth"
    # As a statement, so that the .pth files of the packages below are read too.
    layer.write_text(_LAYER.format(packages=packages), encoding="utf-8")
    for name in ("pip3", "pip"):
        script = folder / "bin" / name
        script.write_text(_PIP.format(python=python), encoding="utf-8")
        script.chmod(0o755)
    return python


def variables(python: Path, path: str) -> dict[str, str]:
    """What makes programs find the environment of ``python`` before those on ``path``."""
    own, below = str(python.parent), str(Path(sys.executable).parent)
    return {
        "PATH": os.pathsep.join([own, below, path]),
        "VIRTUAL_ENV": str(python.parent.parent),
        "PYTHONNOUSERSITE": "1",
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    }
