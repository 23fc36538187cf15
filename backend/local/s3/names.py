"""Object keys to file names and back: one to one, legible, and never out of the bucket's folder.

A key's parts between slashes become nested folders: ``datasets/wikiann/train.jsonl`` lies in
``datasets@/wikiann@/train.jsonl``, and ``.train.jsonl.json`` beside it tells what else is known of
the object.

- Folders end in ``@``, so that the keys ``a`` and ``a/b`` live side by side.
- What may not stand in a file name everywhere stands percent-encoded, as does a leading point
  (so ``..`` is ``%2E.``, and names with a leading point are the service's own); a part without
  characters is ``%``.
- A part with capitals starts with a mask of where they are, ``3f@README.md``: some file systems
  take ``README.md`` and ``readme.md`` for the same file.
- A part too long for a file name is cut into several folders, which end in ``@+``.
"""

from pathlib import Path
from urllib.parse import quote_from_bytes, unquote_to_bytes

LONGEST_KEY = 1024
_PLAIN = "-_.=+,() "
_LONGEST_NAME = 180  # characters; a mask and an ending fit beside them into the usual 255
_LONGEST_CUT = _LONGEST_NAME // 3  # bytes of a key, each of which may take three characters


def path_of(root: Path, key: str) -> Path:
    """The file below ``root`` that holds the object ``key`` (1 to 1024 bytes of UTF-8)."""
    *folders, last = key.encode("utf-8").split(b"/")
    pieces = [name for part in folders for name in _pieces(part, "@")]
    return root.joinpath(*pieces, *_pieces(last, ""))


def metadata_of(path: Path) -> Path:
    """The file beside ``path`` with what else is known of the object."""
    return path.with_name(f".{path.name}.json")


def folder_of(root: Path, prefix: str) -> tuple[Path, bytes]:
    """The deepest folder that surely holds all keys with ``prefix``, and the keys' start there."""
    parts = prefix.encode("utf-8").split(b"/")[:-1]
    start = b"".join(part + b"/" for part in parts)
    return root.joinpath(*(name for part in parts for name in _pieces(part, "@"))), start


def object_part(name: str) -> bytes | None:
    """The end of the key whose metadata lie in the file ``name``; None for other files."""
    if name.startswith(".") and name.endswith(".json"):
        return _decoded(name[1:-5])
    return None


def folder_part(name: str) -> bytes:
    """What the folder ``name`` adds to the keys of the objects in it."""
    return _decoded(name[:-2]) if name.endswith("@+") else _decoded(name[:-1]) + b"/"


def _pieces(part: bytes, ending: str) -> list[str]:
    cuts = [part]
    if len(_encoded(part)) > _LONGEST_NAME:
        cuts = [part[at : at + _LONGEST_CUT] for at in range(0, len(part), _LONGEST_CUT)]
    return [f"{_encoded(cut)}@+" for cut in cuts[:-1]] + [_encoded(cuts[-1]) + ending]


def _encoded(piece: bytes) -> str:
    name = quote_from_bytes(piece, safe=_PLAIN) or "%"
    if name[0] in ". " or name[-1] in ". ":  # hidden, or lost on some file systems
        name = "".join(f"%{ord(c):02X}" if c in ". " else c for c in name)
    capitals = sum(1 << at for at, byte in enumerate(piece) if 0x41 <= byte <= 0x5A)
    return f"{capitals:x}@{name}" if capitals else name


def _decoded(name: str) -> bytes:
    encoded = name.rpartition("@")[2]
    if "%" not in encoded:
        return encoded.encode("ascii")
    return b"" if encoded == "%" else unquote_to_bytes(encoded)
