"""``python3 -m lessons_lib bench``: how fast the live engine trains, against its alternatives.

Every number of one table comes from one process and one set of data, and the contenders take
turns: on a busy machine compare the ratios, not the rates.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass

import many
import numpy as np
import remembered

SAMPLES, BATCH_SIZE = 250, 10
LEARNING_RATES = {"SGD": 0.1, "Adam": 0.01}
CONTENDERS = ("live", "fit", "fit jit", "on batch", "sklearn", "NumPy nn")
# (width, times as fast as fit) that the course wants, with dropout
WANTED = {4: 100, 8: 100, 16: 100, 64: 60}
FIRST_UPDATE_SECONDS, WIDTH_CHANGE_MS = 1.2, 5.0
# (name, shape of a sample, hidden layers, classes, batch size), with Adam; `fit` beside each
MODELS = (
    ("conv 8, 8 x 8", (8, 8, 1), (("Conv2D", 8),), 10, 32),
    ("conv 8-16, 16 x 16", (16, 16, 1), (("Conv2D", 8), ("Conv2D", 16)), 10, 32),
    ("conv 16-32, 28 x 28", (28, 28, 1), (("Conv2D", 16), ("Conv2D", 32)), 10, 32),
    ("conv 16-32, 28 x 28", (28, 28, 1), (("Conv2D", 16), ("Conv2D", 32)), 10, 128),
    ("784-500-500-10", (784,), (("Dense", 500), ("Dense", 500)), 10, 100),
    ("11-512-512-512-2", (11,), (("Dense", 512),) * 3, 2, 256),
    ("LSTM 16, 30 x 4", (30, 4), (("LSTM", 16),), 10, 32),
)


@dataclass(frozen=True)
class Workload:
    """A network of two hidden layers of `width` tanh units on 250 points in the plane."""

    width: int
    dropout: float
    optimizer: str

    @property
    def wanted(self) -> int | None:
        """Times as fast as ``fit`` that the course asks for, if it does."""
        return WANTED.get(self.width) if self.dropout else None


def bench(arguments: list[str]) -> int:
    """Print the tables; ``--quick`` measures two widths with SGD and dropout, and two models.

    Parameters
    ----------
    arguments : list of str
        What stands behind ``bench`` on the command line.

    Returns
    -------
    int
        0, whether or not the speeds wanted were reached: machines differ.
    """
    parser = argparse.ArgumentParser("python3 -m lessons_lib bench", description=bench.__doc__)
    parser.add_argument("--quick", action="store_true", help="a shorter run, about half a minute")
    quick = parser.parse_args(arguments).quick
    widths, dropouts, optimizers = (4, 8, 16, 64), (0.0, 0.2), ("SGD", "Adam")
    if quick:
        widths, dropouts, optimizers = (8, 64), (0.2,), ("SGD",)
    print(
        f"Parameter updates per second; 2 inputs, two hidden layers, {SAMPLES} points, batches of "
        f"{BATCH_SIZE}.\nIn brackets: how many times as fast LiveTrainer.step is.\n"
    )
    print(_row("optimizer", "dropout", "width", CONTENDERS))
    met = []
    for optimizer in optimizers:
        for dropout in dropouts:
            for width in widths:
                workload = Workload(width, dropout, optimizer)
                rates = measure_rates(workload, rounds=3 if quick else 5)
                print(_row(optimizer, dropout, width, _cells(rates)), flush=True)
                if workload.wanted:
                    met.append(rates["live"] / rates["fit"] >= workload.wanted)
    print()
    wanted = ", ".join(f"{WANTED[width]} at width {width}" for width in widths)
    print(f"Speed wanted with dropout, in times fit: {wanted}: {_verdict(met)}.")
    _print_models(MODELS[1:6:4] if quick else MODELS, rounds=2 if quick else 5)
    _print_many_models(quick)
    remembered.print_remembered(_remembered, quick)
    _print_waiting_times(quick)
    return 0


def _print_models(models, rounds: int) -> None:
    """Print how other kinds of models train, with and without XLA, beside ``fit``."""
    print("\nOther models, Adam; wanted: at least as fast as fit.\n")
    print(f"{'model':<22}{'batch':>6}{'compiler':>10}{'live':>9}{'fit':>16}")
    met = []
    for model in models:
        rates, xla = measure_model(*model[1:], rounds=rounds)
        ratio = rates["live"] / rates["fit"]
        fit = f"{rates['fit']:,.0f} ({ratio:,.1f}x)"
        compiler = "XLA" if xla else "none"
        print(
            f"{model[0]:<22}{model[-1]:>6}{compiler:>10}{rates['live']:>9,.0f}{fit:>16}", flush=True
        )
        met.append(ratio >= 1)
    print(f"\nAs fast as fit on each: {_verdict(met)}.\n")


def _print_many_models(quick: bool) -> None:
    """Print how many models train at once, beside a trainer and a C loop."""
    many.print_many(_of_many, *_points(), _rate, __file__, quick)


def _of_many(width: int, optimizer: str, dropout: float):
    """Return the model of a workload of many models."""
    return _keras_model(Workload(width, dropout, optimizer))


def _remembered(units):
    """Return a trainer, with Adam, of a network with hidden layers of some units."""
    from lessons_lib import live

    import keras  # isort: skip

    X, y = _points()
    keras.utils.set_random_seed(0)
    hidden = [keras.layers.Dense(width, activation="tanh") for width in units]
    output = keras.layers.Dense(1, activation="sigmoid")
    model = keras.Sequential([keras.Input((2,)), *hidden, output])
    model.compile(keras.optimizers.Adam(0.01), loss="binary_crossentropy")
    return live.LiveTrainer(model, X, y, validation_data=(X, y), batch_size=BATCH_SIZE)


def measure_model(shape, hidden, classes: int, batch_size: int, rounds: int):
    """Return the best updates per second of trainer and ``fit``, and whether XLA was chosen.

    Parameters
    ----------
    shape : tuple of int
        Of one sample.
    hidden : sequence of (str, int)
        Layers by class and units.
    classes, batch_size : int
    rounds : int
        Turns for each of the two.
    """
    from lessons_lib import live

    rng = np.random.default_rng(0)
    X = rng.normal(size=(4 * batch_size, *shape)).astype("float32")
    y = rng.integers(classes, size=len(X))
    trainer = live.LiveTrainer(_classifier(shape, hidden, classes), X, y, batch_size=batch_size)
    model = _classifier(shape, hidden, classes)

    def fit():
        model.fit(X, y, batch_size=batch_size, epochs=2, verbose=0)
        return 8

    sprints = {"live": lambda: trainer.step(8), "fit": fit}
    for sprint in sprints.values():
        sprint()
    best = dict.fromkeys(sprints, 0.0)
    for _ in range(rounds):
        for name, sprint in sprints.items():
            best[name] = max(best[name], _rate(sprint, seconds=0.4))
    return best, trainer.jit_compile


def _classifier(shape, hidden, classes: int):
    from lessons_lib import live  # noqa: F401 - first: it imports TensorFlow quietly

    import keras  # isort: skip

    inner = []
    for kind, units in hidden:
        if kind == "Conv2D":
            inner += [
                keras.layers.Conv2D(units, 3, activation="relu"),
                keras.layers.MaxPooling2D(),
            ]
        else:
            activation = "tanh" if kind == "LSTM" else "relu"
            inner.append(getattr(keras.layers, kind)(units, activation=activation))
    if hidden[-1][0] == "Conv2D":
        inner.append(keras.layers.Flatten())
    model = keras.Sequential(
        [keras.Input(shape), *inner, keras.layers.Dense(classes, activation="softmax")]
    )
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy")
    return model


def measure_rates(workload: Workload, rounds: int) -> dict[str, float | None]:
    """Return the best updates per second of each contender; None where it has no dropout.

    Parameters
    ----------
    workload : Workload
    rounds : int
        Turns per contender.
    """
    sprints = {name: _contender(name, workload) for name in CONTENDERS}
    best: dict[str, float | None] = dict.fromkeys(CONTENDERS)
    for sprint in filter(None, sprints.values()):
        sprint()  # compilation and first use are not part of the rate
    for _ in range(rounds):
        for name, sprint in sprints.items():
            if sprint is not None:
                best[name] = max(best[name] or 0.0, _rate(sprint))
    return best


def _rate(sprint: Callable[[], int], seconds: float = 0.15) -> float:
    start, updates = time.perf_counter(), 0
    while (passed := time.perf_counter() - start) < seconds:
        updates += sprint()
    return updates / passed


def _contender(name: str, workload: Workload) -> Callable[[], int] | None:
    """Return a function that makes some updates and says how many, or None."""
    X, y = _points()
    makers = {
        "live": _live,
        "fit": lambda *a: _keras_fit(*a, jit_compile="auto"),
        "fit jit": lambda *a: _keras_fit(*a, jit_compile=True),
        "on batch": _keras_train_on_batch,
        "sklearn": _scikit_learn,
        "NumPy nn": _numpy,
    }
    return makers[name](workload, X, y)


def _points() -> tuple[np.ndarray, np.ndarray]:
    """Return four noisy quadrants, X (250, 2) and y (250, 1), which no straight line divides."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(SAMPLES, 2)).astype("float32")
    return X, (X[:, :1] * X[:, 1:] > 0).astype("float32")


def _keras_model(workload: Workload, jit_compile="auto"):
    from lessons_lib import live  # noqa: F401 - first: it imports TensorFlow quietly

    import keras  # isort: skip

    hidden = []
    for seed in (1, 2):
        start = keras.initializers.GlorotUniform(seed=seed)
        hidden.append(
            keras.layers.Dense(workload.width, activation="tanh", kernel_initializer=start)
        )
        if workload.dropout:
            hidden.append(keras.layers.Dropout(workload.dropout, seed=seed))
    model = keras.Sequential(
        [keras.Input((2,)), *hidden, keras.layers.Dense(1, activation="sigmoid")]
    )
    optimizer = getattr(keras.optimizers, workload.optimizer)(LEARNING_RATES[workload.optimizer])
    model.compile(optimizer=optimizer, loss="binary_crossentropy", jit_compile=jit_compile)
    return model


def _live(workload: Workload, X, y):
    from lessons_lib import live

    trainer = live.LiveTrainer(_keras_model(workload), X, y, batch_size=BATCH_SIZE)
    return lambda: trainer.step(1000)


def _keras_fit(workload: Workload, X, y, jit_compile):
    model = _keras_model(workload, jit_compile)
    epochs = 4

    def sprint():
        model.fit(X, y, batch_size=BATCH_SIZE, epochs=epochs, verbose=0)
        return epochs * SAMPLES // BATCH_SIZE

    return sprint


def _keras_train_on_batch(workload: Workload, X, y):
    model = _keras_model(workload)
    batches = [
        (X[i : i + BATCH_SIZE], y[i : i + BATCH_SIZE]) for i in range(0, SAMPLES, BATCH_SIZE)
    ]

    def sprint():
        for batch in batches:
            model.train_on_batch(*batch)
        return len(batches)

    return sprint


def _scikit_learn(workload: Workload, X, y):
    if workload.dropout:
        return None  # MLPClassifier has none
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.neural_network import MLPClassifier

    epochs = 20
    model = MLPClassifier(
        (workload.width,) * 2,
        activation="tanh",
        solver=workload.optimizer.lower(),
        alpha=0.0,
        batch_size=BATCH_SIZE,
        learning_rate_init=LEARNING_RATES[workload.optimizer],
        momentum=0.0,
        max_iter=epochs,
        n_iter_no_change=epochs,
        random_state=0,
    )

    def sprint():
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)  # stopping early is the plan
            model.fit(X, y.ravel())
        return model.n_iter_ * SAMPLES // BATCH_SIZE

    return sprint


def _numpy(workload: Workload, X, y):
    from lessons_lib import nn, optimizers

    layers, n_in = [], 2
    for seed in (1, 2):
        layers += [
            nn.Dense(n_in, workload.width, seed=seed, dtype=np.float32),
            nn.Tanh(),
        ]
        layers += [nn.Dropout(workload.dropout, seed=seed)] if workload.dropout else []
        n_in = workload.width
    model = nn.Sequential([*layers, nn.Dense(n_in, 1, seed=3, dtype=np.float32), nn.Sigmoid()])
    rule = getattr(optimizers, workload.optimizer)(LEARNING_RATES[workload.optimizer])
    loss, epochs = nn.BinaryCrossentropy(), 10

    def sprint():
        model.fit(X, y, loss, rule, batch_size=BATCH_SIZE, epochs=epochs)
        return epochs * SAMPLES // BATCH_SIZE

    return sprint


def _print_waiting_times(quick: bool) -> None:
    from lessons_lib import live

    X, y = _points()
    turns = {}
    for width in (8, 64):
        model = _keras_model(Workload(width, 0.2, "Adam"))
        trainer = live.LiveTrainer(model, X, y, batch_size=BATCH_SIZE)
        turns[width] = min(_milliseconds_of_a_turn(trainer) for _ in range(5))
        print(f"Width {width}, Adam: a change of width {turns[width]:.2f} ms.")
    wanted = _verdict(ms < WIDTH_CHANGE_MS for ms in turns.values())
    print(f"Wanted: width under {WIDTH_CHANGE_MS:g} ms: {wanted}.\n")

    seconds = _measure_first_updates(repeats=1 if quick else 5)
    peer = seconds["train_on_batch"][1]
    print("To the first update, from building a trainer or a model on; width 8, Adam, dropout.\n")
    print(f"{'':<34}{'seconds':>9}{'of processor':>14}{'times train_on_batch':>22}")
    for name, (wall, processor) in seconds.items():
        print(f"{name:<34}{wall:>9.2f}{processor:>14.2f}{processor / peer:>22.2f}")
    met = [seconds[name][0] <= FIRST_UPDATE_SECONDS for name in (_NEW, _STORED)]
    print(f"\nWanted: first update within {FIRST_UPDATE_SECONDS:g} s: {_verdict(met)}.")


_NEW, _STORED = "trainer, network never compiled", "trainer, compiled by another kernel"


def _measure_first_updates(repeats: int) -> dict[str, tuple[float, float]]:
    """Return the median seconds, on the clock and of the processor, each from a new process.

    Two processes make a pair: the first finds no compiled program, the second what it left.
    """
    taken: dict[str, list[list[float]]] = {}
    for _ in range(repeats):
        with tempfile.TemporaryDirectory() as folder:
            variables = {**os.environ, "LESSONS_CACHE_DIR": folder}
            variables.pop("TF_XLA_FLAGS", None)
            for name in (_NEW, _STORED):
                done = subprocess.run(
                    [sys.executable, __file__, "--first-updates"],
                    env=variables, capture_output=True, text=True, check=True,
                )  # fmt: skip
                for what, pair in json.loads(done.stdout.splitlines()[-1]).items():
                    taken.setdefault(name if what == "trainer" else what, []).append(pair)
    return {
        name: tuple(statistics.median(column) for column in zip(*pairs, strict=True))
        for name, pairs in taken.items()
    }


def _first_updates() -> dict[str, tuple[float, float]]:
    """Return the seconds of this process's first updates, on the clock and of the processor."""
    from lessons_lib import live

    X, y = _points()
    workload, taken = Workload(8, 0.2, "Adam"), {}

    def timed(name, act):
        start, work = time.perf_counter(), time.process_time()
        result = act()
        taken[name] = time.perf_counter() - start, time.process_time() - work
        return result

    def trainer_of(model):
        trainer = live.LiveTrainer(model, X, y, validation_data=(X, y), batch_size=BATCH_SIZE)
        trainer.step()
        return trainer

    models = [_keras_model(workload) for _ in range(4)]
    trainer = timed("trainer", lambda: trainer_of(models[0]))
    timed("numbers of its first pictures", lambda: (trainer.predict(X), trainer.hidden(X)))
    timed("trainer, like one of this kernel", lambda: trainer_of(models[1]))
    timed("train_on_batch", lambda: models[2].train_on_batch(X[:BATCH_SIZE], y[:BATCH_SIZE]))
    timed("fit, one epoch", lambda: models[3].fit(X, y, batch_size=BATCH_SIZE, verbose=0))
    return taken


def _milliseconds_of_a_turn(trainer) -> float:
    """Return the mean time of shrinking to half the units and growing back."""
    start = time.perf_counter()
    trainer.width = trainer.max_width // 2
    trainer.width = trainer.max_width
    return (time.perf_counter() - start) / 2 * 1000


def _cells(rates: dict[str, float | None]) -> list[str]:
    cells = [f"{rates['live']:,.0f}"]
    for name in CONTENDERS[1:]:
        rate = rates[name]
        cells.append("–" if rate is None else f"{rate:,.0f} ({rates['live'] / rate:,.0f}x)")
    return cells


def _row(optimizer, dropout, width, cells) -> str:
    columns = "".join(f"{cell:>16}" for cell in cells)
    return f"{optimizer:<10}{dropout!s:>8}{width!s:>7}{columns}"


def _verdict(met) -> str:
    met = list(met)
    return "reached" if all(met) else f"missed in {met.count(False)} of {len(met)}"


if __name__ == "__main__":
    if sys.argv[1:] == ["--first-updates"]:  # asked for by `_measure_first_updates`
        print(json.dumps(_first_updates()))
        sys.exit()
    if sys.argv[1:] == ["--many-models"]:  # asked for by `many.print_many`
        print(many.resident_megabytes(_of_many, *_points()))
        sys.exit()
    sys.exit(bench(sys.argv[1:]))
