"""Data that ship with scikit-learn: no network, no files of our own."""

import numpy as np

from lessons_lib.datasets._records import Images, Table
from lessons_lib.datasets._splitting import train_val_split


def load_digits(*, enlarged: bool = False) -> Images:
    """Load 1,797 handwritten digits of 8×8 pixels, scaled to [0, 1].

    The published pixels are whole numbers from 0 to 16; they are divided by 16 here. The split
    is ours: a sixth of each digit's images, chosen once and for all, is the test set. E. Alpaydin
    and C. Kaynak (1998), UCI Machine Learning Repository, data set 80; CC BY 4.0.

    Parameters
    ----------
    enlarged : bool
        Give each image the size of MNIST's, by `enlarge`.

    Returns
    -------
    Images
        1,498 training and 299 test images, ``image_shape`` (8, 8), or (28, 28) if enlarged.
    """
    from sklearn.datasets import load_digits as load

    digits = load()
    images = (digits.images / 16).astype(np.float32)
    note = "Digit data: the 1,797 digits of 8×8 pixels that ship with scikit-learn"
    if enlarged:
        images = enlarge(images)
        note += ", enlarged to 28×28"
    X, y = images.reshape(len(images), -1), digits.target.astype(np.int64)
    X_train, X_test, y_train, y_test = train_val_split(X, y, 1 / 6, seed=0, stratify=True)
    return Images(
        X_train=X_train,
        y_train=y_train,
        X_test=X_test,
        y_test=y_test,
        image_shape=images.shape[1:],
        is_original=True,
        note=f"{note}.",
    )


def enlarge(images: np.ndarray) -> np.ndarray:
    """Enlarge images of 8×8 pixels as MNIST's digits stand: 20×20 in the middle of 28×28.

    Between the centres of two pixels, values change linearly; nothing is added that was not
    there, so the images are larger and blurred, not finer.

    Parameters
    ----------
    images : ndarray of shape (..., 8, 8)

    Returns
    -------
    ndarray of shape (..., 28, 28), of the same type
    """
    images = np.asarray(images)
    if images.shape[-2:] != (8, 8):
        raise ValueError(
            f"images must have the shape (..., 8, 8); received shape {images.shape}. Give rows of "
            "64 pixels as rows.reshape(-1, 8, 8)."
        )
    centres = (np.arange(20) + 0.5) * 8 / 20 - 0.5  # of the new pixels, in old ones
    between = np.transpose([np.interp(centres, np.arange(8), one) for one in np.eye(8)])
    frame = [(0, 0)] * (images.ndim - 2) + [(4, 4), (4, 4)]
    return np.pad(between @ images @ between.T, frame).astype(images.dtype)


def load_breast_cancer() -> Table:
    """Load 569 breast tumours: 30 measurements of cell nuclei, and benign (1) or malignant (0).

    Coded as published with scikit-learn; use ``1 - y`` where malignant is to be the positive
    class. W. Wolberg, O. Mangasarian, N. Street and W. Street (1995), UCI Machine Learning
    Repository, data set 17; CC BY 4.0.

    Returns
    -------
    Table
        ``X`` of shape (569, 30), ``y`` of shape (569,) with 357 ones.
    """
    from sklearn.datasets import load_breast_cancer as load

    frame = load(as_frame=True).frame.rename(columns={"target": "benign"})
    return Table.from_frame(
        frame,
        is_original=True,
        note="Breast cancer data: the 569 tumours of Wolberg and others (1995).",
    )
