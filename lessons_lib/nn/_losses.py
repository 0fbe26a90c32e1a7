"""Losses: how wrong the predictions are, in one number, and which way is less wrong.

Each loss is a mean over the batch, as in Keras, so `backward` already holds the factor 1/n.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from lessons_lib.nn._activations import sigmoid, softmax
from lessons_lib.nn._inputs import as_float


class Loss:
    """What every loss can do: ``forward(y_true, y_pred)`` and then ``backward()``."""

    y_true = y_pred = None

    def forward(self, y_true: ArrayLike, y_pred: ArrayLike) -> float:
        """Return the loss of predictions, averaged over the batch.

        Parameters
        ----------
        y_true : array_like
            Targets, of the shape of `y_pred`. Targets of shape (n,) also match predictions of
            shape (n, 1), and the reverse: they are lined up and never broadcast.
        y_pred : array_like of shape (n_samples, n_outputs) or (n_samples,)
            Predictions.

        Returns
        -------
        float

        Raises
        ------
        ValueError
            If shapes do not match or values are outside the range the loss is made for.
        """
        raise NotImplementedError(f"{type(self).__name__} needs a forward(y_true, y_pred).")

    def backward(self) -> np.ndarray:
        """Return dL/dy_pred at the last forward, of the shape and dtype of y_pred."""
        raise NotImplementedError(f"{type(self).__name__} needs a backward().")

    def __call__(self, y_true: ArrayLike, y_pred: ArrayLike) -> float:
        """Do what `forward` does."""
        return self.forward(y_true, y_pred)

    def _residual(self) -> np.ndarray:
        """Return y_pred − y_true of the last forward."""
        self._need_forward()
        return self.y_pred - self.y_true

    def _need_forward(self) -> None:
        if self.y_pred is None:
            raise ValueError(
                f"{self!r}.backward was called before forward. Expected forward(y_true, y_pred) "
                "first; received nothing to differentiate."
            )

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"


class MeanSquaredError(Loss):
    """L = mean (y_pred − y_true)²."""

    def forward(self, y_true: ArrayLike, y_pred: ArrayLike) -> float:
        """Return the mean of the squared differences."""
        self.y_true, self.y_pred = _lined_up(y_true, y_pred)
        return float(np.mean((self.y_pred - self.y_true) ** 2))

    def backward(self) -> np.ndarray:
        """Return dL/dy_pred = 2 (y_pred − y_true) / N, where N counts all predictions."""
        return 2 * self._residual() / self.y_pred.size


class MeanAbsoluteError(Loss):
    """L = mean |y_pred − y_true|."""

    def forward(self, y_true: ArrayLike, y_pred: ArrayLike) -> float:
        """Return the mean of the absolute differences."""
        self.y_true, self.y_pred = _lined_up(y_true, y_pred)
        return float(np.mean(np.abs(self.y_pred - self.y_true)))

    def backward(self) -> np.ndarray:
        """Return dL/dy_pred = sign(y_pred − y_true) / N; 0 where a prediction is exact."""
        return np.sign(self._residual()) / self.y_pred.size


@dataclass(eq=False, repr=False)
class _Crossentropy(Loss):
    """What both cross-entropies can do: take the numbers before a sigmoid or a softmax."""

    from_logits: bool = False

    def __repr__(self) -> str:
        return f"{type(self).__name__}({'from_logits=True' if self.from_logits else ''})"


class BinaryCrossentropy(_Crossentropy):
    """L = −mean [y log p + (1 − y) log(1 − p)]: the negative log-likelihood of yes-or-no labels.

    Parameters
    ----------
    from_logits : bool, default False
        False: predictions are probabilities p, the output of a Sigmoid. True: they are the
        numbers z before it, which is exact even where p would round to 0 or 1.

    Notes
    -----
    Probabilities are kept 1e-7 away from 0 and 1, as in Keras, so the loss stays finite. Where
    that happens the loss does not depend on p any more and the gradient is 0: one more reason
    for ``from_logits=True``.
    """

    def forward(self, y_true: ArrayLike, y_pred: ArrayLike) -> float:
        """Return the mean cross-entropy; y_true holds 0, 1 or probabilities between."""
        self.y_true, self.y_pred = _lined_up(y_true, y_pred)
        _check_probabilities("y_true", self.y_true, "Binary labels are 0 and 1.")
        y = self.y_true
        if self.from_logits:
            z = self.y_pred
            # −y log σ(z) − (1 − y) log(1 − σ(z)), arranged so that e^… never overflows
            return float(np.mean(np.maximum(z, 0) - z * y + np.log1p(np.exp(-np.abs(z)))))
        _check_probabilities("y_pred", self.y_pred, "End the model with Sigmoid()" + _OR_LOGITS)
        p = _clip(self.y_pred)
        return float(-np.mean(y * np.log(p) + (1 - y) * np.log(1 - p)))

    def backward(self) -> np.ndarray:
        """Return dL/dp = (p − y) / (p (1 − p)) / N, or from logits dL/dz = (σ(z) − y) / N."""
        self._need_forward()
        y, N = self.y_true, self.y_pred.size
        if self.from_logits:
            return (sigmoid(self.y_pred) - y) / N
        p = _clip(self.y_pred)
        return (p - y) / (p * (1 - p)) / N * (p == self.y_pred)  # 0 where p was clipped


class CategoricalCrossentropy(_Crossentropy):
    """L = −mean over samples of Σ y log p: minus the log of the true class's probability.

    Targets may be rows of probabilities, such as one-hot, or class numbers 0 … n_classes − 1;
    for Keras these are two losses, the second being SparseCategoricalCrossentropy.

    Parameters
    ----------
    from_logits : bool, default False
        False: each row of predictions holds probabilities, the output of a Softmax. True: the
        numbers before it, which is exact even where a probability would round to 0.

    Notes
    -----
    Probabilities are kept 1e-7 away from 0 and 1, as in Keras (see `BinaryCrossentropy`).
    """

    def forward(self, y_true: ArrayLike, y_pred: ArrayLike) -> float:
        """Return the mean cross-entropy.

        Parameters
        ----------
        y_true : array_like of shape (n_samples, n_classes), (n_samples,) or (n_samples, 1)
            Rows that sum to 1, or class numbers.
        y_pred : array_like of shape (n_samples, n_classes)
            Probabilities, or logits.

        Returns
        -------
        float
        """
        self.y_pred = _class_scores(y_pred)
        self.y_true = y = _one_hot(y_true, self.y_pred)
        if self.from_logits:
            Z = self.y_pred - self.y_pred.max(axis=1, keepdims=True)
            log_p = Z - np.log(np.exp(Z).sum(axis=1, keepdims=True))  # log softmax
        else:
            fix = "End the model with Softmax()" + _OR_LOGITS
            _check_probabilities("y_pred", self.y_pred, fix)
            _check_rows_sum_to_one("y_pred", self.y_pred, fix)
            log_p = np.log(_clip(self.y_pred))
        return float(-np.sum(y * log_p) / len(y))

    def backward(self) -> np.ndarray:
        """Return dL/dp = −y / p / n, or from logits dL/dz = (softmax(z) − y) / n."""
        self._need_forward()
        y, n = self.y_true, len(self.y_true)
        if self.from_logits:
            return (softmax(self.y_pred) - y) / n
        p = _clip(self.y_pred)
        return -y / p / n * (p == self.y_pred)  # 0 where p was clipped


_OR_LOGITS = ", or, if these are the numbers before it, give the loss from_logits=True."


def _lined_up(y_true: ArrayLike, y_pred: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    """Return both as arrays of y_pred's shape and dtype; (n,) and (n, 1) count as the same."""
    y_pred = as_float(y_pred, "y_pred")
    y_true = as_float(y_true, "y_true").astype(y_pred.dtype, copy=False)
    _refuse_empty(y_pred)
    if y_true.shape != y_pred.shape:
        n = len(y_pred) if y_pred.ndim else None
        if {y_true.shape, y_pred.shape} != {(n,), (n, 1)}:
            raise ValueError(
                "y_true and y_pred do not match. Expected the same shape (or (n,) and (n, 1)); "
                f"received y_true {y_true.shape} and y_pred {y_pred.shape}."
            )
        y_true = y_true.reshape(y_pred.shape)
    return y_true, y_pred


def _class_scores(y_pred: ArrayLike) -> np.ndarray:
    y_pred = as_float(y_pred, "y_pred")
    if y_pred.ndim != 2 or y_pred.shape[1] < 2:
        raise ValueError(
            "CategoricalCrossentropy needs one column for each class. Expected y_pred of shape "
            f"(n_samples, n_classes) with at least 2 classes; received {y_pred.shape}. For one "
            "probability a sample use BinaryCrossentropy."
        )
    _refuse_empty(y_pred)
    return y_pred


def _one_hot(y_true: ArrayLike, y_pred: np.ndarray) -> np.ndarray:
    """Return targets as rows of probabilities, of the shape and dtype of y_pred."""
    n, n_classes = y_pred.shape
    y = as_float(y_true, "y_true")
    if y.shape == y_pred.shape:
        fix = "Class numbers may also be given as they are, in the shape (n_samples,)."
        _check_probabilities("y_true", y, fix)
        _check_rows_sum_to_one("y_true", y, fix)
        return y.astype(y_pred.dtype, copy=False)
    if y.shape not in ((n,), (n, 1)):
        raise ValueError(
            f"y_true does not match y_pred. Expected class numbers of shape {(n,)}, or rows of "
            f"probabilities of shape {y_pred.shape}; received {y.shape}."
        )
    classes = y.reshape(n)
    wrong = classes[(classes != np.floor(classes)) | (classes < 0) | (classes >= n_classes)]
    if wrong.size:
        raise ValueError(
            f"y_true holds a class that y_pred has no column for. Expected whole numbers from 0 "
            f"to {n_classes - 1}; received {wrong[0]:g}. Classes are counted from 0."
        )
    return np.eye(n_classes, dtype=y_pred.dtype)[classes.astype(int)]


def _refuse_empty(y_pred: np.ndarray) -> None:
    if y_pred.size == 0:
        raise ValueError(
            "A loss needs at least one prediction to average over. Expected y_pred with one row "
            f"or more; received {y_pred.shape}."
        )


# A softmax of many classes in float16 or float32 sums to 1 only roughly; a model without a
# softmax is far outside these. nan passes through, so that a run that diverges shows it.
_TOLERANCE = 0.01


def _check_probabilities(name: str, p: np.ndarray, fix: str) -> None:
    outside = p[(p < -_TOLERANCE) | (p > 1 + _TOLERANCE)]
    if outside.size:
        raise ValueError(
            f"{name} holds numbers that are no probabilities. Expected values from 0 to 1; "
            f"received {outside[0]:.3g}. {fix}"
        )


def _check_rows_sum_to_one(name: str, p: np.ndarray, fix: str) -> None:
    sums = p.sum(axis=1)
    wrong = sums[np.abs(sums - 1) > _TOLERANCE]
    if wrong.size:
        raise ValueError(
            f"The rows of {name} are no probabilities of classes. Expected each to sum to 1; "
            f"received a row that sums to {wrong[0]:.3g}. {fix}"
        )


def _clip(p: np.ndarray) -> np.ndarray:
    """Keep p away from 0 and 1: by Keras's 1e-7, or in float16 by what it can tell from 1."""
    epsilon = max(1e-7, float(np.finfo(p.dtype).epsneg))
    return np.clip(p, epsilon, 1 - epsilon)
