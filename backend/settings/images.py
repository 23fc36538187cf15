"""AWS's own containers for Hugging Face models, as the SageMaker SDK lists them.

A table and not the SDK, which takes seconds to import; a test compares it with
``sagemaker.core.image_uris``, whose versions and accounts these are.
"""

from collections.abc import Mapping
from typing import Final

from backend.errors import SettingsError

INFERENCE: Final = "huggingface-pytorch-inference:2.6.0-transformers5.5.3-cpu-py312-ubuntu22.04"
INFERENCE_GPU: Final = (
    "huggingface-pytorch-inference:2.6.0-transformers5.5.3-gpu-py312-cu124-ubuntu22.04"
)
TRAINING: Final = "huggingface-pytorch-training:2.9.0-transformers5.3.0-gpu-py312-cu130-ubuntu22.04"
"""The one for training comes for GPUs only."""

ACCOUNTS: Final[Mapping[str, str]] = {
    "763104351884": "ap-northeast-1 ap-northeast-2 ap-south-1 ap-southeast-1 ap-southeast-2 "
    "ca-central-1 eu-central-1 eu-north-1 eu-west-1 eu-west-2 eu-west-3 sa-east-1 us-east-1 "
    "us-east-2 us-west-1 us-west-2",
    "204538143572": "ca-west-1",
    "217643126080": "me-south-1",
    "364406365360": "ap-northeast-3",
    "380420809688": "eu-central-2",
    "442386744353": "us-gov-west-1",
    "446045086412": "us-gov-east-1",
    "457447274322": "ap-southeast-4",
    "503227376785": "eu-south-2",
    "626614931356": "af-south-1",
    "692866216735": "eu-south-1",
    "727897471807": "cn-north-1 cn-northwest-1",
    "772153158452": "ap-south-2",
    "780543022126": "il-central-1",
    "871362719292": "ap-east-1",
    "907027046896": "ap-southeast-3",
    "914824155844": "me-central-1",
}
"""The account that keeps the images, and the regions that take them from it."""

_BY_REGION: Final = {
    region: account for account, regions in ACCOUNTS.items() for region in regions.split()
}


def regions() -> tuple[str, ...]:
    """The regions that have these images."""
    return tuple(sorted(_BY_REGION))


def image_uri(image: str, region: str) -> str:
    """``image`` as a region's registry has it; raises ``SettingsError`` where none has it."""
    if region not in _BY_REGION:
        raise SettingsError(
            f"AWS's containers are not to be had in {region}: choose another region, or set "
            "DOCINSIGHTS_IMAGE and DOCINSIGHTS_TRAINING_IMAGE to images of your own."
        )
    suffix = "amazonaws.com.cn" if region.startswith("cn-") else "amazonaws.com"
    return f"{_BY_REGION[region]}.dkr.ecr.{region}.{suffix}/{image}"
