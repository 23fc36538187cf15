"""What is known of instance types: enough to say that a job does not fit, and how long it takes.

What they cost is in ``backend.costs.prices``.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

GIB: Final = 2**30


@dataclass(frozen=True)
class Machine:
    """An instance type: memory in GiB (of its GPU where it has one), and how many times as fast as
    two CPU cores it trains, roughly.
    """

    cores: int
    memory_gib: int
    gpu: bool
    speed: float


MACHINES: Final[Mapping[str, Machine]] = {
    "ml.m5.large": Machine(2, 8, gpu=False, speed=1.0),
    "ml.m5.xlarge": Machine(4, 16, gpu=False, speed=1.8),
    "ml.m5.2xlarge": Machine(8, 32, gpu=False, speed=3.0),
    "ml.c5.xlarge": Machine(4, 8, gpu=False, speed=2.0),
    "ml.c5.2xlarge": Machine(8, 16, gpu=False, speed=3.5),
    "ml.g4dn.xlarge": Machine(4, 16, gpu=True, speed=20.0),
    "ml.g4dn.2xlarge": Machine(8, 16, gpu=True, speed=20.0),
    "ml.g5.xlarge": Machine(4, 24, gpu=True, speed=40.0),
    "ml.g5.2xlarge": Machine(8, 24, gpu=True, speed=40.0),
    "ml.p3.2xlarge": Machine(8, 16, gpu=True, speed=40.0),
}
