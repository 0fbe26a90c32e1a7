"""What lesson 08 says of a generator and its judge holds when it is measured."""

import numpy as np
import pytest

from lessons_lib import live
from lessons_lib.lessons.beyond import make

import keras  # isort: skip - after live, which imports TensorFlow quietly

layers = keras.layers


@pytest.fixture(scope="module")
def pair():
    """Return the lesson's pair, with a fast generator and a slow judge."""
    keras.utils.set_random_seed(0)
    tanh = [layers.Dense(16, activation="tanh") for _ in range(2)]
    generator = keras.Sequential([keras.Input((1,)), tanh[0], layers.Dense(1)])
    generator.compile(keras.optimizers.Adam(0.05, beta_1=0.5))
    last = layers.Dense(1, activation="sigmoid")
    judge = keras.Sequential([keras.Input((1,)), tanh[1], last])
    judge.compile(keras.optimizers.Adam(0.0005, beta_1=0.5), "binary_crossentropy")
    return live.Adversaries(generator, judge, make.numbers(1000, seed=0), batch_size=64)


def trained(pair, generator_rate, judge_rate, judge_updates):
    """Return from how many of four starts a bump is lost."""
    pair.turn("generator_rate", generator_rate)
    pair.turn("judge_rate", judge_rate)
    pair.turn("judge_updates", judge_updates)
    return sum(make.lost(make.over_time(pair, start)) for start in range(1, 5))


def test_a_slow_judge_lets_a_bump_be_lost_and_a_better_one_does_not(pair):
    """Of 20 starts it was lost from 16 or more, and from none with five updates of the judge."""
    assert trained(pair, 0.05, 0.0005, 1) >= 2
    assert trained(pair, 0.05, 0.0005, 5) <= 1
    assert trained(pair, 0.05, 0.005, 1) <= 1


def test_the_numbers_have_the_density_that_is_drawn():
    """A histogram of many of them comes close to it."""
    edges = np.linspace(-4, 4, 41)
    heights = np.histogram(make.numbers(100_000, seed=3), edges, density=True)[0]
    np.testing.assert_allclose(heights, make.density((edges[:-1] + edges[1:]) / 2), atol=0.02)
