"""Where the local service keeps its state, where it listens and which keys it accepts."""

import fcntl
import json
import logging
import os
import secrets
import socket
import string
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

import psutil

from backend.private_folder import claim

HOST = "127.0.0.1"
REGION = "us-east-1"
ACCOUNT_ID = "000000000000"
_FILE = "service.json"
_Record = Mapping[str, str | int | float]
logger = logging.getLogger(__name__)


class ConfigError(Exception):
    """The service cannot start; the message says why and what to do."""


@dataclass(frozen=True)
class ServiceConfig:
    """One installation of the local service; ``home/service.json`` tells it to clients."""

    home: Path
    port: int
    access_key: str
    secret_key: str = field(repr=False)
    region: str = REGION
    account_id: str = ACCOUNT_ID

    @classmethod
    def load(cls, home: Path, port: int | None = None) -> Self:
        """Read ``home/service.json``, or make it: a free port and fresh keys, kept from then on.

        ``port`` replaces the port on file. Raises ``ConfigError`` where the folder or the file
        cannot be used.
        """
        home = home.expanduser().absolute()
        try:
            claim(home)
            known = _read(home / _FILE)
            config = cls._from_record(home, _fresh() if known is None else known, port)
            if config._record() != known:
                _write(home / _FILE, config._record())
        except OSError as error:
            raise _unusable(home, error) from error
        return config

    @classmethod
    def _from_record(cls, home: Path, record: _Record, port: int | None) -> Self:
        try:
            return cls(
                home=home,
                port=port or int(record["port"]),
                access_key=str(record["access_key"]),
                secret_key=str(record["secret_key"]),
                region=str(record["region"]),
                account_id=str(record["account_id"]),
            )
        except (ValueError, TypeError, KeyError) as error:
            raise _damaged(home / _FILE) from error

    @property
    def url(self) -> str:
        """The address that clients use for all four services."""
        return f"http://{HOST}:{self.port}"

    @property
    def client_environment(self) -> dict[str, str]:
        """What makes a script a client of this service, as a role does on AWS."""
        return {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_ACCESS_KEY_ID": self.access_key,
            "AWS_SECRET_ACCESS_KEY": self.secret_key,
            "AWS_REGION": self.region,
            "AWS_DEFAULT_REGION": self.region,
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    def _record(self) -> _Record:
        return {name: value for name, value in asdict(self).items() if name != "home"}


class HomeLock:
    """Held while a service runs: no second one may share its home. ``service.pid`` tells whose."""

    def __init__(self, home: Path) -> None:
        self._home = home
        try:
            if claim(home):
                logger.warning("%s was open to other users; it is closed to them now.", home)
            self._descriptor = os.open(home / "service.lock", os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise _unusable(home, error) from error
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(self._descriptor)
            raise ConfigError(
                f"A local service already runs on {home}. Use it, or stop it with `make stop`."
            ) from error
        try:
            _write(home / "service.pid", _me())
        except OSError as error:  # it only tells whose the lock is: a full disk must not stop us
            logger.warning("%s cannot be written: %s.", home / "service.pid", error.strerror)

    def release(self) -> None:
        """Let another service take the home."""
        (self._home / "service.pid").unlink(missing_ok=True)
        os.close(self._descriptor)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.release()


def _me() -> _Record:
    return {"pid": os.getpid(), "start_time": psutil.Process().create_time()}


def _unusable(home: Path, error: OSError) -> ConfigError:
    return ConfigError(
        f"The data folder {home} cannot be used: {error.strerror}. "
        "Choose another one with --home or DOCINSIGHTS_HOME."
    )


def free_port() -> int:
    """A port of the loopback interface that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def _fresh() -> _Record:
    letters = string.ascii_uppercase + "234567"
    return {
        "port": free_port(),
        "access_key": "AKIA" + "".join(secrets.choice(letters) for _ in range(16)),
        "secret_key": secrets.token_urlsafe(30),
        "region": REGION,
        "account_id": ACCOUNT_ID,
    }


def _read(path: Path) -> _Record | None:
    try:
        record = json.loads(path.read_bytes())
    except FileNotFoundError:
        return None
    except ValueError as error:
        raise _damaged(path) from error
    if not isinstance(record, dict):
        raise _damaged(path)
    return record


def _damaged(path: Path) -> ConfigError:
    return ConfigError(
        f"{path} is damaged. Delete it: the service then makes a new one, with new keys."
    )


def _write(path: Path, record: _Record) -> None:
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(dict(record), file, indent=2)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise
