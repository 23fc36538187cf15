"""Archives are unpacked as they are, or refused with a sentence and without a trace."""

import gzip
import io
import os
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.local.hosting.archive import Limits, unpack
from backend.local.hosting.errors import ArchiveError

Entry = tuple[tarfile.TarInfo, bytes]


def entry(name: str, data: bytes = b"", **fields: object) -> Entry:
    info = tarfile.TarInfo(name)
    info.size = len(data)
    for field, value in fields.items():
        setattr(info, field, value)
    return info, data


def archive(*entries: Entry) -> io.BytesIO:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as tar:
        for info, data in entries:
            tar.addfile(info, io.BytesIO(data) if info.isreg() else None)
    packed.seek(0)
    return packed


def refusal(packed: io.BytesIO, target: Path, limits: Limits | None = None) -> str:
    """The sentence that ``packed`` is refused with; nothing of it may be left."""
    before = sorted(target.parent.rglob("*"))
    with pytest.raises(ArchiveError) as caught:
        unpack(packed, target, limits=limits)
    assert sorted(target.parent.rglob("*")) == before
    return str(caught.value)


def test_files_folders_and_inner_links_are_unpacked(tmp_path: Path) -> None:
    packed = archive(
        entry("./", type=tarfile.DIRTYPE),
        entry("./code/inference.py", b"print()", mode=0o600),
        entry("run.sh", b"#!/bin/sh", mode=0o700),
        entry("empty", type=tarfile.DIRTYPE),
        entry("latest", type=tarfile.SYMTYPE, linkname="code/inference.py"),
        entry("same", type=tarfile.LNKTYPE, linkname="run.sh"),
    )
    unpack(packed, tmp_path / "model")
    assert (tmp_path / "model/code/inference.py").read_bytes() == b"print()"
    assert (tmp_path / "model/latest").read_bytes() == b"print()"
    assert (tmp_path / "model/same").read_bytes() == b"#!/bin/sh"
    assert (tmp_path / "model/empty").is_dir()
    assert os.access(tmp_path / "model/run.sh", os.X_OK)


def test_the_last_of_two_members_with_one_name_stays(tmp_path: Path) -> None:
    packed = archive(
        entry("other", b"untouched"),
        entry("name", type=tarfile.SYMTYPE, linkname="other"),
        entry("name", b"later"),
    )
    unpack(packed, tmp_path / "model")
    assert (tmp_path / "model/name").read_bytes() == b"later"
    assert (tmp_path / "model/other").read_bytes() == b"untouched"


@pytest.mark.parametrize(
    ("entries", "words"),
    [
        ([entry("../evil", b"x")], "leads out"),
        ([entry("a/../../evil", b"x")], "leads out"),
        ([entry("/etc/evil", b"x")], "leads out"),
        ([entry("l", type=tarfile.SYMTYPE, linkname="/etc/passwd")], "leads out"),
        ([entry("a/l", type=tarfile.SYMTYPE, linkname="../../x")], "leads out"),
        (
            [
                entry("a", type=tarfile.SYMTYPE, linkname="b"),
                entry("b", type=tarfile.SYMTYPE, linkname=".."),
            ],
            "leads out",
        ),
        (
            [entry("d", type=tarfile.SYMTYPE, linkname="/tmp"), entry("d/evil", b"x")],
            "through a link",
        ),
        (
            [entry("d", type=tarfile.SYMTYPE, linkname="."), entry("d/file", b"x")],
            "through a link",
        ),
        ([entry("h", type=tarfile.LNKTYPE, linkname="/etc/passwd")], "leads out"),
        ([entry("h", type=tarfile.LNKTYPE, linkname="missing")], "hard link"),
        (
            [
                entry("l", type=tarfile.SYMTYPE, linkname="/etc/passwd"),
                entry("h", type=tarfile.LNKTYPE, linkname="l"),
            ],
            "hard link",
        ),
        ([entry("null", type=tarfile.CHRTYPE, devmajor=1, devminor=3)], "device"),
        ([entry("disk", type=tarfile.BLKTYPE, devmajor=8)], "device"),
        ([entry("pipe", type=tarfile.FIFOTYPE)], "device"),
        ([entry("su", b"x", mode=0o4755)], "setuid"),
        ([entry("sg", b"x", mode=0o2755)], "setuid"),
        ([entry("d", type=tarfile.DIRTYPE), entry("d", b"x")], "as a folder and as a file"),
        ([entry("f", b"x"), entry("f/x", b"x")], "through a link or a file"),
        ([entry("n" * 300, b"x")], "cannot be unpacked"),
        ([], "empty"),
    ],
)
def test_a_hostile_member_is_refused(tmp_path: Path, entries: list[Entry], words: str) -> None:
    assert words in refusal(archive(*entries), tmp_path / "model")


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    packed = archive(entry("zeros", bytes(20 * 2**20)))
    limits = Limits(ratio=100, ratio_applies_above=2**20)
    assert "bomb" in refusal(packed, tmp_path / "model", limits)


def test_more_than_the_limit_is_refused(tmp_path: Path) -> None:
    packed = archive(entry("random", os.urandom(3 * 2**20)))
    assert "more than 2 MiB" in refusal(packed, tmp_path / "model", Limits(unpacked=2 * 2**20))


def test_a_member_that_claims_too_much_is_refused(tmp_path: Path) -> None:
    huge = tarfile.TarInfo("huge")
    huge.size = 2**50
    packed = io.BytesIO(gzip.compress(huge.tobuf() + bytes(4096)))
    assert "more than" in refusal(packed, tmp_path / "model")


def test_too_many_members_are_refused(tmp_path: Path) -> None:
    packed = archive(*(entry(f"f{number}") for number in range(20)))
    assert "more than 10 members" in refusal(packed, tmp_path / "model", Limits(members=10))


def test_an_extended_header_that_would_fill_the_memory_is_refused(tmp_path: Path) -> None:
    header = tarfile.TarInfo("long")
    header.type = tarfile.GNUTYPE_LONGNAME
    header.size = 2**32
    packed = io.BytesIO(gzip.compress(header.tobuf(tarfile.GNU_FORMAT)))
    assert "extended header" in refusal(packed, tmp_path / "model")


def test_an_archive_that_is_not_compressed_says_how_to_pack_it(tmp_path: Path) -> None:
    plain = gzip.decompress(archive(entry("file", b"x")).getvalue())
    assert "tar czf" in refusal(io.BytesIO(plain), tmp_path / "model")


def test_what_is_no_archive_is_refused(tmp_path: Path) -> None:
    packed = io.BytesIO(gzip.compress(b"no tar at all" * 100))
    assert "not a valid tar.gz" in refusal(packed, tmp_path / "model")


def _damages() -> list[Callable[[bytes], bytes]]:
    return [lambda data: data[: len(data) // 2], lambda data: data[:-4], lambda _: b""]


@pytest.mark.parametrize("damage", _damages())
def test_a_truncated_archive_is_refused(tmp_path: Path, damage: Callable[[bytes], bytes]) -> None:
    whole = archive(entry("weights", os.urandom(100_000))).getvalue()
    assert refusal(io.BytesIO(damage(whole)), tmp_path / "model").endswith(".")


@settings(max_examples=60, deadline=None)
@given(position=st.floats(0, 1, exclude_max=True), bit=st.integers(0, 7))
def test_a_flipped_bit_never_escapes_as_another_error(
    tmp_path_factory: pytest.TempPathFactory, position: float, bit: int
) -> None:
    data = bytearray(archive(entry("a/b", b"hello" * 50), entry("c", b"x")).getvalue())
    data[int(position * len(data))] ^= 1 << bit
    target = tmp_path_factory.mktemp("flipped") / "model"
    try:
        unpack(io.BytesIO(bytes(data)), target)
    except ArchiveError:
        assert not target.exists()
    else:  # only what gzip does not protect, such as its time stamp
        assert (target / "a/b").read_bytes() == b"hello" * 50


_NAMES = st.lists(st.sampled_from(["a", "b", "..", ".", "", "c d", "é"]), min_size=1, max_size=4)
_LINKS = (tarfile.SYMTYPE, tarfile.LNKTYPE)
_KINDS = st.sampled_from([tarfile.REGTYPE, tarfile.DIRTYPE, tarfile.SYMTYPE, tarfile.LNKTYPE])


@settings(max_examples=150, deadline=None)
@given(members=st.lists(st.tuples(_NAMES, _KINDS, _NAMES), max_size=6))
def test_nothing_is_ever_written_or_linked_outside(
    tmp_path_factory: pytest.TempPathFactory, members: list[tuple[list[str], bytes, list[str]]]
) -> None:
    root = tmp_path_factory.mktemp("any")
    packed = archive(
        *(
            entry(
                "/".join(name),
                b"data" if kind == tarfile.REGTYPE else b"",
                type=kind,
                linkname="/".join(link) or "."
                if kind in (tarfile.SYMTYPE, tarfile.LNKTYPE)
                else "",
            )
            for name, kind, link in members
        )
    )
    try:
        unpack(packed, root / "model")
    except ArchiveError:
        assert list(root.iterdir()) == []
        return
    assert [path.name for path in root.iterdir()] == ["model"]
    for path in (root / "model").rglob("*"):
        assert Path(os.path.realpath(path)).is_relative_to(root / "model")
