"""What the loaders return: a table of measurements, or images in two sets."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd


@dataclasses.dataclass(frozen=True, eq=False, repr=False)
class Table:
    """A table of measurements, as a DataFrame and as arrays.

    Attributes
    ----------
    frame : DataFrame of shape (n_samples, n_features + 1)
        The columns under the publisher's names, in the publisher's units, the target last.
    X : ndarray of shape (n_samples, n_features), float32
        The measurements.
    y : ndarray of shape (n_samples,), float32
        The target.
    feature_names : tuple of str
        Names of the columns of `X`.
    target_name : str
        Name of the target's column in `frame`.
    is_original : bool
        False for a stand-in.
    note : str
        One sentence or two saying which data these are.
    """

    frame: pd.DataFrame
    X: np.ndarray
    y: np.ndarray
    feature_names: tuple[str, ...]
    target_name: str
    is_original: bool
    note: str

    @classmethod
    def from_frame(cls, frame: pd.DataFrame, is_original: bool, note: str) -> Table:
        """Make a Table of a DataFrame whose last column is the target."""
        *features, target = frame.columns
        return cls(
            frame=frame,
            X=frame[features].to_numpy(dtype=np.float32),
            y=frame[target].to_numpy(dtype=np.float32),
            feature_names=tuple(features),
            target_name=target,
            is_original=is_original,
            note=note,
        )

    def __repr__(self) -> str:
        rows, columns = self.X.shape
        return f"Table of {rows} rows: {columns} measurements and {self.target_name}. {self.note}"


@dataclasses.dataclass(frozen=True, eq=False, repr=False)
class Images:
    """Grey images of digits with their labels, in a training and a test set.

    Attributes
    ----------
    X_train : ndarray of shape (n_train, height * width), float32
        One image a row, from 0 (background) to 1 (full ink). A picture again:
        ``X_train[0].reshape(image_shape)``.
    y_train : ndarray of shape (n_train,), int64
        The digits, 0 to 9.
    X_test : ndarray of shape (n_test, height * width), float32
    y_test : ndarray of shape (n_test,), int64
    image_shape : tuple of int
        (height, width) in pixels.
    is_original : bool
        False for a stand-in.
    note : str
        One sentence or two saying which data these are.
    """

    X_train: np.ndarray
    y_train: np.ndarray
    X_test: np.ndarray
    y_test: np.ndarray
    image_shape: tuple[int, int]
    is_original: bool
    note: str

    def __repr__(self) -> str:
        height, width = self.image_shape
        return (
            f"Images of {height}×{width} pixels: {len(self.X_train)} for training, "
            f"{len(self.X_test)} for testing. {self.note}"
        )
