"""Many networks of one kind as the rows of a table: where each variable's values stand."""

from collections.abc import Sequence

import numpy as np

from lessons_lib.live._tensorflow import keras, tf


class Packing:
    """A network's variables in one row of float32 numbers and one of whole numbers.

    So that hundreds of networks are two arrays, whatever layers they have: to copy, check or
    choose among them is one NumPy call, and a program takes two arguments.

    Attributes
    ----------
    variables : list of keras.Variable
    n_numbers, n_counts : int
        How many numbers, and how many whole numbers, one network has.
    """

    def __init__(self, variables: Sequence[keras.Variable]):
        self.variables = [*variables]
        self._shapes = [tuple(v.shape) for v in variables]
        self._types = [tf.as_dtype(v.dtype) for v in variables]
        self._places: list[slice] = []
        ends = {True: 0, False: 0}
        for shape, kind in zip(self._shapes, self._types, strict=True):
            start = ends[kind.is_floating]
            ends[kind.is_floating] = stop = start + int(np.prod(shape))
            self._places.append(slice(start, stop))
        self.n_numbers, self.n_counts = ends[True], ends[False]
        self._numbers = {id(v): number for number, v in enumerate(variables)}

    def place(self, variable: keras.Variable) -> slice:
        """Return where a variable stands in the row of its kind."""
        return self._places[self._numbers[id(variable)]]

    def number(self, variable: keras.Variable) -> int:
        """Return which of the variables this is, counted from 0."""
        return self._numbers[id(variable)]

    def row(self, values: Sequence[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
        """Return one network's values as a row of numbers and a row of whole numbers."""
        numbers = np.empty(self.n_numbers, np.float32)
        counts = np.empty(self.n_counts, np.int64)
        for value, place, kind in zip(values, self._places, self._types, strict=True):
            (numbers if kind.is_floating else counts)[place] = np.ravel(value)
        return numbers, counts

    def values(self, numbers: np.ndarray, counts: np.ndarray) -> list[np.ndarray]:
        """Return one network's values from its two rows."""
        return [
            (numbers if kind.is_floating else counts)[place].reshape(shape)
            for place, shape, kind in zip(self._places, self._shapes, self._types, strict=True)
        ]

    def unpack(self, numbers: tf.Tensor, counts: tf.Tensor) -> list[tf.Tensor]:
        """Return each variable's values of shape ``(n_models, *shape)`` from the tables."""
        return [
            tf.cast(
                tf.reshape((numbers if kind.is_floating else counts)[:, place], (-1, *shape)), kind
            )
            for place, shape, kind in zip(self._places, self._shapes, self._types, strict=True)
        ]

    def pack(self, values: Sequence[tf.Tensor], n_models: int) -> tuple[tf.Tensor, tf.Tensor]:
        """Return the tables of such values."""

        def table(floating: bool, kind) -> tf.Tensor:
            chosen = [
                v for v, t in zip(values, self._types, strict=True) if t.is_floating is floating
            ]
            if not chosen:
                return tf.zeros((n_models, 0), kind)
            return tf.concat([tf.cast(tf.reshape(v, (n_models, -1)), kind) for v in chosen], axis=1)

        return table(True, tf.float32), table(False, tf.int64)
