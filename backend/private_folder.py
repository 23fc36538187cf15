"""The data folder is the user's own: nobody else on the computer may enter or read it."""

import os
import stat
from pathlib import Path
from typing import Final

PRIVATE_UMASK: Final = 0o077
"""With this umask, new folders are 0700 and new files 0600."""
_OTHERS: Final = 0o077
_MARKS: Final = ("service.json", "launcher.lock", "service.db")


def claim(home: Path) -> bool:
    """Make the folder where it is missing, for this user alone; gives whether it was mended.

    A data folder that others could enter, as earlier versions made it, is closed with all that is
    in it. A folder with other things in it, say /tmp, keeps its mode. Raises ``OSError``.
    """
    os.umask(PRIVATE_UMASK)
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    status = home.stat()
    is_open = bool(status.st_mode & _OTHERS) and status.st_uid == os.getuid()
    if not is_open or not _is_data_folder(home):
        return False
    for folder, folders, files in os.walk(home):
        for name in (*folders, *files):
            _close(Path(folder, name))
    home.chmod(0o700)  # last, so that a walk cut short is done again at the next start
    return True


def _is_data_folder(home: Path) -> bool:
    return any((home / name).exists() for name in _MARKS) or not any(home.iterdir())


def _close(path: Path) -> None:
    try:
        mode = path.lstat().st_mode
        if mode & _OTHERS and not stat.S_ISLNK(mode):
            path.chmod(stat.S_IMODE(mode) & 0o700)
    except FileNotFoundError:
        return  # removed meanwhile
