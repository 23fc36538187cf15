"""``model_code`` with the versions of AWS's images, each in an environment of its own.

``make test-images`` (or ``python -m tests.images [NAME …]``): creates ``.images/<name>``, installs
what the image has, and runs the tests of ``model_code`` there, AWS's toolkits included. Gigabytes
are fetched the first time; ``--torch 2.13.0`` takes a torch that is at hand instead of the images'
own. ``--resolve`` only asks pip whether the versions fit together.
"""

import argparse
import os
import subprocess
import sys
import venv
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
FOLDER: Final = ROOT / ".images"
COMMON: Final = (
    "sagemaker-training==5.1.4",
    "sagemaker-inference==1.10.1",
    "onnx>=1.17",
    "onnxruntime>=1.20",
    "peft>=0.15",
    "safetensors",
    "setuptools<81",
    "pytest==9.2.0",
    "hypothesis==6.170.15",
    "psutil",
    "spacy",
)
IMAGES: Final[dict[str, tuple[str, ...]]] = {
    "training-4.56": ("torch==2.8.0", "transformers==4.56.2"),
    "training-5.3": ("torch==2.9.0", "transformers==5.3.0"),
    "inference-4.51": ("torch==2.6.0", "transformers==4.51.3"),
    "inference-5.5": ("torch==2.6.0", "transformers==5.5.3"),
    "newest": ("torch==2.13.0", "transformers==5.23.0"),
}
"""What the SageMaker SDK lists for Hugging Face's images, and what this project itself pins."""
TESTS: Final = ("tests/model_code",)
_LEFT_OPEN: Final = frozenset(
    {
        "torch",
        "transformers",
        "tokenizers",
        "huggingface_hub",
        "accelerate",
        "datasets",
        "peft",
        "sentence-transformers",
        "setuptools",
        "retrying",
        "sympy",
        "triton",
    }
)
"""What the images decide, and what AWS's toolkits want older than this project does."""


def main(arguments: list[str] | None = None) -> int:
    """Every image asked for; gives the number of those that failed."""
    parser = argparse.ArgumentParser(prog="python -m tests.images", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(IMAGES)}")
    parser.add_argument("--torch", metavar="VERSION", help="instead of the images' own")
    parser.add_argument("--resolve", action="store_true", help="only ask whether versions fit")
    options = parser.parse_args(arguments)
    if unknown := set(options.names) - set(IMAGES):
        parser.error(f"{min(unknown)} is none of {', '.join(IMAGES)}")
    work = resolve if options.resolve else test
    failed = [name for name in options.names or IMAGES if not work(name, options.torch)]
    print(f"failed: {', '.join(failed)}" if failed else "all passed")
    return len(failed)


def resolve(name: str, torch: str | None) -> bool:
    """Whether pip finds versions that fit together; nothing is installed."""
    command = [sys.executable, "-m", "pip", "install", "--dry-run", "--ignore-installed", "--quiet"]
    return _run([*command, *_constrained(), *_wanted(name, torch), *COMMON])


def test(name: str, torch: str | None) -> bool:
    """Whether the tests pass in the environment of the image."""
    wanted = _wanted(name, torch)
    folder = FOLDER / (f"{name}-torch-{torch}" if torch else name)
    python = folder / "bin" / "python"
    if not (folder / ".installed").exists():
        venv.create(folder, with_pip=True, clear=True)
        # torch first: where a CPU build is at hand, pip takes it and keeps it.
        for packages in (wanted[:1], (*wanted, *COMMON)):
            if not _run([str(python), "-m", "pip", "install", *_constrained(), *packages]):
                return False
        (folder / ".installed").touch()
    # Without tests/conftest.py, which starts the whole product.
    pytest = ["-m", "pytest", "-q", "--confcutdir=tests/model_code", "-p", "no:cacheprovider"]
    return _run([str(python), *pytest, *TESTS], DOCINSIGHTS_IMAGE_TESTS="1")


def _wanted(name: str, torch: str | None) -> tuple[str, ...]:
    own, *rest = IMAGES[name]
    return (f"torch=={torch}" if torch else own, *rest)


def _constrained() -> tuple[str, str]:
    """This project's versions of all else: without them pip tries combinations for very long."""
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    kept = [line for line in lines if line.partition("==")[0] not in _LEFT_OPEN]
    FOLDER.mkdir(exist_ok=True)
    path = FOLDER / "constraints.txt"
    path.write_text("\n".join(kept))
    return "-c", str(path)


def _run(command: list[str], **environment: str) -> bool:
    print("+", " ".join(command), flush=True)
    done = subprocess.run(command, cwd=ROOT, env={**os.environ, **environment}, check=False)
    return done.returncode == 0


if __name__ == "__main__":
    sys.exit(main())
