"""What it costs that a panel remembers its run, and how soon it is back at a step.

A part of ``bench``. Two trainers make the same run in turns, one of them through a panel's memory:
on a busy machine both are slow, and the ratio can be compared.
"""

import statistics
import time
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

MOST_COST = 0.05  # of the time of training
UPDATES, REWINDS = 20_000, 25
# (name, units of the hidden layers, updates in a turn, runs)
NETWORKS = (("2-16-1", (16,), 1000, 9), ("2-220-220-1, 49,501 weights", (220, 220), 100, 1))


class Remembered(NamedTuple):
    """What was measured of a run.

    Attributes
    ----------
    cost : float
        Time with memory over time without, less 1: the middle of several runs.
    rewind : float
        Seconds until a step is shown, the middle of many.
    moments, size : int
        Moments that are kept, and their bytes.
    """

    cost: float
    rewind: float
    moments: int
    size: int


def measure_remembered(
    make_trainer: Callable, turn: int, runs: int, updates: int = UPDATES, rewinds: int = REWINDS
) -> Remembered:
    """Measure a run with memory beside the same run without.

    Parameters
    ----------
    make_trainer : callable
        () -> a new `LiveTrainer`, the same each time.
    turn : int
        Updates that each makes when it is its turn.
    runs : int
        How often the run is made.
    updates : int
        In a run.
    rewinds : int
        Steps that are gone back to.
    """
    from lessons_lib.panels._memory import Memory

    memory, plain = Memory(make_trainer()), make_trainer()
    for one in (memory, plain):
        one.step(2 * turn)  # compiles
    costs = []
    for _ in range(runs):
        memory.reset()
        plain.reset()
        costs.append(_cost(memory, plain, turn, updates))
    kept = len(memory.present.moments), memory.size
    waited = []
    for step in np.random.default_rng(0).integers(updates, size=rewinds):
        begun = time.perf_counter()
        memory.rewind(int(step))
        waited.append(time.perf_counter() - begun)
    return Remembered(statistics.median(costs), statistics.median(waited), *kept)


def _cost(memory, plain, turn: int, updates: int) -> float:
    """Return how much longer the one takes, as a part; who begins changes."""
    seconds = {memory: 0.0, plain: 0.0}
    for number, made in enumerate(range(0, updates, turn)):
        for one in (memory, plain)[:: 1 if number % 2 else -1]:
            begun = time.perf_counter()
            one.step(min(turn, updates - made))
            seconds[one] += time.perf_counter() - begun
    return seconds[memory] / seconds[plain] - 1


def print_remembered(make_trainer: Callable, quick: bool) -> None:
    """Print cost, waiting time and size for each network.

    Parameters
    ----------
    make_trainer : callable
        (units) -> a new `LiveTrainer` with hidden layers of so many.
    quick : bool
        Whether to measure the first network alone.
    """
    print(f"\nWhat a panel's memory costs in a run of {UPDATES:,} updates.\n")
    print(f"{'network':<30}{'cost':>8}{'back at a step':>17}{'moments':>10}{'MB':>8}")
    met = []
    for name, units, turn, runs in NETWORKS[: 1 if quick else None]:
        found = measure_remembered(lambda units=units: make_trainer(units), turn, runs)
        back = f"{1000 * found.rewind:.0f} ms"
        print(
            f"{name:<30}{found.cost:>8.1%}{back:>17}{found.moments:>10}{found.size / 1e6:>8.2f}",
            flush=True,
        )
        met.append(found.cost < MOST_COST)
    wanted = "reached" if all(met) else f"missed in {met.count(False)} of {len(met)}"
    print(f"\nWanted: under {MOST_COST:.0%} of the training: {wanted}.\n")
