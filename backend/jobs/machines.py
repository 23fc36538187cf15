"""What is known of instance types: enough to say that a job does not fit, and what it may cost.

Prices are Amazon's for training on demand in us-east-1, in US dollars an hour, as an order of
size: the price list of the account's own region decides.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

GIB: Final = 2**30


@dataclass(frozen=True)
class Machine:
    """An instance type: memory in GiB (of its GPU where it has one), price per hour, and how many
    times as fast as two CPU cores it trains, roughly.
    """

    cores: int
    memory_gib: int
    gpu: bool
    hourly: float
    speed: float


MACHINES: Final[Mapping[str, Machine]] = {
    "ml.m5.large": Machine(2, 8, gpu=False, hourly=0.115, speed=1.0),
    "ml.m5.xlarge": Machine(4, 16, gpu=False, hourly=0.23, speed=1.8),
    "ml.m5.2xlarge": Machine(8, 32, gpu=False, hourly=0.461, speed=3.0),
    "ml.c5.xlarge": Machine(4, 8, gpu=False, hourly=0.204, speed=2.0),
    "ml.c5.2xlarge": Machine(8, 16, gpu=False, hourly=0.408, speed=3.5),
    "ml.g4dn.xlarge": Machine(4, 16, gpu=True, hourly=0.736, speed=20.0),
    "ml.g4dn.2xlarge": Machine(8, 16, gpu=True, hourly=0.94, speed=20.0),
    "ml.g5.xlarge": Machine(4, 24, gpu=True, hourly=1.408, speed=40.0),
    "ml.g5.2xlarge": Machine(8, 24, gpu=True, hourly=1.515, speed=40.0),
    "ml.p3.2xlarge": Machine(8, 16, gpu=True, hourly=3.825, speed=40.0),
}
