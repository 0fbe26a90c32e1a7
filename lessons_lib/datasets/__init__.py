"""Data for the lessons: 2-D toys from a seed, shipped tables and images, verified downloads.

One contract for each kind of data:

- ``make_*`` generates points and returns ``(X, y)``, both float32. Every generator takes
  ``(n_samples, noise, seed)``; the same seed gives the same points on every machine, and only
  their noise grows when ``noise`` does.
- ``load_*`` reads what ships with scikit-learn, ``fetch_*`` downloads once, checks the SHA-256
  and keeps the file in `data_home`. Tables come as a `Table`, images as `Images`.
- ``fetch_*`` never fails for want of a network: it then gives a stand-in of the same structure,
  says so in one printed line, and sets ``is_original`` to False.

`read_table` reads a learner's own file, says what it found, and asks for what the file leaves open.
`standardize` and `min_max` are fitted on the training rows and applied to all others;
`train_val_split` sets rows aside for validation. `prepare` does all of it to a table of one's own,
and keeps rows for the test.
"""

from lessons_lib.datasets._download import data_home
from lessons_lib.datasets._fetch import fetch_mnist, fetch_wine_quality
from lessons_lib.datasets._leaks import Leak
from lessons_lib.datasets._points import (
    make_circles,
    make_gaussians,
    make_line,
    make_moons,
    make_polynomial,
    make_spirals,
    make_xor,
)
from lessons_lib.datasets._prepare import prepare
from lessons_lib.datasets._prepared import Prepared
from lessons_lib.datasets._read_table import read_table
from lessons_lib.datasets._records import Images, Table
from lessons_lib.datasets._scaling import Scaler, min_max, standardize
from lessons_lib.datasets._shipped import enlarge, load_breast_cancer, load_digits
from lessons_lib.datasets._splitting import train_val_split

__all__ = [
    "Images",
    "Leak",
    "Prepared",
    "Scaler",
    "Table",
    "data_home",
    "enlarge",
    "fetch_mnist",
    "fetch_wine_quality",
    "load_breast_cancer",
    "load_digits",
    "make_circles",
    "make_gaussians",
    "make_line",
    "make_moons",
    "make_polynomial",
    "make_spirals",
    "make_xor",
    "min_max",
    "prepare",
    "read_table",
    "standardize",
    "train_val_split",
]
