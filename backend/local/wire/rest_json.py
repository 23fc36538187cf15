"""Errors of AWS's rest-json protocol, which the runtime of SageMaker speaks."""

import json
import uuid

from starlette.responses import Response

from backend.local.wire.errors import AwsError


def error_response(error: AwsError) -> Response:
    """``error`` with its code in a header and its message in a JSON object."""
    content = {**error.fields, "Message": error.message, "message": error.message}
    return Response(
        json.dumps(content).encode(),
        status_code=error.status,
        media_type="application/json",
        headers={"x-amzn-ErrorType": error.code, "x-amzn-RequestId": str(uuid.uuid4())},
    )
