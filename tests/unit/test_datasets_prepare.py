"""A table made ready for a network: sets, features, target, and the sealed test."""

import datetime
import decimal
import pickle
import re

import numpy as np
import pandas as pd
import pytest
import sklearn.preprocessing
from hypothesis import given, settings
from hypothesis import strategies as st

from lessons_lib import datasets


def people(n=200, seed=0):
    """Return an invented table: a measurement, words, true and false, and what to predict."""
    rng = np.random.default_rng(seed)
    table = pd.DataFrame(
        {
            "age": rng.normal(40, 10, n),
            "colour": rng.choice(["red", "green", "blue"], n),
            "smoker": rng.random(n) < 0.5,
        }
    )
    table["price"] = table.age + rng.normal(0, 20, n)
    return table


def told(prepared):
    """Return what a cell shows of it, on one line."""
    return " ".join(repr(prepared).split())


@st.composite
def tables(draw):
    """Return small tables with missing cells, rare words and rows that repeat; any index."""
    n = draw(st.integers(20, 60))
    rng = np.random.default_rng(draw(st.integers(0, 99)))
    table = people(n, seed=draw(st.integers(0, 99))).astype({"smoker": object})
    table["age"] = table["age"].round(-1)
    for column in ("age", "colour", "smoker"):
        table.loc[rng.random(n) < draw(st.sampled_from([0, 0.2])), column] = None
    table["price"] = table["price"].round(-1) + 0.0  # without -0.0
    if draw(st.booleans()):
        table["price"] = rng.choice(["no", "yes", "perhaps"], n)
    repeated = rng.integers(0, n, draw(st.integers(0, 20)))
    table = pd.concat([table, table.iloc[repeated]])
    return table if draw(st.booleans()) else table.reset_index(drop=True)


SEEDS = st.integers(0, 9)


def numbered(table):
    """Return the table with an index that says where each row stands."""
    return table.set_axis(np.arange(len(table)), axis=0)


# --- three sets --------------------------------------------------------------------------------


@given(table=tables(), seed=SEEDS)
@settings(max_examples=25, deadline=None)
def test_each_row_is_in_one_set(table, seed):
    """And the rows that are shown are those that the arrays hold, in their order."""
    table = numbered(table)
    prepared = datasets.prepare(table, "price", seed=seed)
    train, val = prepared.train, prepared.val
    assert not set(train.index) & set(val.index)
    assert len(train) + len(val) + prepared.n_test == len(table)
    assert min(len(train), len(val), prepared.n_test) > 0
    assert (len(train), len(val)) == (len(prepared.X_train), len(prepared.X_val))
    pd.testing.assert_frame_equal(train, table.loc[train.index])
    shown = prepared.in_units(prepared.y_val)
    if prepared.is_classes:
        assert shown.tolist() == val.price.tolist()
    else:
        np.testing.assert_allclose(shown, val.price, atol=1e-3)


@given(table=tables(), seed=SEEDS)
@settings(max_examples=25, deadline=None)
def test_rows_that_are_equal_are_in_one_set(table, seed):
    """What has been learned by heart is not measured as if it were new."""
    table = numbered(table)
    prepared = datasets.prepare(table, "price", seed=seed)
    of_row = pd.Series("test", index=table.index)
    of_row[prepared.train.index], of_row[prepared.val.index] = "train", "val"
    groups = table.map(str).agg("|".join, axis=1)
    assert (of_row.groupby(groups).nunique() == 1).all()
    said = [line.split()[0] for line in prepared.said if "repeat" in line]
    repeated = int(groups.duplicated().sum())
    assert said == [str(repeated)] * (repeated > 0)


@given(table=tables(), seed=SEEDS)
@settings(max_examples=20, deadline=None)
def test_a_seed_gives_the_same_sets(table, seed):
    """Also those of the test."""
    first, again = (datasets.prepare(table, "price", seed=seed) for _ in range(2))
    np.testing.assert_array_equal(first.X_train, again.X_train)
    np.testing.assert_array_equal(first.open_test()[0], again.open_test()[0])


@pytest.mark.parametrize(
    ("repeated", "fraction", "sizes"),
    [([40] + [1] * 60, 0.2, (60, 20, 20)), ([30, 20, 12, 8], 0.05, (50, 12, 8))],
)
def test_sets_keep_their_sizes_where_many_rows_are_equal(repeated, fraction, sizes):
    """As far as they can, and none stays empty."""
    table = people(len(repeated)).loc[np.repeat(np.arange(len(repeated)), repeated)]
    for seed in range(8):
        prepared = datasets.prepare(
            table, "price", val_fraction=fraction, test_fraction=fraction, seed=seed
        )
        assert (len(prepared.train), len(prepared.val), prepared.n_test) == sizes


def test_a_name_makes_another_row_and_a_count_of_the_rows_does_not():
    """Two people can be of one age; who stands in a file twice has two numbers there."""
    table = people(60).assign(colour="red", smoker=True, price=["yes", "no"] * 30)
    table["age"] = np.arange(60) // 4  # each with each price twice
    table["id"] = np.arange(60)
    table.loc[59, "price"] = None
    assert "29 rows repeat an earlier one" in told(datasets.prepare(table, "price"))
    table["name"] = [f"person {k}" for k in range(60)]
    assert "repeat" not in told(datasets.prepare(table, "price"))


def test_another_seed_gives_other_sets():
    """Else the seed would be for nothing."""
    first, other = (datasets.prepare(people(), "price", seed=seed) for seed in (0, 1))
    assert set(first.val.index) != set(other.val.index)


def test_fractions_are_kept_in_each_class():
    """Oracle: counting."""
    table = people(1000)
    table["price"] = np.repeat(["rare", "often"], [100, 900])
    prepared = datasets.prepare(table, "price", val_fraction=0.3, test_fraction=0.1)
    assert prepared.train.price.value_counts().to_dict() == {"often": 540, "rare": 60}
    assert prepared.val.price.value_counts().to_dict() == {"often": 270, "rare": 30}
    assert np.bincount(prepared.open_test()[1]).tolist() == [90, 10]


@pytest.mark.parametrize(("rows", "sets"), [(1, "validation and test sets"), (2, "test set")])
def test_a_class_too_rare_for_three_sets_is_named(rows, sets):
    """It is learned first, then measured."""
    table = people()
    table["price"] = ["rare"] * rows + ["yes", "no"] * (100 - rows) + ["no"] * rows
    said = "\n".join(datasets.prepare(table, "price").said)
    assert f"No row of class 'rare' is in the {sets}, for too few of its rows differ." in said


def test_many_rare_classes_are_named_in_one_sentence():
    """The first few of them."""
    table = people(400)
    table["price"] = [f"city {k}" for k in range(200)] * 2
    said = datasets.prepare(table, "price").said
    assert sum("city 5" in line for line in said) <= 2
    assert any("and 195 more is in the test set" in line for line in said)


def test_small_sets_are_named():
    """Ten rows of validation say little."""
    assert "Only 10 rows for validation" in told(datasets.prepare(people(50), "price"))
    assert "Only" not in told(datasets.prepare(people(200), "price"))


# --- time --------------------------------------------------------------------------------------


def days(n=100, seed=0):
    """Return a table with a column of dates, in no order."""
    table = people(n, seed)
    dates = pd.Series(pd.date_range("2024-01-01", periods=n))
    table["when"] = dates.sample(frac=1, random_state=seed).to_numpy()
    return table


def test_a_column_of_dates_splits_in_order():
    """The latest rows are for the test; the date is no feature."""
    table = days()
    prepared = datasets.prepare(table, "price")
    assert prepared.train.when.max() < prepared.val.when.min()
    assert prepared.val.when.max() == pd.Timestamp("2024-03-20")
    assert prepared.n_test == 20
    assert not any("when" in name for name in prepared.feature_names)
    assert "validation from 2024-03-01 on, the test from 2024-03-21 on" in prepared.said[0]


def test_rows_of_one_moment_are_in_one_set():
    """Also where the fractions would cut through them."""
    table = days().assign(when=lambda t: t.when.dt.to_period("M"))
    prepared = datasets.prepare(table, "price")
    assert set(prepared.train.when) == {pd.Period("2024-01"), pd.Period("2024-02")}
    assert set(prepared.val.when) == {pd.Period("2024-03")}


def test_a_column_of_numbers_can_say_the_order():
    """A year, for example."""
    table = people(100).assign(year=np.repeat(np.arange(2000, 2010), 10))
    prepared = datasets.prepare(table, "price", time="year")
    assert (prepared.train.year.max(), prepared.val.year.max()) == (2005, 2007)
    assert "year" not in prepared.feature_names


def test_rows_with_dates_can_be_shuffled():
    """The date is then a feature: days since the first one of the training set."""
    table = days()
    prepared = datasets.prepare(table, "price", time=False)
    assert prepared.train.when.max() > prepared.val.when.min()
    column = prepared.X_train[:, prepared.feature_names.index("when")]
    since = (prepared.train.when - prepared.train.when.min()).dt.days
    expected = sklearn.preprocessing.StandardScaler().fit_transform(since.to_frame())[:, 0]
    np.testing.assert_allclose(column, expected, atol=1e-5)


def test_of_two_columns_of_dates_one_must_be_chosen():
    """The other counts in days."""
    table = days().assign(born=lambda t: t.when - pd.Timedelta(days=9000) * np.arange(100))
    with pytest.raises(ValueError, match=r"'when' and 'born' hold dates. Give time='when'"):
        datasets.prepare(table, "price")
    assert "born" in datasets.prepare(table, "price", time="when").feature_names


def test_order_that_leaves_one_class_to_learn_from_is_refused():
    """The sentence says how to mix them."""
    table = days().assign(price=lambda t: np.where(t.when < "2024-03-10", "before", "after"))
    with pytest.raises(ValueError, match=r"holds class 'before' alone.*time=False"):
        datasets.prepare(table, "price")


# --- features ----------------------------------------------------------------------------------


@given(table=tables(), seed=SEEDS)
@settings(max_examples=25, deadline=None)
def test_the_same_is_done_to_other_rows(table, seed):
    """Training and validation rows come out as they stand in the arrays; the target may lack."""
    prepared = datasets.prepare(table, "price", seed=seed)
    for rows, X in ((prepared.train, prepared.X_train), (prepared.val, prepared.X_val)):
        np.testing.assert_array_equal(prepared.transform(rows), X)
        np.testing.assert_array_equal(prepared.transform(rows.drop(columns="price")[:1]), X[:1])
    assert prepared.X_train.dtype == prepared.transform(prepared.val).dtype == np.float32
    assert prepared.transform(prepared.val[:0]).shape == (0, len(prepared.feature_names))


@given(table=tables(), seed=SEEDS)
@settings(max_examples=25, deadline=None)
def test_everything_is_learned_from_the_training_rows(table, seed):
    """Other rows are changed, and the training set comes out as before."""
    table = numbered(table)
    before = datasets.prepare(table, "price", seed=seed)
    changed = table.copy()
    others = ~changed.index.isin(before.train.index)
    changed.loc[others, "age"] = changed.loc[others, "age"] * 1000 + 5
    changed.loc[others, "colour"] = "new " + changed.loc[others, "colour"]
    after = datasets.prepare(changed, "price", seed=seed)
    assert after.train.index.equals(before.train.index)
    assert after.feature_names == before.feature_names
    np.testing.assert_array_equal(after.X_train, before.X_train)
    np.testing.assert_array_equal(after.y_train, before.y_train)


def test_features_are_those_of_scikit_learn_and_pandas():
    """Oracle: StandardScaler and get_dummies."""
    table = people()
    prepared = datasets.prepare(table, "price")
    assert prepared.feature_names == (
        *("age", "colour=blue", "colour=green", "colour=red", "smoker=False", "smoker=True"),
    )
    scaled = sklearn.preprocessing.StandardScaler().fit(prepared.train[["age"]])
    np.testing.assert_allclose(prepared.X_val[:, :1], scaled.transform(prepared.val[["age"]]), 1e-5)
    np.testing.assert_array_equal(prepared.X_val[:, 1:4], pd.get_dummies(prepared.val.colour))
    np.testing.assert_array_equal(prepared.X_val[:, 4:], pd.get_dummies(prepared.val.smoker))


def test_what_is_missing_is_filled_and_flagged():
    """By the median or the most frequent word of the training rows; the flag is 0 or 1."""
    table = people()
    table.loc[::4, "age"] = np.nan
    table.loc[::5, "colour"] = None
    prepared = datasets.prepare(table, "price")
    assert prepared.feature_names[-2:] == ("age missing", "colour missing")
    rows = pd.DataFrame(
        {
            "age": [None, prepared.train.age.median()],
            "colour": [None, prepared.train.colour.mode()[0]],
            "smoker": True,
        }
    )
    empty, filled = prepared.transform(rows)
    np.testing.assert_allclose(empty[:-2], filled[:-2], atol=1e-6)
    assert (empty[-2:].tolist(), filled[-2:].tolist()) == ([1, 1], [0, 0])
    assert "Missing in some training rows: `age` and `colour`." in told(prepared)


def test_rare_words_share_a_feature():
    """As do new ones, of which a line tells."""
    table = people(1000)
    table.loc[:4, "colour"] = "violet"
    table.loc[5:9, "colour"] = "mauve"
    prepared = datasets.prepare(table, "price")
    assert "colour rare" in prepared.feature_names
    assert "fewer than 6 training rows hold: 'mauve' and 'violet'" in told(prepared)
    each = datasets.prepare(table, "price", rare=0)
    assert {"colour=mauve", "colour=violet"} <= set(each.feature_names)
    assert "colour rare" not in each.feature_names


@pytest.mark.parametrize("rare", [0, 0.2])
def test_words_not_met_before_are_told_of(capsys, rare):
    """They count as rare, or as none of the words; empty cells never met before are told of too."""
    table = people(1000)
    table.loc[:9, "colour"] = "violet"
    prepared = datasets.prepare(table, "price", rare=rare)
    rows = pd.DataFrame({"age": [None, 40], "colour": "pink", "smoker": True})
    X = prepared.transform(rows)
    at = [k for k, name in enumerate(prepared.feature_names) if name.startswith("colour")]
    assert X[:, at].sum() == (2 if rare else 0)
    said = capsys.readouterr().out
    assert "`colour` holds 'pink' in 2 rows, which no training row does" in said
    assert ("`colour rare`" in said) == bool(rare)
    assert "`age` is empty in 1 row, and in no training row" in said


def test_what_stands_in_validation_rows_alone_is_told_of():
    """So that nobody looks for it; what stands in the test rows stays sealed."""
    table = people()
    prepared = datasets.prepare(table, "price")
    test = table.index.difference([*prepared.train.index, *prepared.val.index])
    table.loc[prepared.val.index[0], "colour"] = "pink"
    table.loc[test[0], "colour"] = "violet"
    said = told(datasets.prepare(table, "price"))
    assert "In the validation set, `colour` holds 'pink' in 1 row" in said
    assert "violet" not in said


def test_columns_that_tell_nothing_are_left_out():
    """Constant ones, empty ones, and words that name each row; whether they lack can tell."""
    table = people().assign(
        planet="Earth",
        nothing=None,
        name=[f"person {k}" for k in range(200)],
        pool=[1.0, np.nan] * 100,
    )
    prepared = datasets.prepare(table, "price")
    assert prepared.feature_names[0] == "age"
    assert prepared.feature_names[-1] == "pool missing"
    assert len(prepared.feature_names) == 7
    said = told(prepared)
    assert "Left out: `planet` and `pool`, for all training rows hold the same there." in said
    assert "Left out: `nothing`, for no training row holds anything there." in said
    assert "Left out: `name`, for each word there names one training row, or only a few." in said
    prepared.transform(prepared.val.drop(columns=["planet", "nothing", "name"]))


def test_doubts_about_columns_are_said():
    """A count of the rows, texts that may be numbers, words in two spellings, too many features."""
    table = people().assign(
        id=np.arange(1, 201),
        code=["7", "8"] * 100,
        weight=["7 kg", "8 kg"] * 100,
        place=["Rome", "Paris", "rome ", "?"] * 50,
        ill=["Yes", "no", "yes", "no"] * 50,
    )
    said = told(datasets.prepare(table, "ill"))
    assert "`id` goes up by 1 from row to row: if it only counts the rows, leave it out" in said
    assert "`weight` holds texts with numbers in them, such as '7 kg'" in said
    assert "`place` holds '?', which counts as a word" in said
    assert "`ill` holds 'Yes' and 'yes' as different words" in said
    assert "`code` holds numbers written as text, which count as words" in said
    assert "`place` holds 'Rome' and 'rome ' as different words" in said
    assert "more than training rows" in told(datasets.prepare(people(8), "price"))


COLUMNS = {
    "Int64 with NA": (pd.array([1, None, 3, 4] * 10, dtype="Int64"), ["x", "x missing"]),
    "boolean with NA": (
        pd.array([True, None, False, True] * 10, dtype="boolean"),
        ["x=False", "x=True", "x missing"],
    ),
    "categories of numbers": (pd.Categorical([1.0, 2.0] * 20), ["x=1", "x=2"]),
    "intervals": (pd.cut(np.arange(40), 2, labels=None), ["x=(-0.039, 19.5]", "x=(19.5, 39.0]"]),
    "Decimal": ([decimal.Decimal(1), decimal.Decimal(2)] * 20, ["x"]),
    "objects that are numbers": (
        np.array([1, 2.5, None, 3] * 10, dtype=object),
        ["x", "x missing"],
    ),
    "bool as objects": (np.array([True, False] * 20, dtype=object), ["x=False", "x=True"]),
    "bytes": ([b"a", b"b"] * 20, ["x=a", "x=b"]),
    "durations": (pd.to_timedelta(np.arange(40), unit="h"), ["x"]),
    "sparse": (pd.arrays.SparseArray([0, 0, 1, 2] * 10), ["x"]),
    "dates as objects": ([datetime.date(2024, 1, 1 + k % 9) for k in range(40)], ["x"]),
    "dates with a time zone": (pd.date_range("2024", periods=40, tz="Asia/Taipei"), ["x"]),
    "dates before pandas's own": (pd.date_range("0900-01-01", periods=40, unit="s"), ["x"]),
    "durations as objects": ([datetime.timedelta(hours=k) for k in range(40)], ["x"]),
}


@pytest.mark.parametrize(("cells", "names"), COLUMNS.values(), ids=COLUMNS)
def test_every_kind_of_column_becomes_features(cells, names):
    """Whatever pandas makes of a file."""
    table = people(40)[["price"]].assign(x=cells)
    prepared = datasets.prepare(table, "price", time=False)
    assert list(prepared.feature_names) == names
    assert np.isfinite(prepared.X_train).all()
    np.testing.assert_array_equal(prepared.transform(prepared.train), prepared.X_train)


@pytest.mark.parametrize("kind", ["int64", "double", "bool", "string", "timestamp[ns]", "date32"])
def test_arrow_types_become_features(kind):
    """As those of pandas do."""
    pytest.importorskip("pyarrow")
    cells = [1, 0, None, 1] * 10 if kind != "string" else ["a", "b", None, "a"] * 10
    table = people(40)[["price"]].assign(x=pd.array(cells, dtype=f"{kind}[pyarrow]"))
    prepared = datasets.prepare(table, "price", time=False)
    assert prepared.feature_names[-1] == "x missing"


# --- target ------------------------------------------------------------------------------------

TARGETS = {
    "words": (["yes", "no"] * 20, None, ("no", "yes")),
    "true and false": ([True, False] * 20, None, ("False", "True")),
    "two numbers": ([0.0, 1.0] * 20, None, ("0", "1")),
    "two numbers, to be measured": ([0.0, 1.0] * 20, False, ()),
    "few numbers": ([3, 10, 5, 6] * 10, None, ()),
    "few numbers, to be classes": ([3, 10, 5, 6] * 10, True, ("3", "5", "6", "10")),
    "categories": (pd.Categorical([2, 1] * 20), None, ("1", "2")),
    "categories in order": (
        pd.Categorical(["low", "high"] * 20, ["none", "low", "high"], ordered=True),
        None,
        ("low", "high"),
    ),
    "many numbers": (np.arange(40) ** 1.5, None, ()),
    "nullable": (pd.array([3, 10, None, 6] * 10, dtype="Int64"), True, ("3", "6", "10")),
}


@pytest.mark.parametrize(("cells", "classes", "names"), TARGETS.values(), ids=TARGETS)
def test_a_target_is_classes_or_a_measurement(cells, classes, names):
    """Classes are numbered in their order, a measurement is standardised."""
    table = people(40).assign(y=cells)
    prepared = datasets.prepare(table, "y", classes=classes)
    assert prepared.class_names == names
    assert prepared.is_classes == bool(names)
    if names:
        assert prepared.y_train.dtype == np.int64
        assert prepared.unit == 1
        assert set(prepared.y_train) == set(range(len(names)))
    else:
        assert prepared.y_train.dtype == np.float32
        assert prepared.unit == pytest.approx(prepared.train.y.std(ddof=0))
        np.testing.assert_allclose(
            [prepared.y_train.mean(), prepared.y_train.std()], [0, 1], atol=1e-6
        )


def test_few_whole_numbers_are_named_as_a_doubt():
    """The argument that decides it stands in the sentence."""
    table = people(40).assign(y=[3, 4, 5, 6] * 10)
    assert "Only 4 whole numbers stand in `y`" in told(datasets.prepare(table, "y"))
    assert "classes=True" not in told(datasets.prepare(people(40), "price"))


def test_rows_without_a_target_are_left_out():
    """And counted."""
    table = people()
    table.loc[:9, "price"] = np.nan
    prepared = datasets.prepare(table, "price")
    assert len(prepared.train) + len(prepared.val) + prepared.n_test == 190
    assert prepared.said[0] == "10 rows have no `price`, and no place here."
    assert not {*prepared.train.index, *prepared.val.index} & set(range(10))


def test_classes_come_back_by_name():
    """And what is no class is refused in words."""
    table = people(40).assign(y=["yes", "no"] * 20)
    prepared = datasets.prepare(table, "y")
    assert prepared.in_units([0, 1, 1]).tolist() == ["no", "yes", "yes"]
    for y in ([0.3, 0.7], [2], [-1]):
        with pytest.raises(ValueError, match="from 0 to 1"):
            prepared.in_units(y)


# --- suspicion ---------------------------------------------------------------------------------


@pytest.mark.parametrize("classes", [False, True])
def test_a_column_that_alone_tells_the_target_is_under_suspicion(classes):
    """And no other; by its words, and by its missing cells, too."""
    table = people(400).assign(
        paid=lambda t: 2 * t.price + 1,
        told=lambda t: np.where(t.price > 40, "a", "b"),
        lacking=lambda t: np.where(t.price > 40, t.age, np.nan),
    )
    if classes:
        table["price"] = np.where(table.price > 40, "dear", "cheap")
    prepared = datasets.prepare(table, "price")
    expected = {"paid", "told", "lacking"} if classes else {"paid"}
    assert {leak.column for leak in prepared.leaks} == expected
    assert all(0.95 <= leak.score <= 1 for leak in prepared.leaks)
    for name in expected:
        assert f"`{name}` alone " in told(prepared)
        assert f"drop=['{name}']" in told(prepared)
    assert datasets.prepare(table, "price", drop=expected).leaks == ()


def test_a_rare_class_makes_no_column_suspicious():
    """Where 97 of 100 are alike, to say so always is not to know."""
    table = people(1000).assign(y=["ill" if k % 33 == 0 else "well" for k in range(1000)])
    assert datasets.prepare(table, "y").leaks == ()


# --- the sealed test ---------------------------------------------------------------------------


def test_openings_of_the_test_set_are_counted(capsys):
    """The first says nothing, the second what it costs."""
    prepared = datasets.prepare(people(), "price")
    assert prepared.times_opened == 0
    assert "sealed" in told(prepared)
    X_test, y_test = prepared.open_test()
    assert len(X_test) == len(y_test) == prepared.n_test == 40
    assert "opened once" in told(prepared)
    assert capsys.readouterr().out == ""
    X_test[:] = 0
    X_again, _ = prepared.open_test()
    assert X_again.any()
    assert prepared.times_opened == 2
    assert "second time" in capsys.readouterr().out
    assert "opened 2 times" in told(prepared)


def test_it_can_be_kept():
    """What was opened stays so."""
    prepared = datasets.prepare(people(), "price")
    prepared.open_test()
    kept = pickle.loads(pickle.dumps(prepared))
    assert kept.times_opened == 1
    np.testing.assert_array_equal(kept.transform(prepared.val), prepared.X_val)


def test_the_table_stays_as_it_was():
    """Nobody's data are changed; nothing is printed, and no warning shown."""
    table = people()
    table.loc[3, "age"] = None
    before = table.copy()
    datasets.prepare(table, "price")
    pd.testing.assert_frame_equal(table, before)


# --- sentences ---------------------------------------------------------------------------------

REFUSED = {
    "no table": (np.eye(3), {}, "table must be a DataFrame of pandas; received .*ndarray"),
    "a Series as the target": (people(), {"target": people().age}, "must name a column"),
    "dates as the index": (days().set_index("when"), {}, r"Give table.reset_index\(\)"),
    "a Table": (datasets.load_breast_cancer(), {}, "Give table.frame"),
    "a name near the target's": (people(), {"target": "prise"}, "Did you mean 'price'"),
    "no such name": (people(), {"target": "x"}, "They are 'age', 'colour', 'smoker' and 'price'"),
    "names twice": (people().set_axis(["a", "b", "b", "price"], axis=1), {}, "received 'b' more"),
    "names on two levels": (pd.concat({"a": people()}, axis=1), {}, "2 levels of names"),
    "an empty target": (people().assign(price=None), {}, "is empty in every row"),
    "a constant target": (people().assign(price=3), {}, "is 3.0 in every row"),
    "a target of dates": (days(), {"target": "when"}, "holds dates, and a network"),
    "names to predict": (
        people().assign(price=[f"p{k}" for k in range(200)]),
        {},
        "200 different values in 200 rows.*another column",
    ),
    "too many classes": (people(), {"classes": True}, "leave classes=True out"),
    "words to measure": (people(), {"target": "colour", "classes": False}, "holds words, such as"),
    "classes of another type": (people(), {"classes": ["a"]}, "True, False or None"),
    "fractions": (people(), {"val_fraction": 0.5, "test_fraction": 0.5}, "leave rows for training"),
    "no test": (people(), {"test_fraction": 0}, "must lie above 0"),
    "rare": (people(), {"rare": 5}, "rare must be a fraction"),
    "the target dropped": (
        people(),
        {"drop": "price"},
        "must not hold the column that target",
    ),
    "the clock dropped": (days(), {"drop": ["when"], "time": "when"}, "the column that time names"),
    "no such column to drop": (
        people(),
        {"drop": ["colr"]},
        "drop must.*Did you mean 'colour'",
    ),
    "nothing left": (people(), {"drop": ["age", "colour", "smoker"]}, "no column is left"),
    "a clock of words": (people(), {"time": "colour"}, "a column of dates or numbers"),
    "time is no switch": (people(), {"time": True}, "time must name a column"),
    "a day missing": (
        days().assign(when=lambda t: t.when.where(t.index != 7)),
        {},
        r"1 hold no moment, the first of them row 7. Drop them.*time=False",
    ),
    "two moments": (
        people().assign(when=pd.to_datetime(["2024-01-01", "2024-01-02"] * 100)),
        {},
        r"holds 2 moment\(s\)",
    ),
    "two rows": (people(2), {}, "three different rows at least.*received 2 among 2"),
    "no rows": (people(0), {}, "is empty in every row"),
    "infinite": (people().assign(x=[1, np.inf] * 100), {}, "'x' holds inf in row 1"),
    "too large": (people().assign(x=[10**400, 1] * 100), {}, "'x' holds 1000.* in row 0"),
    "numbers as text": (
        people().assign(x=["1", "2", "3", "?"] * 50),
        {},
        r"'x' holds numbers as text, and '\?' in row 3.*drop=\['x'\]",
    ),
    "decimal commas": (people().assign(x=["1,5", "2,25"] * 100), {}, "and '1,5' in row 0"),
    "dates as text": (
        people().assign(x=["2024-01-01", "2024-01-02"] * 100),
        {},
        "dates as text, such as '2024-01-01' in row 0",
    ),
    "of two kinds": (
        people().assign(x=np.array([1, "a"] * 100, dtype=object)),
        {},
        "holds 1 in row 0 and 'a' in row 1",
    ),
    "lists": (people().assign(x=[[1]] * 200), {}, r"'x' holds \[1\] of type list in row 0"),
    "complex": (people().assign(x=1j), {}, r"holds 1j of type complex"),
    "a time of day": (people().assign(x=datetime.time(8)), {}, "of type time in row 0"),
}


@pytest.mark.parametrize(("table", "arguments", "sentence"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_prepared_is_said(table, arguments, sentence):
    """In one sentence, with column, row and value where there are any."""
    with pytest.raises((TypeError, ValueError), match=sentence) as raised:
        datasets.prepare(table, **{"target": "price"} | arguments)
    assert "\n" not in str(raised.value)


def test_rows_are_named_as_the_table_has_them():
    """Though rows without a target stand before them."""
    table = people()
    table.loc[:4, "price"] = None
    table.loc[150, "age"] = 1e300
    with pytest.raises(ValueError, match=r"'age' holds 1e\+300 in row 150, which is too far"):
        datasets.prepare(table, "price")


OTHERS = {
    "lacking": (people().drop(columns="age"), "these lack 'age'"),
    "beside": (people().assign(x=1), "these have 'x' beside them"),
    "of another kind": (
        people().assign(age="old"),
        "column 'age' held numbers in the table that was prepared; received words, such as 'old'",
    ),
    "as text": (people().assign(age="1,5"), "'age' held numbers.*received words, such as '1,5'"),
    "no table": (np.eye(3), "rows must be a DataFrame of pandas"),
}


@pytest.mark.parametrize(("rows", "sentence"), OTHERS.values(), ids=OTHERS)
def test_other_rows_must_be_like_the_table(rows, sentence):
    """By name, and by what stands there."""
    prepared = datasets.prepare(people(), "price")
    with pytest.raises((TypeError, ValueError), match=sentence):
        prepared.transform(rows)


def test_words_may_look_like_numbers_in_other_rows():
    """What the column holds was settled by the whole table."""
    table = people().assign(size=["S", "M", "L", "38,5"] * 50)
    prepared = datasets.prepare(table, "price")
    rows = prepared.val[prepared.val["size"] == "38,5"]
    of_rows = prepared.X_val[(prepared.val["size"] == "38,5").to_numpy()]
    np.testing.assert_array_equal(prepared.transform(rows), of_rows)


def test_words_may_come_as_numbers():
    """A category that pandas reads as a number elsewhere is the same word."""
    table = people().assign(code=pd.Categorical([1, 2] * 100))
    prepared = datasets.prepare(table, "price")
    again = prepared.transform(prepared.val.assign(code=prepared.val.code.astype(float)))
    np.testing.assert_array_equal(again, prepared.X_val)


def test_what_was_done_is_shown_in_lines_that_fit():
    """A sentence begins at the left; JupyterLab would break a long line within a word."""
    prepared = datasets.prepare(people().assign(name="x" * 30, planet="Earth"), "price")
    lines = repr(prepared).splitlines()
    assert max(map(len, lines)) <= 96
    assert sum(not line.startswith("  ") for line in lines) == len(prepared.said) + 1
    assert all(re.fullmatch(r".*[.?]", line) for line in prepared.said)


def test_columns_may_have_numbers_for_names():
    """As those of an array have; 0 is no False, and 1 no True."""
    table = pd.DataFrame(np.random.default_rng(0).normal(size=(60, 3)))
    prepared = datasets.prepare(table, 2, drop=[0], time=False)
    assert (prepared.target, prepared.feature_names) == ("2", ("1",))
    np.testing.assert_array_equal(prepared.transform(prepared.val), prepared.X_val)
    assert datasets.prepare(table, 2, time=0).feature_names == ("1",)


CELLS = [
    *(None, np.nan, pd.NA, pd.NaT, 0, 1, 2.5, np.float32(1.5), 10**400, 1e300, np.inf, True, "a"),
    *("", " ", "?", "1", "1,5", "2024-01-01", "NaN", b"x", decimal.Decimal("1.5"), 1j, [1]),
    *(datetime.date(2024, 1, 1), pd.Timestamp("2024", tz="UTC"), datetime.timedelta(1)),
    *(datetime.time(3), pd.Interval(0, 1), "two\nlines"),
]


@given(
    columns=st.lists(st.lists(st.sampled_from(CELLS), min_size=1, max_size=2), max_size=3),
    target=st.lists(st.sampled_from(CELLS), min_size=1, max_size=3),
    classes=st.sampled_from([None, True, False]),
    time=st.sampled_from([None, False, 0]),
)
@settings(max_examples=150, deadline=None)
def test_a_table_ends_in_features_or_in_one_sentence(columns, target, classes, time):
    """Whatever stands in it: nobody is left with a message of pandas or scikit-learn."""
    cells = [[column[k % len(column)] for k in range(31)] for column in (*columns, target)]
    table = pd.DataFrame({k: pd.Series(values, dtype=object) for k, values in enumerate(cells)})
    try:
        prepared = datasets.prepare(table, len(columns), classes=classes, time=time)
    except (TypeError, ValueError) as error:
        said = str(error)
    else:
        said = "the sets are ready"
        for X in (prepared.X_train, prepared.X_val, prepared.open_test()[0]):
            assert np.isfinite(X).all()
    assert re.match(r"(column|the|no column|three sets|time must|drop must) ", said)
    assert "\n" not in said
