"""Very deep networks: forty blocks with a way around each, and what of a slope comes back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from lessons_lib import datasets, nn, panels

if TYPE_CHECKING:
    import keras

BLOCKS = 40
_SAMPLES = 997, 300  # to train on and to validate: as many as in the lesson
BUDGET = 800  # updates


def deep_network(depth: int = BLOCKS) -> keras.Model:
    """Return a compiled classifier of digits: blocks of 16 sigmoid units between two Dense layers.

    It stands as a plain network: nothing goes around a block, and no batch norm.
    """
    # TensorFlow loads only where it is used.
    import keras

    from lessons_lib import live

    keras.utils.set_random_seed(0)
    model = keras.Sequential(
        [
            keras.Input((8, 8, 1)),
            keras.layers.Flatten(),
            keras.layers.Dense(16, activation="sigmoid"),
            live.DenseStack(depth, activation="sigmoid", name="block"),
            keras.layers.Dense(10),
        ]
    )
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(0.01), loss)
    return model


def rescue_panel() -> panels.LivePanel:
    """Return the panel of `steer_deep`: the plain network of forty blocks at its start."""
    shipped = datasets.load_digits()
    X = np.concatenate([shipped.X_train, shipped.X_test]).reshape(-1, 8, 8, 1)
    y = np.concatenate([shipped.y_train, shipped.y_test])
    first, last = slice(_SAMPLES[0]), slice(_SAMPLES[0], sum(_SAMPLES))
    return panels.live(
        *(deep_network(), X[first], y[first]),
        validation_data=(X[last], y[last]),
        views=("curves", "gradients"),
    )


def slopes_through(
    skip: float, branch: float, *, seed: int = 0, units: int = 16
) -> tuple[np.ndarray, np.ndarray]:
    """Return how large the slope of a loss is before each of forty blocks, and a check of it.

    A block makes of h the sum ``skip * h + branch * sigmoid(W @ h)``.

    Parameters
    ----------
    skip, branch : float
        Weights of the way around a block, and of the block.
    seed : int
        For the weights, drawn as Keras draws them (Glorot & Bengio, 2010), input and loss.
    units : int
        Of each block.

    Returns
    -------
    norms : ndarray of shape (41,)
        Before the first block, ..., behind the last, where it is 1.
    first : ndarray of shape (2,)
        The slope of the loss along one direction of the input: by the product of the derivatives,
        and by a finite difference.
    """
    rng = np.random.default_rng(seed)
    limit = np.sqrt(3 / units)
    kernels = rng.uniform(-limit, limit, (BLOCKS, units, units))
    start, along, aim = rng.uniform(0, 1, units), rng.normal(size=units), rng.normal(size=units)
    aim /= np.linalg.norm(aim)

    def forward(h):
        entered = [h]
        for W in kernels:
            entered.append(skip * entered[-1] + branch * nn.sigmoid(W @ entered[-1]))
        return entered

    slopes = [aim]  # of the loss aim @ h
    for W, h in zip(kernels[::-1], forward(start)[-2::-1], strict=True):
        f = nn.sigmoid(W @ h)
        slopes.append(skip * slopes[-1] + branch * W.T @ (f * (1 - f) * slopes[-1]))
    step = 1e-5
    ahead, behind = (aim @ forward(start + way * along)[-1] for way in (step, -step))
    first = np.array([slopes[-1] @ along, (ahead - behind) / (2 * step)])
    return np.linalg.norm(slopes[::-1], axis=1), first
