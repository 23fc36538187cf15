"""The operations of SageMaker and of its runtime."""

from backend.local.sagemaker.service import SageMakerService, build

__all__ = ["SageMakerService", "build"]
