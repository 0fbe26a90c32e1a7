"""What the lesson says of very deep networks, measured."""

import numpy as np
import pytest

from lessons_lib.lessons.beyond import deep


@pytest.mark.parametrize("skip", [0.85, 1.0])
@pytest.mark.parametrize("branch", [0.0, 0.5, 1.0])
def test_the_product_of_the_derivatives_is_the_slope(skip, branch):
    """Along one direction, beside a finite difference."""
    for seed in range(3):
        _, (product, difference) = deep.slopes_through(skip, branch, seed=seed)
        assert product == pytest.approx(difference, rel=1e-4, abs=1e-9)


def test_a_slope_vanishes_without_a_way_around_and_stays_with_one():
    """Whatever the weights are that were drawn."""
    for seed in range(5):
        plain, around, half = (deep.slopes_through(s, 1.0, seed=seed)[0] for s in (0.0, 1.0, 0.5))
        assert plain[0] < 1e-15
        assert half[0] < 1e-6
        assert 0.1 < around[0] < 10
        assert plain[-1] == around[-1] == pytest.approx(1)


def test_nothing_but_the_way_around_leaves_a_slope_as_it_is():
    """A block with branch weight 0 is the identity."""
    np.testing.assert_allclose(deep.slopes_through(1.0, 0.0)[0], 1.0)


def test_the_panel_of_the_exercise_opens_as_a_plain_network_at_its_start():
    """Forty blocks, nothing around them, and a first layer that hears nothing."""
    panel = deep.rescue_panel()
    trainer = panel.trainer
    assert (trainer.depth, trainer.skip, trainer.batch_norm, trainer.updates) == (40, 0, False, 0)
    norms = [*trainer.gradient_norms().values()]
    assert len(norms) == 42
    assert norms[0] < 1e-12 < norms[-1]
    panel.close()
