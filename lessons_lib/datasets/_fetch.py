"""Data sets that are downloaded once, each with a stand-in for when they cannot be."""

import dataclasses

import numpy as np

from lessons_lib._ground.values import shortened
from lessons_lib.datasets._download import obtain
from lessons_lib.datasets._records import Images, Table
from lessons_lib.datasets._shipped import load_digits
from lessons_lib.datasets._wine_stand_in import wine_stand_in

_announced = set()  # (data set, is_original) pairs that this process has printed


def fetch_wine_quality(color: str = "red", *, verbose: bool = True) -> Table:
    """Fetch the table of 1,599 red vinho verde wines with their quality.

    Eleven physicochemical measurements and a quality score, the median of three or more tasters,
    from 3 to 8. P. Cortez, A. Cerdeira, F. Almeida, T. Matos and J. Reis (2009), "Modeling wine
    preferences by data mining from physicochemical properties", Decision Support Systems 47(4);
    UCI Machine Learning Repository, data set 186; CC BY 4.0. Units stand in ``data/README.md``.

    Where the file is neither in `data_home` nor to be downloaded, a stand-in with the same
    columns, ranges and correlations is generated, always the same one.

    Parameters
    ----------
    color : {"red"}
        The course uses the red wines only.
    verbose : bool
        Print, once a process, one line saying which data these are.

    Returns
    -------
    Table
        ``X`` of shape (1599, 11), ``y`` of shape (1599,) with whole numbers, ``frame`` with the
        twelve published columns, ``is_original`` and ``note``.
    """
    if color != "red":
        raise ValueError(
            f'color must be "red", the only wines this course uses; received {shortened(color)}.'
        )
    import pandas as pd

    path, remarks = obtain("winequality-red.csv")
    if path is not None:
        frame = pd.read_csv(path, sep=";")
        what = "Wine data: the original table of 1,599 red wines (Cortez et al., 2009)."
    else:
        frame = wine_stand_in()
        what = (
            "Wine data: a stand-in of 1,599 invented wines, generated from the published "
            "statistics of the original; results come close to the original's but differ."
        )
    note = _note(what, path is not None, remarks)
    _announce("wine", path is not None, note, verbose)
    return Table.from_frame(frame, is_original=path is not None, note=note)


def fetch_mnist(*, verbose: bool = True) -> Images:
    """Fetch MNIST: 70,000 handwritten digits of 28×28 pixels, scaled to [0, 1].

    The published pixels are whole numbers from 0 to 255; they are divided by 255 here. Y. LeCun,
    L. Bottou, Y. Bengio and P. Haffner (1998), "Gradient-based learning applied to document
    recognition", Proceedings of the IEEE 86(11); the file is Keras's.

    Where the file is neither in `data_home` nor to be downloaded, the digits of `load_digits`,
    enlarged to 28×28 pixels, stand in, in the same structure.

    Parameters
    ----------
    verbose : bool
        Print, once a process, one line saying which data these are.

    Returns
    -------
    Images
        60,000 training and 10,000 test images; ``image_shape``, ``is_original`` and ``note``.
    """
    path, remarks = obtain("mnist.npz")
    if path is not None:
        with np.load(path, allow_pickle=False) as arrays:
            parts = {name: arrays[name] for name in ("x_train", "y_train", "x_test", "y_test")}
        images = Images(
            X_train=_unit_rows(parts["x_train"]),
            y_train=parts["y_train"].astype(np.int64),
            X_test=_unit_rows(parts["x_test"]),
            y_test=parts["y_test"].astype(np.int64),
            image_shape=parts["x_train"].shape[1:],
            is_original=True,
            note=_note("Digit data: the original MNIST, 28×28 pixels.", True, remarks),
        )
    else:
        images = dataclasses.replace(load_digits(enlarged=True), is_original=False)
        why = "; ".join(remarks)
        note = f"{images.note.removesuffix('.')}, in the place of MNIST ({why})."
        images = dataclasses.replace(images, note=note)
    _announce("digits", images.is_original, images.note, verbose)
    return images


def _unit_rows(pixels: np.ndarray) -> np.ndarray:
    """Flatten images of shape (n, height, width) to rows and scale 0...255 to 0...1."""
    return np.divide(pixels.reshape(len(pixels), -1), 255, dtype=np.float32)


def _note(what: str, is_original: bool, remarks: list[str]) -> str:
    """Join what the data are and what went wrong into one line."""
    if not remarks:
        return what
    if is_original:
        return f"{what} {_capital('; '.join(remarks))}; it was downloaded anew."
    return f"{what} Why: {'; '.join(remarks)}."


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _announce(name: str, is_original: bool, note: str, verbose: bool) -> None:
    """Print the note, unless this process has said the same of this data set before."""
    if verbose and (name, is_original) not in _announced:
        _announced.add((name, is_original))
        print(note)
