"""How sure a score is: what is computed, and what is seen of it; the sealed test set."""

import numpy as np
import pytest
from sklearn.linear_model import RidgeClassifier
from sklearn.model_selection import KFold, train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from lessons_lib import datasets
from lessons_lib.checks import Outcome
from lessons_lib.lessons.tuning import exercises, split_pictures, splits, wine

TUMOURS = datasets.load_breast_cancer()
X, y = TUMOURS.X[:150], TUMOURS.y[:150]


@pytest.fixture(scope="module")
def scores():
    """A hundred seeds of one split, and of two and five folds."""
    return splits.split_scores(X, y, n_seeds=100, folds=(2, 5))


# --- what is computed ------------------------------------------------------------------------


def test_the_linear_model_is_ridge_regression_on_classes():
    """As accurate as scikit-learn's on the same rows."""
    parts = train_test_split(X, y, random_state=3)
    model = make_pipeline(StandardScaler(), RidgeClassifier(alpha=1.0)).fit(parts[0], parts[2])
    ours = splits.linear_accuracy(parts[0], parts[2], parts[1], parts[3])
    assert ours == pytest.approx(model.score(parts[1], parts[3]), abs=1.5 / len(parts[1]))


def test_fold_means_are_those_of_scikit_learn(scores):
    """Each seed's mean is that over KFold on the shuffled rows."""
    order = np.random.default_rng(1).permutation(len(X))
    folds = [
        splits.linear_accuracy(X[order[a]], y[order[a]], X[order[b]], y[order[b]])
        for a, b in KFold(5).split(order)
    ]
    assert scores[5][0] == pytest.approx(np.mean(folds), abs=0.01)


def test_folds_narrow_the_luck_of_the_cut(scores):
    """Five folds vary less than half as much as one split, and two lie between."""
    assert scores[5].std() < scores[2].std() < scores[1].std()
    assert scores[5].std() < 0.5 * scores[1].std()


@pytest.mark.parametrize("n", [50, 1000, 20_000])
def test_two_standard_errors_hold_nearly_all_test_sets(n):
    """Of drawn test sets about 95 in 100 lie within, whatever their size."""
    drawn = np.random.default_rng(0).binomial(n, 0.9, 4000) / n
    inside = np.mean(np.abs(drawn - 0.9) <= 2 * splits.standard_error(0.9, n))
    assert 0.92 < inside < 0.985


def test_twins_are_found_row_by_row():
    """A row is a twin where all its numbers stand in one training row."""
    train = np.array([[1.0, 2.0], [3.0, 4.0]])
    val = np.array([[3.0, 4.0], [1.0, 4.0], [1.0, 2.0]])
    assert splits.has_twin(train, val).tolist() == [True, False, True]


def test_a_shuffled_series_looks_far_too_good():
    """The same model is off several times as far on days that come after all it has seen."""
    days, level = splits.lake_levels()
    errors = {}
    for split in ("shuffled", "chronological"):
        aside = splits.validation_days(len(days), split)
        assert aside.sum() == 146
        predicted = splits.nearest_days(days[~aside], level[~aside], days[aside])
        errors[split] = np.abs(predicted - level[aside]).mean()
    assert days[splits.validation_days(len(days), "chronological")].min() == 584
    assert errors["chronological"] > 4 * errors["shuffled"]


# --- what is seen ----------------------------------------------------------------------------


def test_the_histogram_grows_with_the_seed(scene, scores):
    """Up to seed 7 there are seven scores, on the same scale as all hundred."""
    frames = []
    for seed in (1, 7, 100):
        split_pictures.split_histogram(scene, scores, seed=seed)
        assert scene.items["scores"].data["heights"].sum() == seed
        assert scene.items["now"].data["x"][0] == scores[1][seed - 1]
        frames.append((scene.frame["xlim"], scene.frame["ylim"]))
    assert frames[0] == frames[1] == frames[2]


def test_folds_stand_on_the_scale_of_single_splits(scene, scores):
    """So that it is seen that they are narrower; the sentence says by how much."""
    one = split_pictures.split_histogram(scene, scores, seed=100)
    frame = scene.frame["xlim"], scene.frame["ylim"]
    five = split_pictures.fold_histogram(scene, scores, seed=100, folds=5)
    assert (scene.frame["xlim"], scene.frame["ylim"]) == frame
    assert f"spread of {100 * scores[1].std():.1f} points" in one.sentence
    assert f"spread of {100 * scores[5].std():.1f} points" in five.sentence


@pytest.mark.parametrize("rows", [1000, 30_000, 1_000_000])
def test_sizes_add_up(scene, rows):
    """The written numbers of each split are all rows."""
    split_pictures.split_sizes(scene, rows=rows)
    for y_ in (0, 1, 2):
        words = scene.items[f"rows {y_}"].data["words"]
        counts = [int(n.replace(",", "")) for n in words.removesuffix(" rows").split(" / ")]
        assert sum(counts) == rows


@pytest.mark.parametrize(("rows", "points"), [(1000, "19"), (10_000, "6"), (1_000_000, "0.6")])
def test_the_error_bar_is_two_standard_errors_long(scene, rows, points):
    """At the size that is chosen, also where it lies on the band."""
    picture = split_pictures.score_error_bar(scene, 0.9, rows=rows)
    low, high = scene.items["bar"].data["y"]
    error = 2 * splits.standard_error(0.9, rows // 100)
    assert low == pytest.approx(0.9 - error)
    assert high == pytest.approx(min(0.9 + error, 1))
    assert f"± {points} points" in picture.sentence


@pytest.mark.parametrize("split", ["shuffled", "chronological"])
def test_the_series_shows_every_day_once(scene, split):
    """Training or validation, and a prediction for each day set aside."""
    days, level = splits.lake_levels(100)
    picture = split_pictures.series_split(scene, days, level, split=split)
    parts = [scene.items[name].data["xy"] for name in ("training", "validation", "predicted")]
    assert sorted(np.concatenate(parts[:2])[:, 0]) == list(days)
    assert parts[1][:, 0].tolist() == parts[2][:, 0].tolist()
    assert f"{len(parts[1])} of 100 days" in picture.sentence


# --- the sealed test set ---------------------------------------------------------------------


@pytest.fixture(params=["original or stand-in", "stand-in"])
def contest(request, monkeypatch, tmp_path):
    """A contest on what is at hand, and on the stand-in where the original cannot be had."""
    if request.param == "stand-in":
        monkeypatch.setattr("lessons_lib.datasets._fetch.obtain", lambda name: (None, ["offline"]))
    return wine.Contest(wine.Wines())


def test_no_wine_is_in_two_sets(contest):
    """Twins are left out, and the three sets share the wines 60/20/20."""
    sets = contest.X_train, contest.X_val, contest._wines.test[0]
    together = np.concatenate([np.column_stack(pair) for pair in zip(
        sets, (contest.y_train, contest.y_val, contest._wines.test[1]), strict=True)])  # fmt: skip
    assert len(np.unique(together, axis=0)) == len(together) == 1359
    assert [len(rows) for rows in sets] == [815, 272, 272]


def test_the_forest_can_be_beaten_and_not_by_playing_on(contest):
    """On either table: as it starts the network loses at the end, and well steered it is ahead."""
    panel = wine.contest_panel(contest)
    panel.step(wine.BUDGET)
    assert panel.trainer.history["val_loss"][-1] > 1.1 * contest.forest_loss
    exercises.steer_wine.solution(panel)
    assert panel.trainer.spent <= wine.BUDGET
    assert panel.trainer.history["val_loss"][-1] < 0.98 * contest.forest_loss


def test_the_test_set_speaks_once():
    """The same network gets the same answer, another one none; a run at its start opens nothing."""
    contest = wine.Contest()
    panel = wine.contest_panel(contest)
    assert "stays sealed" in repr(wine.open_test(panel))
    assert contest.openings == []
    panel.step(50)
    first = wine.open_test(panel)
    assert f"opened at step 50: network {_test_loss(panel, contest):.3f}" in repr(first)
    assert wine.open_test(panel) is first
    panel.step(1)
    second = repr(wine.open_test(panel))
    assert "opened at step 50, for another network" in second
    assert f"{_test_loss(panel, contest):.3f}" not in second
    assert len(contest.openings) == 2


def _test_loss(panel, contest):
    inputs, quality = contest._wines.test
    return np.mean((panel.trainer.predict(inputs)[:, 0] - quality) ** 2)


def test_another_panel_of_the_same_contest_finds_it_opened():
    """A cell that makes the panel anew does not seal the test set again."""
    contest = wine.Contest()
    first, second = wine.contest_panel(contest), wine.contest_panel(contest)
    first.step(20)
    wine.open_test(first)
    exercises.steer_wine.solution(second)
    feedback = exercises.steer_wine.judge(second)
    assert feedback.outcome is Outcome.NOT_YET
    assert feedback.wrong == "opened_twice"
    assert "restart of the kernel" in " ".join(feedback.text.split())


def test_only_the_wines_can_be_opened():
    """Anything else gets a sentence."""
    for other in (3, "wine_panel", None, [], object()):
        with pytest.raises(ValueError, match=r"open_test\(wine_panel\).*\.$"):
            wine.open_test(other)
