"""Update rules and schedules: first steps by hand, dtype, live changes, errors."""

import copy

import numpy as np
import pytest

from lessons_lib import optimizers

ALL = {
    "SGD": lambda **k: optimizers.SGD(**k),
    "momentum": lambda **k: optimizers.SGD(momentum=0.9, **k),
    "Nesterov": lambda **k: optimizers.SGD(momentum=0.9, nesterov=True, **k),
    "AdaGrad": lambda **k: optimizers.AdaGrad(**k),
    "AdaDelta": lambda **k: optimizers.AdaDelta(**k),
    "RMSprop": lambda **k: optimizers.RMSprop(**k),
    "RMSprop with momentum": lambda **k: optimizers.RMSprop(momentum=0.5, **k),
    "Adam": lambda **k: optimizers.Adam(**k),
    "AdamW": lambda **k: optimizers.AdamW(**k),
}


def after(optimizer, gradients, w=1.0):
    """Return w after the optimizer has seen the gradients, one a step."""
    w = np.array([w])
    for g in gradients:
        optimizer.update([w], [np.array([g])])
    return w[0]


@pytest.mark.parametrize(
    ("optimizer", "gradients", "expected"),
    [
        (optimizers.SGD(0.1), [2.0, 2.0], 1 - 0.2 - 0.2),
        # velocity −0.2, then 0.5 · −0.2 − 0.2 = −0.3
        (optimizers.SGD(0.1, momentum=0.5), [2.0, 2.0], 1 - 0.2 - 0.3),
        # the same velocities, each followed once more: 0.5 v − 0.2
        (optimizers.SGD(0.1, momentum=0.5, nesterov=True), [2.0, 2.0], 1 - 0.3 - 0.35),
        # G = 0 + 4, then 4 + 4
        (optimizers.AdaGrad(0.1, 0.0, 1e-15), [2.0, 2.0], 1 - 0.1 - 0.2 / np.sqrt(8)),
        # s = 0.1 · 4 = 0.4
        (optimizers.RMSprop(0.1, rho=0.9, epsilon=1e-15), [2.0], 1 - 0.2 / np.sqrt(0.4)),
        # Bias correction makes the first step of Adam the learning rate itself, whatever g is.
        (optimizers.Adam(0.1, epsilon=1e-15), [2.0], 0.9),
        (optimizers.Adam(0.1, epsilon=1e-15), [2e-5], 0.9),
        # decay takes 0.1 · 0.5 of w = 1 first
        (optimizers.AdamW(0.1, weight_decay=0.5, epsilon=1e-15), [2.0], 0.85),
        # Δw = −√ε / √(0.05 · 4 + ε) · 2
        (optimizers.AdaDelta(1.0, epsilon=1e-6), [2.0], 1 - 2e-3 / np.sqrt(0.2 + 1e-6)),
    ],
)
def test_first_steps_are_those_worked_out_by_hand(optimizer, gradients, expected):
    """Each rule on one number."""
    assert np.isclose(after(optimizer, gradients), expected, rtol=1e-12)


@pytest.mark.parametrize("name", ALL)
def test_every_optimizer_descends_a_bowl(name):
    """Each lowers 2x² + y²/2 from (1, 1)."""
    optimizer = ALL[name](learning_rate=0.5 if name == "AdaDelta" else 0.01)
    w = np.array([1.0, 1.0])
    for _ in range(200):
        optimizer.update([w], [np.array([4.0, 1.0]) * w])
    assert 2 * w[0] ** 2 + w[1] ** 2 / 2 < 2.4


@pytest.mark.parametrize("name", ALL)
def test_parameters_are_changed_in_place_and_gradients_are_not(name):
    """The network's own arrays move; nothing is written into the gradients."""
    w, b = np.ones((2, 3)), np.array(1.0)
    gradients = [np.full((2, 3), 2.0), np.array(-1.0)]
    before = copy.deepcopy(gradients)
    ALL[name]().update([w, b], gradients)
    assert (w < 1).all()
    assert b > 0.999
    assert b != 1
    for gradient, old in zip(gradients, before, strict=True):
        assert np.array_equal(gradient, old)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("name", ALL)
def test_dtype_is_kept(name, dtype):
    """Parameter and memory stay float32, also when the gradient is float64."""
    optimizer, w = ALL[name](), np.ones(3, dtype)
    optimizer.update([w], [np.ones(3, np.float64)])
    memory = optimizer.memory(w)
    assert w.dtype == dtype
    assert all(array.dtype == dtype for array in memory)


@pytest.mark.parametrize("name", ALL)
def test_reset_forgets_everything(name):
    """After reset an optimizer behaves as when new."""
    optimizer = ALL[name]()
    first = after(optimizer, [1.0, -0.5, 2.0])
    optimizer.reset()
    assert after(optimizer, [1.0, -0.5, 2.0]) == first


@pytest.mark.parametrize("name", ALL)
def test_one_array_is_as_good_as_many(name):
    """Each number is updated on its own: the split into arrays makes no difference."""
    rng = np.random.default_rng(0)
    together, apart = np.ones(4), [np.ones(1), np.ones(3)]
    one, two = ALL[name](), ALL[name]()
    for _ in range(5):
        g = rng.normal(size=4)
        one.update([together], [g])
        two.update(apart, [g[:1], g[1:]])
    np.testing.assert_allclose(together, np.concatenate(apart), rtol=1e-9)


def test_learning_rate_takes_effect_at_the_next_step():
    """A control turns it while training runs."""
    optimizer = optimizers.SGD(0.1)
    w = np.array([1.0])
    optimizer.update([w], [np.array([1.0])])
    optimizer.learning_rate = 0.5
    optimizer.update([w], [np.array([1.0])])
    assert np.isclose(w[0], 1 - 0.1 - 0.5)


def test_momentum_may_be_switched_on_while_running():
    """With momentum 0 the velocity is the last step; switching on goes on from there."""
    optimizer = optimizers.SGD(0.1)
    w = np.array([1.0])
    optimizer.update([w], [np.array([1.0])])
    optimizer.momentum = 0.5
    optimizer.update([w], [np.array([1.0])])
    assert np.isclose(w[0], 1 - 0.1 - 0.15)


def test_a_schedule_is_asked_with_the_number_of_updates_made():
    """The first update has step 0; learning_rate shows the rate of the next one."""
    asked = []
    optimizer = optimizers.SGD(lambda step: asked.append(step) or 0.1 * (step + 1))
    assert np.isclose(after(optimizer, [1.0, 1.0, 1.0]), 1 - 0.1 - 0.2 - 0.3)
    assert asked == [0, 1, 2]
    assert np.isclose(optimizer.learning_rate, 0.4)
    assert optimizer.iterations == 3


def test_adamw_decays_where_there_is_no_gradient():
    """Decoupled: w shrinks by lr · λ · w a step even with a gradient of 0, where Adam rests."""
    assert np.isclose(after(optimizers.AdamW(0.1, weight_decay=0.2), [0.0, 0.0]), 0.98**2)
    assert after(optimizers.Adam(0.1), [0.0, 0.0]) == 1


def test_a_rule_of_ones_own_is_a_small_class():
    """A learner's optimizer writes memory and rule, and gets checks and schedules for free."""

    class SignSGD(optimizers.Optimizer):
        def rule(self, w, g, lr):
            w -= lr * np.sign(g)

    assert np.isclose(after(SignSGD(0.1), [5.0, -0.01, 3.0]), 0.9)


def test_repr_shows_the_hyperparameters():
    """An optimizer or schedule is shown as it could be written."""
    assert repr(optimizers.SGD(0.1, 0.9, True)) == (
        "SGD(learning_rate=0.1, momentum=0.9, nesterov=True)"
    )
    schedule = optimizers.WarmUp(0.1, 5)
    assert repr(schedule) == "WarmUp(schedule=0.1, warmup_steps=5, initial_learning_rate=0)"


# --- schedules --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("schedule", "expected"),
    [
        (optimizers.StepDecay(0.8, 10), {0: 0.8, 9: 0.8, 10: 0.4, 19: 0.4, 20: 0.2}),
        (optimizers.ExponentialDecay(0.8, 10, 0.25), {0: 0.8, 5: 0.4, 10: 0.2}),
        (optimizers.ExponentialDecay(1e-4, 10, 10), {0: 1e-4, 10: 1e-3, 20: 1e-2}),
        (optimizers.InverseTimeDecay(0.8, 10, 1), {0: 0.8, 10: 0.4, 30: 0.2}),
        (optimizers.CosineDecay(0.8, 10), {0: 0.8, 5: 0.4, 10: 0.0, 99: 0.0}),
        (optimizers.CosineDecay(0.8, 10, alpha=0.5), {0: 0.8, 5: 0.6, 10: 0.4, 99: 0.4}),
        (optimizers.WarmUp(0.8, 4), {0: 0.0, 1: 0.2, 3: 0.6, 4: 0.8, 99: 0.8}),
        (
            optimizers.WarmUp(optimizers.CosineDecay(0.8, 10), 4, 0.4),
            {0: 0.4, 2: 0.6, 4: 0.8, 9: 0.4, 14: 0.0},
        ),
    ],
)
def test_schedules_pass_through_known_points(schedule, expected):
    """Values at steps where they can be told by head."""
    for step, rate in expected.items():
        assert schedule(step) == pytest.approx(rate, rel=1e-12, abs=1e-15)


def test_warm_up_joins_the_schedule_without_a_jump():
    """Around the end of the rise, neighbouring rates differ by no more than one step of it."""
    schedule = optimizers.WarmUp(optimizers.CosineDecay(0.1, 100), 20)
    rates = np.array([schedule(step) for step in range(120)])
    assert np.abs(np.diff(rates)).max() <= 0.1 / 20 + 1e-12
    assert rates.argmax() == 20


ONE = [np.ones(3)]


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: optimizers.SGD(-0.1), ValueError, "learning_rate.*at least 0.*-0.1"),
        (lambda: optimizers.SGD(np.nan), ValueError, "learning_rate.*nan"),
        (lambda: optimizers.SGD("fast"), TypeError, "learning_rate.*'fast'"),
        (lambda: setattr(optimizers.SGD(), "learning_rate", -1), ValueError, "learning_rate.*-1"),
        (lambda: setattr(optimizers.SGD(), "momentum", 1.5), ValueError, "0 to 1.*1.5"),
        (lambda: optimizers.Adam(beta_1=1.0), ValueError, "beta_1.*below 1.*1.0"),
        (lambda: optimizers.RMSprop(rho=-0.1), ValueError, "rho.*-0.1"),
        (lambda: optimizers.AdaGrad(epsilon=0), ValueError, "epsilon.*above 0.*0"),
        (lambda: optimizers.AdamW(weight_decay=-1), ValueError, "weight_decay.*-1"),
        (
            lambda: optimizers.SGD(lambda step: -1.0).update(ONE, ONE),
            ValueError,
            "schedule gives step 0.*-1",
        ),
        (lambda: optimizers.SGD().update(ONE[0], ONE[0]), TypeError, r"update\(\[w\], \[dw\]\)"),
        (lambda: optimizers.SGD().update(None, ONE), TypeError, "works on lists.*None"),
        (lambda: optimizers.SGD().update(ONE, 1.0), TypeError, "works on lists.*1.0"),
        (
            lambda: _at_step(400, optimizers.ExponentialDecay(1e-6, 1, 10.0)).learning_rate,
            ValueError,
            "schedule gives step 400 is out of range.*inf",
        ),
        (
            lambda: _at_step(400, optimizers.StepDecay(1e-6, 1, 10.0)).learning_rate,
            ValueError,
            "schedule gives step 400 is out of range.*inf",
        ),
        (lambda: optimizers.SGD().update(ONE, []), ValueError, "1 parameters and 0 gradients"),
        (
            lambda: optimizers.SGD().update(ONE, [np.ones((3, 1))]),
            ValueError,
            r"gradients\[0\].*\(3,\).*\(3, 1\)",
        ),
        (lambda: optimizers.SGD().update(ONE, [None]), ValueError, "call backward first"),
        (lambda: optimizers.SGD().update([1.0], [1.0]), TypeError, r"parameters\[0\].*1.0"),
        (
            lambda: optimizers.SGD().update([np.arange(3)], ONE),
            TypeError,
            "array of int64|array of int32",
        ),
        (lambda: _two_models(optimizers.Adam()), ValueError, r"\[\(3,\)\].*\[\(2,\)\].*reset"),
        (lambda: optimizers.Optimizer(0.1).update(ONE, ONE), NotImplementedError, "rule"),
        (lambda: optimizers.StepDecay(0.1, 0), ValueError, "decay_steps.*above 0.*0"),
        (lambda: optimizers.ExponentialDecay(0.1, 10, 0), ValueError, "decay_rate"),
        (lambda: optimizers.CosineDecay(-1, 10), ValueError, "initial_learning_rate.*-1"),
        (lambda: optimizers.WarmUp("slow", 10), TypeError, "schedule.*'slow'"),
        (lambda: optimizers.CosineDecay(0.1, 10)(-1), ValueError, "step.*-1"),
        (lambda: optimizers.Schedule()(0), NotImplementedError, "at"),
    ],
)
def test_a_mistake_is_explained(call, error, words):
    """The error says what was expected and what was received."""
    with pytest.raises(error, match=words):
        call()


def _at_step(step, schedule):
    optimizer = optimizers.SGD(schedule)
    optimizer.iterations = step
    return optimizer


def _two_models(optimizer):
    optimizer.update([np.ones(3)], [np.ones(3)])
    optimizer.update([np.ones(2)], [np.ones(2)])


def test_a_refused_update_changes_nothing():
    """When the second gradient does not fit, the first parameter has not moved either."""
    w, b = np.ones(3), np.ones(2)
    optimizer = optimizers.Adam()
    with pytest.raises(ValueError, match="gradients"):
        optimizer.update([w, b], [np.ones(3), np.ones(3)])
    assert np.array_equal(w, np.ones(3))
    assert optimizer.iterations == 0
