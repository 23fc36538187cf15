"""Documents kept in the cloud's storage, so that a link can lead to them.

A document is kept only where somebody asks for it, under the hash of its content:
``s3://<bucket>/<prefix>/documents/<key>.json``.
"""

import hashlib
import json
import re
from dataclasses import asdict
from typing import Any, Final, cast, get_args

from backend.cloud.archives import write
from backend.cloud.connections import Connections
from backend.cloud.errors import translated
from backend.documents.document import Document, Kind
from backend.errors import NotFound

_KEY: Final = re.compile(r"[0-9a-f]{40}")


class Documents:
    """The kept documents of one cloud; methods raise ``CloudError``."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def keep(self, document: Document) -> str:
        """Keep ``document``; gives its key, which is the same for the same content.

        Makes the bucket where there is none yet.
        """
        body = json.dumps(asdict(document), ensure_ascii=False, sort_keys=True).encode()
        key = hashlib.sha256(body).hexdigest()[:40]
        members = {**self._place(key), "Body": body, "ContentType": "application/json"}
        write(self._connections, lambda: self._connections.s3.put_object(**members))
        return key

    def get(self, key: str) -> Document:
        """The document under ``key``; raises ``NotFound`` where there is none (any more)."""
        if not _KEY.fullmatch(key):
            raise NotFound("the document of this link")
        with translated():
            body = self._connections.s3.get_object(**self._place(key))["Body"].read()
        return _document(body)

    def remove(self, key: str) -> None:
        """Take the document under ``key`` away; links to it lead nowhere then."""
        if _KEY.fullmatch(key):
            with translated():
                self._connections.s3.delete_object(**self._place(key))

    def _place(self, key: str) -> dict[str, str]:
        cloud = self._connections.cloud
        return {"Bucket": cloud.bucket, "Key": f"{cloud.prefix}/documents/{key}.json".lstrip("/")}


def _document(body: bytes) -> Document:
    """The document in ``body``; raises ``NotFound`` where that is something else."""
    try:
        found: dict[str, Any] = json.loads(body)
        kind = found["kind"] if found["kind"] in get_args(Kind) else "text"
        return Document(
            name=str(found["name"]),
            text=str(found["text"]),
            kind=cast("Kind", kind),
            pages=None if found["pages"] is None else int(found["pages"]),
            warnings=tuple(map(str, found["warnings"])),
        )
    except (ValueError, KeyError, TypeError):
        raise NotFound("the document of this link") from None
