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
_BESIDE_PIPELINE: Final = frozenset({"pretrained-document-entities"})
"""Those of ours that read with spaCy's pipeline beside them."""


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
    own = {str(file.relative_to(assets)): file for file in assets.rglob("*") if file.is_file()}
    bundle = {f"code/{at}": file for at, file in source_files(task, source).items()}
    return dict(sorted((own | bundle).items()))


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
    return files | pipeline_files() if name in _BESIDE_PIPELINE else files


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
