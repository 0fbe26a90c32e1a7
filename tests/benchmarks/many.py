"""How fast many models train at once, beside one trainer and a plain C loop for one model.

A part of ``bench``. The contenders take turns in one process: on a busy machine compare the ratios.
"""

import ctypes
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np

MODELS, BATCH_SIZE, RATE = 256, 10, 0.1
FLAGS = ("-O3", "-march=native", "-ffast-math")
# (width, optimizer, dropout); the first two are asked to be as fast as the C loop
WORKLOADS = (
    (8, "SGD", 0.0),
    (64, "SGD", 0.0),
    (8, "Adam", 0.0),
    (64, "Adam", 0.0),
    (8, "SGD", 0.2),
)
MOST_MEGABYTES, MANY_MODELS = 1000, 1024
NO_COMPILER = "No C compiler (cc, gcc or clang) is found here, so the C loop is left out."


class CLoop:
    """One network of two hidden tanh layers in plain C: ``loop.c``, compiled for this machine."""

    def __init__(self, folder: Path):
        compiler = next(filter(None, map(shutil.which, ("cc", "gcc", "clang"))), None)
        if compiler is None:
            raise FileNotFoundError(NO_COMPILER)
        library, compiled = str(folder / "loop.so"), str(folder / "loop.o")
        source = str(Path(__file__).with_name("loop.c"))
        # Linked without the flags: -ffast-math there makes the whole process that loads the
        # library treat the smallest numbers as zero.
        for command in (
            [compiler, *FLAGS, "-fPIC", "-c", source, "-o", compiled],
            [compiler, "-shared", compiled, "-o", library, "-lm"],
        ):
            if subprocess.run(command, capture_output=True).returncode != 0:
                raise FileNotFoundError(f"{compiler} cannot compile it, so the C loop is left out.")
        self._train = ctypes.CDLL(library).train
        self._train.restype = ctypes.c_double

    def train(self, weights: list[np.ndarray], X: np.ndarray, y: np.ndarray, order: np.ndarray):
        """Make one update a row of `order`, in place; return the mean loss.

        Parameters
        ----------
        weights : list of ndarray
            Kernels and biases, float32, of layers 2-units-units-1.
        X : ndarray of shape (n_samples, 2)
        y : ndarray of shape (n_samples, 1)
        order : ndarray of shape (updates, batch_size)
            Samples by number, int32.
        """
        updates, batch = order.shape
        arrays = [a.ctypes.data_as(ctypes.c_void_p) for a in (X, y, order)]
        pointers = [w.ctypes.data_as(ctypes.c_void_p) for w in weights]
        units = weights[0].shape[1]
        return self._train(units, batch, updates, *arrays, ctypes.c_float(RATE), *pointers)


def measure_many(workload, make_model: Callable, X, y, rate: Callable, rounds: int) -> dict:
    """Return the best model-updates per second of each contender, None where there is none.

    Parameters
    ----------
    workload : tuple of (int, str, float)
        Width, optimizer and dropout.
    make_model : callable
        (width, optimizer, dropout) -> a compiled model.
    X, y : ndarray of shape (n_samples, 2) and (n_samples, 1)
    rate : callable
        (sprint) -> what a function that says how many updates it made makes in a second.
    rounds : int
        Turns for each.
    """
    from lessons_lib import live

    width, optimizer, dropout = workload
    model = make_model(width, optimizer, dropout)
    trainer = live.LiveTrainer(model, X, y, batch_size=BATCH_SIZE)
    rates = np.geomspace(0.01, 0.1, MODELS)
    population = live.Population(model, X, y, batch_size=BATCH_SIZE, learning_rate=rates)
    updates = 1000 if width < 32 else 250
    sprints = {
        "population": lambda: MODELS * population.step(updates),
        "trainer": lambda: trainer.step(updates),
    }
    best = {"population": 0.0, "trainer": 0.0, "C loop": None}
    with tempfile.TemporaryDirectory() as folder:
        try:
            loop = CLoop(Path(folder))
        except FileNotFoundError:
            loop = None
        if loop is not None and (optimizer, dropout) == ("SGD", 0.0):
            best["C loop"] = 0.0
            sprints["C loop"] = _c_sprint(loop, model, X, y, updates)
        for sprint in sprints.values():
            sprint()  # compilation is no part of the rate
        for _ in range(rounds):
            for name, sprint in sprints.items():
                best[name] = max(best[name], rate(sprint))
    return best


def _c_sprint(loop: CLoop, model, X, y, updates: int) -> Callable[[], int]:
    weights = [np.ascontiguousarray(w) for w in model.get_weights()]
    rng = np.random.default_rng(0)
    epochs = -(-updates * BATCH_SIZE // len(X))
    order = np.concatenate([rng.permutation(len(X)) for _ in range(epochs)]).astype(np.int32)
    order = order[: updates * BATCH_SIZE].reshape(updates, BATCH_SIZE)

    def sprint() -> int:
        loop.train(weights, X, y, order)
        return updates

    return sprint


def resident_megabytes(make_model: Callable, X, y) -> float:
    """Return the resident set of this process after many models of width 8 have trained."""
    import psutil

    from lessons_lib import live

    rates = np.geomspace(0.01, 0.1, MANY_MODELS)
    population = live.Population(
        make_model(8, "SGD", 0.0), X, y, validation_data=(X, y), batch_size=BATCH_SIZE,
        learning_rate=rates,
    )  # fmt: skip
    population.step(2000)
    return psutil.Process().memory_info().rss / 1e6


def print_many(make_model: Callable, X, y, rate: Callable, script: str, quick: bool) -> None:
    """Print the rates, the ratios, and the memory of 1,024 models in a process of their own."""
    print(f"\nModel-updates per second of {MODELS} models at once, batches of {BATCH_SIZE}.\n")
    names = f"{'population':>14}{'trainer':>18}{'C loop':>20}"
    print(f"{'optimizer':<10}{'dropout':>8}{'width':>7}{names}")
    met = []
    for width, optimizer, dropout in WORKLOADS[: 2 if quick else None]:
        found = measure_many(
            (width, optimizer, dropout), make_model, X, y, rate, rounds=3 if quick else 5
        )
        cells = [_cell(found["population"], found[name]) for name in ("trainer", "C loop")]
        print(
            f"{optimizer:<10}{dropout!s:>8}{width!s:>7}{found['population']:>14,.0f}"
            f"{cells[0]:>18}{cells[1]:>20}",
            flush=True,
        )
        if found["C loop"]:
            met.append(found["population"] >= found["C loop"])
    wanted = f"missed in {met.count(False)} of {len(met)}" if not all(met) else "reached"
    print(f"\nAs fast as the C loop at widths 8 and 64: {wanted}." if met else f"\n{NO_COMPILER}")
    done = subprocess.run(
        [sys.executable, script, "--many-models"], capture_output=True, text=True, check=True
    )
    megabytes = float(done.stdout.splitlines()[-1])
    verdict = "reached" if megabytes < MOST_MEGABYTES else "missed"
    print(
        f"{MANY_MODELS:,} models of width 8 after 2,000 updates: {megabytes:,.0f} MB resident; "
        f"wanted: under {MOST_MEGABYTES:,} MB: {verdict}.\n"
    )


def _cell(ours: float, theirs: float | None) -> str:
    return "–" if theirs is None else f"{theirs:,.0f} ({ours / theirs:,.2g}x)"
