"""What is done to data before training: scaling fitted on the training rows, and splitting."""

import dataclasses

import numpy as np

from ._arguments import finite_number, whole_number


@dataclasses.dataclass(frozen=True, eq=False)
class Scaler:
    """A fitted scaling: ``scaler(X)`` is (X - offset) / scale, ``scaler.inverse(Z)`` undoes it.

    Made by `standardize` or `min_max` from the training rows; use the same one on validation and
    test rows. float32 stays float32, everything else becomes float64.

    Attributes
    ----------
    offset : ndarray of shape (n_features,)
        The mean of each training column, or its minimum.
    scale : ndarray of shape (n_features,)
        The standard deviation of each training column, or its range; 1 where the column is
        constant, so that the column becomes 0 and nothing is divided by 0.
    """

    offset: np.ndarray
    scale: np.ndarray

    def __call__(self, X):
        """Scale rows.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)

        Returns
        -------
        Z : ndarray of shape (n_samples, n_features)
        """
        X = self._rows(X)
        return ((X - self.offset) / self.scale).astype(X.dtype)

    def inverse(self, Z):
        """Turn scaled rows back into the original units.

        Parameters
        ----------
        Z : array-like of shape (n_samples, n_features)

        Returns
        -------
        X : ndarray of shape (n_samples, n_features)
        """
        Z = self._rows(Z)
        return (Z * self.scale + self.offset).astype(Z.dtype)

    def _rows(self, values):
        values = _float_array(values)
        if values.ndim == 0 or values.shape[1:] != self.offset.shape:
            columns = "".join(f", {size}" for size in self.offset.shape) or ","
            raise ValueError(
                f"this scaler was fitted on arrays of shape (n_samples{columns}); received shape "
                f"{values.shape}. Give the same columns in the same order"
                + (", and a single row as X[:1]." if values.shape == self.offset.shape else ".")
            )
        return values


def standardize(X_train):
    """Fit a scaling to mean 0 and standard deviation 1 on the training rows.

    z = (x - mean) / standard deviation, column by column, both over the training rows (divided
    by n, not n - 1).

    Parameters
    ----------
    X_train : array-like of shape (n_samples, n_features) or (n_samples,)

    Returns
    -------
    Scaler
        Call it on any rows: ``scale = standardize(X_train); scale(X_val)``.
    """
    X_train = _training_rows(X_train)
    return _fitted(X_train, X_train.mean(axis=0), X_train.std(axis=0))


def min_max(X_train):
    """Fit a scaling to the range 0 to 1 on the training rows.

    z = (x - min) / (max - min), column by column. Validation rows may fall outside 0 to 1: that
    is honest, for their extremes were not known at training.

    Parameters
    ----------
    X_train : array-like of shape (n_samples, n_features) or (n_samples,)

    Returns
    -------
    Scaler
        Call it on any rows: ``scale = min_max(X_train); scale(X_val)``.
    """
    X_train = _training_rows(X_train)
    return _fitted(X_train, X_train.min(axis=0), np.ptp(X_train, axis=0))


def train_val_split(X, y, val_fraction=0.3, seed=0, stratify=False):
    """Shuffle the rows and set a fraction of them aside for validation.

    Do not shuffle a time series like this: its validation rows must lie after its training rows.

    Parameters
    ----------
    X : ndarray or DataFrame of shape (n_samples, ...)
    y : ndarray or Series of shape (n_samples, ...)
    val_fraction : float
        Between 0 and 1; rounded to whole rows, with one row at least in each part.
    seed : int
        The same seed gives the same split.
    stratify : bool
        Split each class of `y` in this proportion, so that every class stands in both parts. The
        rounding is then done class by class.

    Returns
    -------
    X_train, X_val, y_train, y_val
        Of the same types as `X` and `y`, in scikit-learn's order.
    """
    X = X if hasattr(X, "iloc") else np.asarray(X)
    y = y if hasattr(y, "iloc") else np.asarray(y)
    _check_split(X, y, val_fraction)
    rng = np.random.default_rng(whole_number("seed", seed, at_least=0))
    groups = _class_rows(np.asarray(y)) if stratify else [np.arange(len(y))]
    train, val = [], []
    for rows in groups:
        rows = rng.permutation(rows)
        n_val = int(np.clip(np.rint(len(rows) * val_fraction), 1, len(rows) - 1))
        val.append(rows[:n_val])
        train.append(rows[n_val:])
    train, val = (rng.permutation(np.concatenate(part)) for part in (train, val))
    return _take(X, train), _take(X, val), _take(y, train), _take(y, val)


def _float_array(values):
    values = np.asarray(values)
    return values if values.dtype == np.float32 else values.astype(np.float64)


def _training_rows(X_train):
    # float64, because a mean of many float32 values loses digits that the scaled data would show.
    X_train = np.asarray(X_train, dtype=np.float64)
    if X_train.ndim == 0 or X_train.size == 0:
        raise ValueError(
            "X_train must hold one row at least, with shape (n_samples, n_features); "
            f"received shape {X_train.shape}."
        )
    if not np.isfinite(X_train).all():
        raise ValueError(
            f"X_train must hold finite numbers only; received {np.sum(~np.isfinite(X_train))} "
            "NaN or infinite values. Drop or fill those rows first."
        )
    return X_train


def _fitted(X_train, offset, scale):
    # A constant column is found by its extremes: the rounded mean of equal numbers can differ
    # from them in the last digit, and would leave a standard deviation of 1e-17 to divide by.
    constant = X_train.max(axis=0) == X_train.min(axis=0)
    return Scaler(
        offset=np.where(constant, X_train[0], offset), scale=np.where(constant, 1.0, scale)
    )


def _check_split(X, y, val_fraction):
    if X.ndim == 0 or y.ndim == 0 or len(X) != len(y):
        raise ValueError(
            "X and y must have the same number of rows; received shapes "
            f"{tuple(X.shape)} and {tuple(y.shape)}."
        )
    if len(X) < 2:
        raise ValueError(f"a split needs 2 rows at least, one for each part; received {len(X)}.")
    if not 0 < finite_number("val_fraction", val_fraction) < 1:
        raise ValueError(
            "val_fraction must lie between 0 and 1, for example 0.3 for 30 %; "
            f"received {val_fraction}."
        )


def _class_rows(y):
    """Row numbers of each class, as a list of arrays."""
    if y.ndim != 1:
        raise ValueError(
            "stratify needs class labels of shape (n_samples,); received shape "
            f"{y.shape}. For one-hot labels give y.argmax(axis=1)."
        )
    classes, place, counts = np.unique(y, return_inverse=True, return_counts=True)
    if counts.min() < 2:
        alone = classes[counts < 2]
        raise ValueError(
            "stratify needs two rows of each class, one for each part; received a single row of "
            f"{len(alone)} class(es), {alone[0]} among them. Join rare classes, or leave "
            "stratify=False (it is meant for labels, not for measurements)."
        )
    # By their place and not by their value: NaN is one class to `unique`, but equals nothing.
    return [np.flatnonzero(place == k) for k in range(len(classes))]


def _take(values, rows):
    return values.iloc[rows] if hasattr(values, "iloc") else values[rows]
