"""Documents kept for a link: the same comes back, and only from a proper key."""

from pathlib import Path

import pytest

from backend.documents import Document
from backend.documents.store import Documents
from backend.errors import NotFound
from tests.moto_cloud import moto_client

DOCUMENT = Document("note.pdf", "שלום 👩‍🔬 e\u0301\n\nAnn.", "pdf", 3, ("A warning.",))


def test_a_kept_document_comes_back_as_it_was_until_it_is_removed(tmp_path: Path) -> None:
    with moto_client(tmp_path) as client:
        client.connections.s3.create_bucket(Bucket=client.cloud.bucket)
        documents = Documents(client.connections)
        key = documents.keep(DOCUMENT)
        assert documents.keep(DOCUMENT) == key
        assert documents.get(key) == DOCUMENT
        documents.remove(key)
        with pytest.raises(NotFound):
            documents.get(key)


def test_the_first_document_makes_the_bucket(tmp_path: Path) -> None:
    with moto_client(tmp_path) as client:
        documents = Documents(client.connections)
        assert documents.get(documents.keep(DOCUMENT)) == DOCUMENT


def test_what_is_no_kept_document_is_not_found(tmp_path: Path) -> None:
    with moto_client(tmp_path) as client:
        client.connections.s3.create_bucket(Bucket=client.cloud.bucket)
        documents = Documents(client.connections)
        for key in ("", "../../secret", "0" * 39, "0" * 40):
            with pytest.raises(NotFound):
                documents.get(key)
        bad = "f" * 40
        place = {
            "Bucket": client.cloud.bucket,
            "Key": f"{client.cloud.prefix}/documents/{bad}.json",
        }
        client.connections.s3.put_object(**place, Body=b'{"name": 1}')
        with pytest.raises(NotFound):
            documents.get(bad)
