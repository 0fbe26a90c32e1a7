"""The invented wines: the original's statistics, and the lessons' conclusions on them."""

import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import RandomForestRegressor
from sklearn.linear_model import LinearRegression

from lessons_lib.datasets import _wine_stand_in as stand_in
from lessons_lib.datasets import train_val_split

FILENAME = "winequality-red.csv"
REPOSITORY = Path(__file__).parents[2]
PLACES = [
    Path(os.environ.get("LESSONS_DATA_DIR", REPOSITORY / "data")) / FILENAME,
    REPOSITORY.parent / "shared" / "data" / FILENAME,
]
ORIGINAL = next((place for place in PLACES if place.is_file()), None)
needs_original = pytest.mark.skipif(ORIGINAL is None, reason=f"{FILENAME} is not here to compare")


@pytest.fixture(scope="module")
def wines():
    """The invented wines."""
    return stand_in.wine_stand_in()


@pytest.fixture(scope="module")
def original():
    """The real table, where it is at hand."""
    return pd.read_csv(ORIGINAL, sep=";")


@pytest.fixture(
    params=["stand-in", pytest.param("original", marks=needs_original)],
)
def either(request, wines):
    """The stand-in, and the original where it is at hand: what a lesson concludes on both."""
    return wines if request.param == "stand-in" else request.getfixturevalue("original")


def test_shape_columns_and_types(wines):
    """As pandas reads the original: eleven columns of floats and whole-number scores."""
    assert wines.shape == (1599, 12)
    assert list(wines.columns) == [*stand_in.COLUMNS, "quality"]
    assert (wines.dtypes.iloc[:11] == "float64").all()
    assert wines["quality"].dtype == "int64"


def test_always_the_same(wines):
    """A notebook's printed results must not change from call to call."""
    pd.testing.assert_frame_equal(wines, stand_in.wine_stand_in())


@pytest.mark.parametrize("column", stand_in.COLUMNS)
def test_range_and_rounding(wines, column):
    """Smallest and largest value as published, and no more decimals."""
    decimals, quantiles = stand_in.COLUMNS[column]
    assert wines[column].min() == quantiles[0]
    assert wines[column].max() == quantiles[-1]
    np.testing.assert_array_equal(wines[column], wines[column].round(decimals))


def test_scores_are_counted_as_published(wines):
    """10 wines with a 3 up to 18 with an 8."""
    counts = wines["quality"].value_counts().sort_index()
    assert counts.to_dict() == {3: 10, 4: 53, 5: 681, 6: 638, 7: 199, 8: 18}


def test_240_rows_repeat_another(either):
    """A later lesson is about such rows on both sides of a split."""
    assert either.duplicated().sum() == 240


def test_repeats_are_scattered(wines):
    """A repeat at the end of the file would betray itself, and a split by position would help."""
    rows = np.flatnonzero(wines.duplicated(keep=False))
    assert rows.min() < 50
    assert rows.max() > 1549
    assert 700 < np.median(rows) < 900


def test_free_sulfur_dioxide_is_a_part_of_the_total(either):
    """A table that breaks chemistry would mislead whoever plots it."""
    assert (either["free sulfur dioxide"] < either["total sulfur dioxide"]).all()


def test_correlations_are_the_published_ones(wines):
    """All 66 pairs, within 0.02."""
    published = stand_in._correlation_matrix()
    np.testing.assert_allclose(wines.corr(), published, atol=0.02)


def test_alcohol_then_volatile_acidity_predict_best(either):
    """The strongest single predictor and its sign, on stand-in and original."""
    r = either.corr()["quality"].drop("quality")
    assert r.abs().nlargest(2).index.tolist() == ["alcohol", "volatile acidity"]
    assert r["alcohol"] == pytest.approx(0.48, abs=0.01)
    assert r["volatile acidity"] == pytest.approx(-0.39, abs=0.01)


@pytest.mark.parametrize("seed", range(5))
def test_eleven_measurements_beat_alcohol_beat_the_mean(either, seed):
    """The end of lesson 01, whichever rows are set aside: validation RMSE in this order."""
    X, y = either.drop(columns="quality"), either["quality"]
    X_train, X_val, y_train, y_val = train_val_split(X, y, 0.3, seed)

    def rmse(columns):
        model = LinearRegression().fit(X_train[columns], y_train)
        return np.sqrt(np.mean((model.predict(X_val[columns]) - y_val) ** 2))

    mean_alone = np.sqrt(np.mean((y_train.mean() - y_val) ** 2))
    assert rmse(list(X.columns)) < 0.96 * rmse(["alcohol"])
    assert rmse(["alcohol"]) < 0.95 * mean_alone


def _mean_r_squared(model, frame):
    """Explained share of the validation variance, averaged over five splits."""
    scores = []
    for seed in range(5):
        X_train, X_val, y_train, y_val = train_val_split(
            frame.drop(columns="quality"), frame["quality"], 0.3, seed
        )
        scores.append(model.fit(X_train, y_train).score(X_val, y_val))
    return np.mean(scores)


def test_a_forest_beats_one_neuron(either):
    """Classical models often win on small tables, on stand-in and original."""
    forest = _mean_r_squared(RandomForestRegressor(50, random_state=0), either)
    assert forest > _mean_r_squared(LinearRegression(), either) + 0.04


def test_without_the_repeats_the_forest_is_worse(either):
    """Rows on both sides of a split flatter a model that remembers rows."""
    forest = RandomForestRegressor(50, random_state=0)
    assert (
        _mean_r_squared(forest, either.drop_duplicates()) < _mean_r_squared(forest, either) - 0.03
    )


@needs_original
@pytest.mark.parametrize("column", stand_in.COLUMNS)
def test_written_quantiles_are_the_originals(original, column):
    """The numbers in the module are facts about the table: within half a last digit."""
    decimals, quantiles = stand_in.COLUMNS[column]
    published = original[column].quantile(stand_in.PROBABILITIES)
    np.testing.assert_allclose(quantiles, published, atol=0.6 * 10.0**-decimals)


@needs_original
def test_written_correlations_are_the_originals(original):
    """All 66, rounded to three decimals."""
    np.testing.assert_allclose(stand_in._correlation_matrix(), original.corr(), atol=0.00051)


@needs_original
def test_written_counts_are_the_originals(original):
    """Different wines and repeats of each score."""
    distinct = original.drop_duplicates()["quality"].value_counts()
    repeats = original.loc[original.duplicated(), "quality"].value_counts()
    for score, counts in stand_in.QUALITY_COUNTS.items():
        assert (distinct[score], repeats.get(score, 0)) == counts


@needs_original
@pytest.mark.parametrize("column", stand_in.COLUMNS)
def test_distribution_is_close_to_the_originals(wines, original, column):
    """Mean within 3 %, spread within 6 %, distribution functions never 0.06 apart."""
    ours, theirs = wines[column], original[column]
    assert ours.mean() == pytest.approx(theirs.mean(), rel=0.03)
    assert ours.std() == pytest.approx(theirs.std(), rel=0.06)
    values = np.union1d(ours, theirs)
    ours_below, theirs_below = (
        np.searchsorted(np.sort(sample), values, side="right") / 1599 for sample in (ours, theirs)
    )
    assert np.abs(ours_below - theirs_below).max() < 0.06


@needs_original
def test_no_invented_row_is_a_real_one(wines, original):
    """The stand-in is made of statistics and holds none of the original's rows."""
    columns = list(stand_in.COLUMNS)
    assert wines[columns].merge(original[columns], how="inner").empty
