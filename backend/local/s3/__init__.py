"""The part of Amazon S3 that boto3, the AWS CLI and the SageMaker SDK use, over plain files."""
