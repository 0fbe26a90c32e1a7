"""Every optimizer and schedule against Keras's, over 100 steps."""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np
import pytest

from lessons_lib import optimizers

schedules = keras.optimizers.schedules

PAIRS = {
    "SGD": (optimizers.SGD, keras.optimizers.SGD),
    "AdaGrad": (optimizers.AdaGrad, keras.optimizers.Adagrad),
    "AdaDelta": (optimizers.AdaDelta, keras.optimizers.Adadelta),
    "RMSprop": (optimizers.RMSprop, keras.optimizers.RMSprop),
    "Adam": (optimizers.Adam, keras.optimizers.Adam),
    "AdamW": (optimizers.AdamW, keras.optimizers.AdamW),
}

# Keras rounds some hyperparameters to float32 even when all else is float64. Sums of a few powers
# of 2 are not changed by that, and let the rules themselves be compared to the last digits.
EXACT = [
    ("SGD", {"learning_rate": 2**-5}),
    ("SGD", {"learning_rate": 2**-5, "momentum": 0.875}),
    ("SGD", {"learning_rate": 2**-5, "momentum": 0.875, "nesterov": True}),
    ("AdaGrad", {}),
    ("AdaGrad", {"learning_rate": 0.1, "initial_accumulator_value": 0.0, "epsilon": 1e-3}),
    ("AdaDelta", {}),
    ("AdaDelta", {"learning_rate": 1.0, "rho": 0.9, "epsilon": 1e-6}),
    ("RMSprop", {}),
    ("RMSprop", {"rho": 0.8, "momentum": 0.7, "epsilon": 1e-2}),
    ("Adam", {"beta_1": 0.875, "beta_2": 1 - 2**-10}),
    ("Adam", {"learning_rate": 0.1, "beta_1": 0.5, "beta_2": 0.75, "epsilon": 1e-2}),
    ("AdamW", {"beta_1": 0.875, "beta_2": 1 - 2**-10, "weight_decay": 2**-8}),
    ("AdamW", {"learning_rate": 0.1, "beta_1": 0.5, "beta_2": 0.75, "weight_decay": 0.25}),
]


def run(ours, theirs, dtype, steps=100):
    """Return parameters after every step of both, on gradients that depend on the parameters."""
    rng = np.random.default_rng(0)
    start = [rng.normal(size=(3, 2)).astype(dtype), rng.normal(size=2).astype(dtype)]
    noise = rng.normal(size=(steps, 8)).astype(dtype)
    parameters = [w.copy() for w in start]
    variables = [keras.Variable(w, dtype=dtype) for w in start]

    def gradients(values, step):
        noise_W, noise_b = noise[step][:6].reshape(3, 2), noise[step][6:]
        return [2 * values[0] + noise_W, np.sin(values[1]) + noise_b]

    history = []
    for step in range(steps):
        ours.update(parameters, gradients(parameters, step))
        theirs.apply(
            [
                keras.ops.convert_to_tensor(g, dtype)
                for g in gradients([np.asarray(v) for v in variables], step)
            ],
            variables,
        )
        history.append(
            [np.concatenate([np.ravel(w) for w in side]) for side in (parameters, variables)]
        )
    return np.array(history).swapaxes(0, 1)


@pytest.fixture
def float64():
    """Let Keras keep learning rates in float64 too."""
    before = keras.config.floatx()
    keras.config.set_floatx("float64")
    yield
    keras.config.set_floatx(before)


@pytest.mark.parametrize(("name", "options"), EXACT)
def test_rule_equals_keras_at_each_of_100_steps(float64, name, options):
    """In float64 both go the same way to 10 digits, on a noisy surface."""
    our_class, their_class = PAIRS[name]
    ours, theirs = run(our_class(**options), their_class(**options), "float64")
    assert np.abs(ours[-1] - ours[0]).max() > 1e-5
    assert np.allclose(ours, theirs, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("name", PAIRS)
def test_rule_with_its_defaults_equals_keras_in_float32(name):
    """In float32, as networks train, 100 roundings leave 5 digits alike."""
    our_class, their_class = PAIRS[name]
    ours, theirs = run(our_class(), their_class(), "float32")
    assert ours.dtype == np.float32
    assert np.allclose(ours, theirs, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (
            optimizers.Adam(optimizers.WarmUp(optimizers.CosineDecay(0.1, 60, 0.1), 20)),
            keras.optimizers.Adam(
                schedules.CosineDecay(0.0, 60, 0.1, warmup_target=0.1, warmup_steps=20)
            ),
        ),
        (
            optimizers.SGD(optimizers.StepDecay(0.1, 30, 0.3), momentum=0.5),
            keras.optimizers.SGD(schedules.ExponentialDecay(0.1, 30, 0.3, True), momentum=0.5),
        ),
    ],
)
def test_rule_with_a_schedule_equals_keras(ours, theirs):
    """The schedule is asked with the same step, and bias correction counts the same steps."""
    ours, theirs = run(ours, theirs, "float32")
    # A rate of 0.1 is a hundred times the default of Adam, so roundings weigh more; a schedule
    # that is one step off would differ by 1e-3.
    assert np.allclose(ours, theirs, rtol=1e-5, atol=2e-5)


@pytest.mark.parametrize("name", PAIRS)
def test_defaults_are_those_of_keras(name):
    """Same names, same numbers."""
    our_class, their_class = PAIRS[name]
    ours, theirs = our_class(), their_class().get_config()
    assert ours.learning_rate == pytest.approx(theirs["learning_rate"], rel=1e-6)
    for option, value in vars(ours).items():
        if not option.startswith("_") and option != "iterations":
            assert value == theirs[option], option


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (optimizers.StepDecay(0.1, 7, 0.3), schedules.ExponentialDecay(0.1, 7, 0.3, True)),
        (optimizers.ExponentialDecay(0.1, 7, 0.3), schedules.ExponentialDecay(0.1, 7, 0.3)),
        (optimizers.InverseTimeDecay(0.1, 7, 0.3), schedules.InverseTimeDecay(0.1, 7, 0.3)),
        (optimizers.CosineDecay(0.1, 50), schedules.CosineDecay(0.1, 50)),
        (optimizers.CosineDecay(0.1, 50, 0.2), schedules.CosineDecay(0.1, 50, 0.2)),
        (
            optimizers.WarmUp(optimizers.CosineDecay(0.1, 50, 0.2), 20, 0.01),
            schedules.CosineDecay(0.01, 50, 0.2, warmup_target=0.1, warmup_steps=20),
        ),
    ],
)
def test_schedule_equals_keras_at_every_step(ours, theirs):
    """All of 100 steps; Keras computes schedules in float32."""
    steps = range(100)
    assert np.allclose(
        [ours(s) for s in steps], [float(theirs(s)) for s in steps], rtol=1e-5, atol=1e-8
    )
