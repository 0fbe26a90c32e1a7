"""Two networks of the clinic, each as it is brought in."""

from collections.abc import Callable

import numpy as np

from lessons_lib import datasets, panels

_KNOBS = "learning_rate", "width", "dropout", "l1", "l2", "batch_size", "activation", "optimizer"
COLUMNS = ("size", "age", "floor", "distance", "noise", "deposit")


def patient_7() -> panels.LivePanel:
    """Return the panel of a network that hardly bends.

    Two hidden layers of 32 units, on 40 noisy points of a curve with two bends.
    """
    # TensorFlow loads only where it is used.
    import keras

    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input((1,))])
    for _ in range(2):
        free_at_first = keras.regularizers.L1(0.0)  # gives the panel the knob l1
        model.add(keras.layers.Dense(32, activation="tanh", kernel_regularizer=free_at_first))
        model.add(keras.layers.Dropout(0.4))
    model.add(keras.layers.Dense(1))
    model.compile(optimizer=keras.optimizers.Adam(0.01), loss="mse")
    (X, y), unseen = (_curve(*counted) for counted in ((40, 5), (400, 105)))
    return panels.live(
        *(model, X, y),
        validation_data=unseen,
        batch_size=20,
        views=("fit", "curves"),
        knobs=_KNOBS,
        l2=0.03,
    )


def _curve(n_samples: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return noisy points of a curve with two bends, x from −3 to 3."""
    x, y = datasets.make_polynomial(n_samples, noise=0.25, coefficients=[0, -3, 0, 4], seed=seed)
    return 3 * x.astype(float), y.astype(float)


def patient_8() -> panels.LivePanel:
    """Return the panel of a network whose validation loss is too good to be true.

    It learns rents from six columns, each of which can be switched off.
    """
    # TensorFlow loads only where it is used.
    import keras

    from lessons_lib.lessons.overfitting._columns import Columns

    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input((len(COLUMNS),)), Columns(COLUMNS)])
    for _ in range(2):
        model.add(keras.layers.Dense(16, activation="tanh"))
        model.add(keras.layers.Dropout(0.0))
    model.add(keras.layers.Dense(1))
    model.compile(optimizer=keras.optimizers.Adam(0.005), loss="mse")
    rented = flats(400, seed=1)
    return panels.live(
        model, *(part[:200] for part in rented), validation_data=[part[200:] for part in rented],
        views=("curves", "targets"),
    )  # fmt: skip


def flats(n_samples: int, seed: int, rented: bool = True) -> tuple[np.ndarray, np.ndarray]:
    """Return invented flats and their rents, all standardised.

    Parameters
    ----------
    n_samples : int
    seed : int
    rented : bool
        Whether there is a contract. The deposit stands in it: two months' rent. A flat that is
        only offered has none yet, and in its place stands the mean, 0.

    Returns
    -------
    X : ndarray of shape (n_samples, 6)
        The columns `COLUMNS`.
    y : ndarray of shape (n_samples,)
    """
    rng = np.random.default_rng(seed)
    size, age, floor, distance, noise = rng.uniform(-1.7, 1.7, (5, n_samples))
    rent = size * (1 - 0.3 * distance) - 0.3 * age + 0.2 * floor * size - 0.4 * np.tanh(2 * noise)
    rent = (rent + 0.4 * rng.normal(size=n_samples)) / 1.25
    deposit = np.round(5 * rent) / 5 if rented else np.zeros(n_samples)
    X = np.column_stack([size, age, floor, distance, noise, deposit])
    return X.astype("float32"), rent.astype("float32")


def loss_on_offers(predict: Callable[[np.ndarray], np.ndarray]) -> float:
    """Return the mean squared error on 300 flats that are only offered.

    Parameters
    ----------
    predict : callable
        Takes X of shape (n_samples, 6), returns rents, as `LiveTrainer.predict`.
    """
    X, y = flats(300, seed=2, rented=False)
    return float(np.mean((np.ravel(predict(X)) - y) ** 2))
