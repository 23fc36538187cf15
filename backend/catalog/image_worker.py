"""``python -m backend.catalog.image_worker``: the image that AWS has for a framework.

Reads the arguments of ``sagemaker.core.image_uris.retrieve`` as JSON from its input, and answers
``{"image": …}`` or ``{"problem": …}``. A process of its own, since the SDK is heavy.
"""

import json
import sys


def main() -> int:
    """Answer one question."""
    from sagemaker.core import image_uris

    arguments = json.load(sys.stdin)
    try:
        answer = {"image": image_uris.retrieve(**arguments)}
    except (OSError, ValueError, KeyError) as error:
        answer = {"problem": str(error)}
    sys.stdout.write(json.dumps(answer))
    return 0


if __name__ == "__main__":
    sys.exit(main())
