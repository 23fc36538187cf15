"""botocore's own description of the services: the shapes that requests and answers must have."""

from functools import cache
from typing import Any

from botocore.loaders import Loader
from botocore.model import ServiceModel


@cache
def service_model(name: str) -> Any:
    """The ``botocore.model.ServiceModel`` of "sagemaker", "sagemaker-runtime", "logs" or "s3"."""
    description = Loader().load_service_model(name, "service-2")
    return ServiceModel(description, service_name=name)
