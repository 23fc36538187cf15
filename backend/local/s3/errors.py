"""S3's errors in S3's words."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager

from backend.local.wire.errors import AwsError, disk_full


def no_such_bucket(bucket: str) -> AwsError:
    return AwsError(
        "NoSuchBucket",
        "The specified bucket does not exist",
        status=404,
        fields={"BucketName": bucket},
    )


def no_such_key(key: str) -> AwsError:
    return AwsError(
        "NoSuchKey", "The specified key does not exist.", status=404, fields={"Key": key}
    )


def damaged_object(bucket: str, key: str) -> AwsError:
    return AwsError(
        "InternalError",
        f"The object s3://{bucket}/{key} is damaged: its bytes on the disk are not those that were "
        "stored. Upload it again.",
        status=500,
        fields={"BucketName": bucket, "Key": key},
    )


def no_such_upload(upload_id: str) -> AwsError:
    return AwsError(
        "NoSuchUpload",
        "The specified upload does not exist. The upload ID may be invalid, or the upload may "
        "have been aborted or completed.",
        status=404,
        fields={"UploadId": upload_id},
    )


def key_too_long(size: int, most: int) -> AwsError:
    return AwsError(
        "KeyTooLongError",
        "Your key is too long",
        fields={"Size": size, "MaxSizeAllowed": most},
    )


def precondition_failed(condition: str) -> AwsError:
    return AwsError(
        "PreconditionFailed",
        "At least one of the pre-conditions you specified did not hold",
        status=412,
        fields={"Condition": condition},
    )


def invalid_argument(message: str, name: str, value: str) -> AwsError:
    return AwsError(
        "InvalidArgument", message, fields={"ArgumentName": name, "ArgumentValue": value}
    )


def not_implemented(what: str) -> AwsError:
    return AwsError(
        "NotImplemented",
        f"The local service does not offer {what}.",
        status=501,
    )


@contextmanager
def disk_errors() -> Iterator[None]:
    """Turn what a disk refuses into an error that the client understands."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise disk_full() from error
        if error.errno == errno.ENAMETOOLONG:
            raise AwsError(
                "KeyTooLongError", "Your key is too long for the file system of the data folder."
            ) from error
        raise
