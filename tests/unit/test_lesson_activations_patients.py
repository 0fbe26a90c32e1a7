"""The patients of lesson 02 are ill of what their questions say."""

import numpy as np
import pytest

from lessons_lib.lessons.activations import patients


@pytest.fixture(scope="module")
def half_asleep():
    """The trainer of case 1 and its first weights."""
    trainer = patients.patient_1().trainer
    return trainer, trainer.chain().kernels[0].copy()


def test_six_of_eight_units_are_dead_and_stay_so(half_asleep):
    """They are off for every point, and their weights do not move while the others' do."""
    trainer, before = half_asleep
    trainer.step(200)
    moved = np.any(trainer.chain().kernels[0] != before, axis=0)[:8]
    _, outputs, _ = trainer.chain().ask(trainer.X)
    on = np.any(np.asarray(outputs)[:, :8] > 0, axis=0)
    np.testing.assert_array_equal(on, [unit in (1, 4) for unit in range(8)])
    np.testing.assert_array_equal(moved, on)


def test_a_new_start_wakes_nobody_and_a_slope_does(half_asleep):
    """Other weights have the same biases; with leaky ReLU all weights move."""
    trainer, _ = half_asleep
    trainer.reset(seed=1)
    before = trainer.chain().kernels[0].copy()
    trainer.step(100)
    assert np.any(trainer.chain().kernels[0] != before, axis=0)[:8].sum() <= 2
    trainer.activation = "leaky_relu"
    before = trainer.chain().kernels[0].copy()
    trainer.step(20)
    assert np.any(trainer.chain().kernels[0] != before, axis=0)[:8].all()


def test_nobody_is_idle_in_case_2():
    """Both units are on for some of the points, and off for others."""
    trainer = patients.patient_2().trainer
    trainer.step(500)
    _, outputs, _ = trainer.chain().ask(trainer.X)
    on = np.asarray(outputs)[:, :2] > 0
    assert on.any(axis=0).all()
    assert not on.all(axis=0).any()
