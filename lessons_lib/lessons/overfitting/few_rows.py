"""A small network for a small table."""

import itertools
from collections.abc import Sequence

import numpy as np
import pandas as pd

from lessons_lib import datasets, nn, optimizers


def small_network_error(
    units: Sequence[int], learn: pd.DataFrame, judge: pd.DataFrame, target: str
) -> float:
    """Train a small ReLU network on the rows of one table; return its mean error on another.

    Inputs are standardised with the rows that it learns from, and the output begins at the median
    of their targets.

    Parameters
    ----------
    units : sequence of int
        Units of each hidden layer; empty for a single linear unit.
    learn, judge : DataFrame
        The inputs and the target, in the same columns.
    target : str
        The target's column.

    Returns
    -------
    float
        The mean absolute error on the rows of `judge`.
    """
    X, y = learn.drop(columns=target).to_numpy(float), learn[target].to_numpy(float)
    standard, sizes = datasets.standardize(X), [X.shape[1], *units, 1]
    stack: list[nn.Layer] = []
    for number, (n_in, n_out) in enumerate(itertools.pairwise(sizes)):
        stack += [nn.Dense(n_in, n_out, seed=number), nn.ReLU()]
    network = nn.Sequential(stack[:-1])
    network.layers[-1].b[:] = np.median(y)
    adam = optimizers.Adam(0.01)
    network.fit(
        standard(X), y[:, None], nn.MeanAbsoluteError(), adam, batch_size=16, epochs=100
    )  # fmt: skip
    answers = network.predict(standard(judge.drop(columns=target).to_numpy(float)))[:, 0]
    return float(np.mean(np.abs(answers - judge[target])))
