"""Each shipped encoder in int8, as served, against the same one in PyTorch float32.

``python -m benchmarks.quantization --work build/pretrained`` scores both on the hold-out that
``make pretrained`` left there, in one process, and prints the scores and the ratio of speeds.
"""

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def main() -> None:
    """Compare every shipped encoder whose hold-out is there."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, default=ROOT / "build" / "pretrained")
    options = parser.parse_args()
    print(f"{'model':34}{'metric':14}{'float32':>8}{'int8':>8}{'diff':>8}")
    for folder in sorted((ROOT / "assets" / "models").iterdir()):
        hold_out = options.work / folder.name / "data" / "validation" / "validation.jsonl"
        if not hold_out.exists():
            continue
        done = subprocess.run(
            [sys.executable, "-m", "common.served_quality", str(folder), str(hold_out)],
            env={**os.environ, "PYTHONPATH": str(ROOT / "model_code")},
            check=True,
            stdout=subprocess.PIPE,
        )
        result = json.loads(done.stdout.splitlines()[-1])
        ratio = result["seconds"]["float32"] / result["seconds"]["int8"]
        for name, value in result["metrics"].items():
            full, small = value["float32"], value["int8"]
            print(f"{folder.name:34}{name:14}{full:8.4f}{small:8.4f}{small - full:+8.4f}", end="")
            print(f"  n={result['n']}, {ratio:.2f} x the speed", flush=True)


if __name__ == "__main__":
    main()
