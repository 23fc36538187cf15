"""The models that come with the project, in ``assets/models``: packed and registered.

They keep their names whatever is in them: the pages look for these names.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from backend.catalog.archives import pipeline_files, row_files
from backend.cloud.archives import SERVING_ENVIRONMENT, digest, s3_key, s3_uri, source_files, upload
from backend.cloud.connections import Connections
from backend.cloud.errors import translated
from backend.cloud.naming import SOURCE_TAG, TASK_TAG, as_tags
from backend.errors import CloudError, NotFound
from backend.settings import ROOT

SOURCE: Final = "embedded"
"""The source tag of these models."""
_PACKAGED: Final = {"pretrained-named-entities": "en_core_web_md"}
"""Those that are a package's weights, which this computer has and other clouds have not."""
_BESIDE_PIPELINE: Final = {
    "pretrained-document-entities": "",
    "pretrained-business-relations": "names/",
}
"""Those of ours that read with spaCy's pipeline beside them, and the folder where it is looked for.
"""


_WITH_TAGGER: Final = {"pretrained-business-relations": ("pretrained-document-entities", "names")}
"""Those that need names found: the model that finds them, and its folder in the archive."""


_ENTRY_POINTS: Final = frozenset({"inference.py", "train.py"})


def has_learned(name: str, root: Path = ROOT) -> bool:
    """Whether the model ``name`` comes with weights that our training code wrote."""
    return (root / "assets" / "models" / name / "weights.safetensors").is_file()


def own_files(name: str, task: str, root: Path) -> dict[str, Path] | None:
    """What goes into the archive, by path inside it; None where a part of it is missing.

    The model's own files go to the top; the source bundle, which is ``model_code`` less the other
    tasks, under ``code/``, where SageMaker's containers expect it.
    """
    assets, source = root / "assets" / "models" / name, root / "model_code"
    if not assets.is_dir() or not (source / task / "inference.py").is_file():
        return None
    own = _files(assets)
    code = source_files(task, source)
    if name in _WITH_TAGGER:
        tagger, folder = _WITH_TAGGER[name]
        own |= {f"{folder}/{at}": file for at, file in _files(assets.parent / tagger).items()}
        # A bundle has the entry points of one task: of the other it has what finds names.
        helps = source_files("named_entities", source).items()
        code |= {at: file for at, file in helps if Path(at).name not in _ENTRY_POINTS}
    return dict(sorted((own | {f"code/{at}": file for at, file in code.items()}).items()))


def _files(folder: Path) -> dict[str, Path]:
    return {str(file.relative_to(folder)): file for file in folder.rglob("*") if file.is_file()}


def whole_files(name: str, task: str, root: Path) -> dict[str, Path]:
    """The same with weights that are otherwise taken from a package of this computer's.

    Raises ``CloudError`` where a part of it is missing.
    """
    if packaged := _PACKAGED.get(name):
        return row_files(packaged, task, root) | pipeline_files()
    files = own_files(name, task, root)
    if files is None:
        raise CloudError(
            f"“{name}” did not come with this copy of the product: restore its folder in "
            "assets/models."
        )
    if name not in _BESIDE_PIPELINE:
        return files
    folder = _BESIDE_PIPELINE[name]
    return files | {f"{folder}{at}": file for at, file in pipeline_files().items()}


def register(connections: Connections, name: str, task: str, files: Mapping[str, Path]) -> bool:
    """Have SageMaker know the model with exactly these files; gives whether that was a change."""
    parts = ("models", name, digest(files), "model.tar.gz")
    uri = s3_uri(connections, *parts)
    try:
        with translated():
            known = connections.sagemaker.describe_model(ModelName=name)
        if known.get("PrimaryContainer", {}).get("ModelDataUrl") == uri:
            return False
        # Models are immutable, and clients know this one by its name: so a new one in its place.
        with translated():
            connections.sagemaker.delete_model(ModelName=name)
    except NotFound:
        pass
    upload(connections, s3_key(connections, *parts), files)
    with translated():
        connections.sagemaker.create_model(
            ModelName=name,
            ExecutionRoleArn=connections.cloud.role_arn,
            PrimaryContainer={
                "Image": connections.cloud.image,
                "ModelDataUrl": uri,
                "Environment": SERVING_ENVIRONMENT,
            },
            Tags=as_tags({TASK_TAG: task, SOURCE_TAG: SOURCE}),
        )
    return True
