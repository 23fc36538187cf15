"""What scripts of jobs and models see of the environment that the service was started in."""

import os

# Of what the service was started with, scripts get these; a user's shell holds more, and secrets.
_GIVEN = (
    *("PATH", "HOME", "USER", "LOGNAME", "LANG", "LANGUAGE", "TZ", "TMPDIR", "TERM", "SHELL"),
    *("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV"),
    *("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy"),
    *("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"),
    *("HF_HOME", "HF_HUB_CACHE", "HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE", "XDG_CACHE_HOME"),
    *("CUDA_VISIBLE_DEVICES", "NVIDIA_VISIBLE_DEVICES"),
)
_GIVEN_STARTS = ("LC_", "PIP_", "UV_", "DOCINSIGHTS_", "COVERAGE_")


def shared_environment() -> dict[str, str]:
    """Of the service's environment, what scripts that others wrote may see."""
    return {
        name: value
        for name, value in os.environ.items()
        if name in _GIVEN or name.startswith(_GIVEN_STARTS)
    }
