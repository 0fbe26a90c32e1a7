"""Pictures of lesson 06 are judged by their marks' data: slopes, metrics, calibration."""

from types import SimpleNamespace

import numpy as np
import pytest

from lessons_lib import nn
from lessons_lib.lessons.classification import pictures

RNG = np.random.default_rng(0)
Y = (RNG.random(80) < 0.4).astype(float)
P = np.round(1 / (1 + np.exp(-(3 * Y - 1.5 + RNG.normal(size=80)))), 2)  # rounded: with ties
LOGITS = RNG.normal(size=(200, 4)) * 2
CLASSES = RNG.integers(0, 4, 200)


def line(picture, name):
    """Return x and y of a curve, each of shape (n,)."""
    return tuple(picture.scene.items[name].data.values())


def of_logit(z, y):
    """Return cross-entropy and squared error of one sample as functions of z."""
    p = 1 / (1 + np.exp(-z))
    return -y * np.log(p) - (1 - y) * np.log(1 - p), (p - y) ** 2


@pytest.mark.parametrize("y", [0, 1])
@pytest.mark.parametrize("p", [0.01, 0.3, 0.98])
def test_slopes_agree_with_differences(scene, p, y):
    """The two slopes drawn at p are those of the losses as functions of z."""
    picture = pictures.slope_of_loss(scene, p=p, y=y)
    z, step = np.log(p / (1 - p)), 1e-5
    above, below = of_logit(z + step, y), of_logit(z - step, y)
    measured = [(a - b) / (2 * step) for a, b in zip(above, below, strict=True)]
    ce, mse, counted = line(picture, "here")[1]
    np.testing.assert_allclose([ce, mse], measured, atol=1e-8)
    assert counted == 0


@pytest.mark.parametrize("name", ["cross-entropy", "squared error"])
@pytest.mark.parametrize("y", [0, 1])
def test_the_point_stands_on_the_loss_curves(scene, name, y):
    """Cross-entropy and squared error at p are the curves' heights there."""
    picture = pictures.loss_of_probability(scene, p=0.37, y=y)
    here = dict(zip(("cross-entropy", "squared error"), line(picture, "here")[1][:2], strict=True))
    x, curve = line(picture, name)
    assert here[name] == pytest.approx(np.interp(0.37, x, curve), abs=2e-3)


def test_likelihood_is_highest_where_cross_entropy_is_lowest(scene):
    """Both curves single out the mean of the labels."""
    y = np.array([1, 1, 0, 1, 0, 1, 1, 1, 0, 1])
    p, high = line(pictures.likelihood(scene, y, p=0.5), "curve")
    low = line(pictures.label_loss(scene, y, p=0.5), "curve")[1]
    assert p[high.argmax()] == pytest.approx(0.7, abs=0.006)
    assert high.argmax() == low.argmin()


@pytest.mark.parametrize("threshold", [0.01, 0.35, 0.5, 0.99])
def test_confusion_matrix_is_scikit_learns(scene, threshold):
    """The four counts drawn are those of sklearn.metrics."""
    metrics = pytest.importorskip("sklearn.metrics")
    pictures.confusion_matrix(scene, Y, P, threshold=threshold)
    drawn = [int(scene.items[f"{name} count"].data["words"]) for name in ("tn", "fp", "fn", "tp")]
    assert drawn == metrics.confusion_matrix(Y, threshold <= P).ravel().tolist()


def test_confusion_matrix_tells_the_cost(scene):
    """A miss counts miss_cost times."""
    picture = pictures.confusion_matrix(
        scene, [1, 1, 0, 0], [0.2, 0.9, 0.8, 0.7], threshold=0.5, miss_cost=10
    )
    assert scene.items["cost"].data["words"] == "cost 2 + 10 × 1 = 12"
    assert "finds 1 of 2 and gives 2 false alarms" in picture.sentence


def test_threshold_scores_are_scikit_learns(scene):
    """Precision, recall and F1 over all thresholds are those of sklearn.metrics."""
    metrics = pytest.importorskip("sklearn.metrics")
    picture = pictures.threshold_scores(scene, Y, P, threshold=0.5)
    places = line(picture, "f1")[0]
    expected = [
        metrics.precision_recall_fscore_support(Y, t <= P, average="binary", zero_division=0)[:3]
        for t in places
    ]
    drawn = [line(picture, name)[1] for name in ("precision", "recall", "f1")]
    np.testing.assert_allclose(np.transpose(drawn), expected)


def test_cheapest_threshold_has_the_lowest_cost(scene):
    """The threshold named is where the cost curve is lowest."""
    picture = pictures.threshold_scores(scene, Y, P, threshold=0.5, miss_cost=20)
    places, cost = line(picture, "cost")
    assert f"threshold {places[cost.argmin()]:.2f}." in picture.sentence


def test_roc_curve_is_scikit_learns(scene):
    """Curve and area are those of sklearn.metrics, ties included."""
    metrics = pytest.importorskip("sklearn.metrics")
    picture = pictures.roc_curve(scene, Y, P, threshold=0.5)
    alarms, recall, _ = metrics.roc_curve(Y, P, drop_intermediate=False)
    np.testing.assert_allclose(line(picture, "roc"), [alarms, recall])
    assert f"AUC {metrics.roc_auc_score(Y, P):.3f}" in picture.sentence


@pytest.mark.parametrize("threshold", [0.01, 0.4, 0.99])
def test_the_point_walks_on_the_roc_curve(scene, threshold):
    """At each threshold the point is one of the curve's."""
    picture = pictures.roc_curve(scene, Y, P, threshold=threshold)
    here = np.ravel(line(picture, "here"))
    curve = np.transpose(line(picture, "roc"))
    assert np.isclose(curve, here).all(axis=1).any()


def test_reliability_of_a_calibrated_model_is_the_diagonal(scene):
    """Answers drawn from the model's own probabilities are right as often as it is sure."""
    rng = np.random.default_rng(1)
    logits = rng.normal(size=(60_000, 3)) * 2
    p = nn.softmax(logits)
    y = (rng.random(len(p))[:, None] > np.cumsum(p, axis=1)).sum(axis=1)
    picture = pictures.reliability(scene, logits, y)
    sure, accuracy = line(picture, "bins")
    np.testing.assert_allclose(accuracy, sure, atol=0.03)


def test_reliability_counts_by_hand(scene):
    """Two samples of 60 to 70 % confidence, of which one is right, make a bar of one half."""
    logits = np.log([[0.65, 0.35], [0.35, 0.65], [0.95, 0.05]])
    picture = pictures.reliability(scene, logits, [0, 0, 0])
    heights = scene.items["accuracy"].data["heights"]
    assert heights[6] == 0.5
    assert heights[9] == 1
    assert "75.0% sure on average and 66.7% right" in picture.sentence


def test_reliability_says_how_many_samples_a_bar_stands_for(scene):
    """A bar of two is not a bar of a thousand."""
    logits = np.log([[0.65, 0.35], [0.35, 0.65], [0.95, 0.05]])
    pictures.reliability(scene, logits, [0, 0, 0])
    counts = {n: i.data["words"] for n, i in scene.items.items() if n.startswith("count ")}
    assert counts == {"count 6": "2", "count 9": "1"}


@pytest.mark.parametrize("temperature", [0.25, 1.0, 4.0])
def test_temperature_loss_is_the_cross_entropy_of_divided_logits(scene, temperature):
    """The height at a temperature is nn's loss of the logits over it."""
    picture = pictures.temperature_loss(scene, LOGITS, CLASSES, temperature=temperature)
    loss = nn.CategoricalCrossentropy(from_logits=True)(CLASSES, LOGITS / temperature)
    assert f"cross-entropy is {loss:.3f};" in picture.sentence


def test_temperature_loss_survives_large_logits(scene):
    """Logits of a thousand do not overflow."""
    picture = pictures.temperature_loss(scene, 1000 * LOGITS, CLASSES)
    assert np.isfinite(line(picture, "curve")[1]).all()


def test_class_bars_show_what_the_model_answers(scene):
    """Bars are the probabilities, and the largest stands out and is named."""
    picture = pictures.class_bars(scene, lambda drawing: [0.1, 0.7, 0.2], drawing=np.ones((2, 2)))
    np.testing.assert_allclose(scene.items["all"].data["heights"], [0.1, 0.7, 0.2])
    np.testing.assert_allclose(scene.items["best"].data["heights"], [0, 0.7, 0])
    assert picture.sentence == "The network says 1, 70% sure."


def test_a_blank_drawing_is_told(scene):
    """An answer to nothing is said to be one."""
    picture = pictures.class_bars(scene, lambda drawing: [0.4, 0.6], drawing=np.zeros((2, 2)))
    assert "Nothing is painted" in picture.sentence


def test_seen_image_is_what_was_prepared(scene):
    """The image drawn is the network's input and not the drawing."""
    pictures.seen_image(scene, lambda drawing: 1 - drawing, drawing=np.eye(3))
    np.testing.assert_array_equal(scene.items["image"].data["values"], 1 - np.eye(3))


def test_on_the_seen_image_a_drawing_can_be_painted(scene):
    """The drawing's cells lie where the image shows them, and set the control."""
    drawing = np.diag([1, 0, 0])

    def enlarged(cells):
        return np.pad(np.kron(cells, np.ones((3, 3))), 1)

    pictures.seen_image(scene, enlarged, drawing=drawing, margin=1)
    cells, image = scene.items["drawing"], scene.items["image"].data["values"]
    assert tuple(cells.data["extent"]) == (1, 10, 1, 10)
    assert cells.data["top_down"]
    np.testing.assert_array_equal(image[1:4, 1:4], 1)
    np.testing.assert_array_equal(np.nan_to_num(cells.data["values"]), drawing)
    assert cells.look["sets"] == "drawing"


def browse(shown, *kinds):
    """Return the value of a tags control."""
    return SimpleNamespace(shown=shown, kinds=kinds)


def test_misread_image_shows_the_image_chosen(scene):
    """Image, label and answer are those of the number that is browsed."""
    images = RNG.random((3, 4, 4))
    answers = np.array([[1, 0], [0.2, 0.8], [0.6, 0.4]])
    pictures.misread_image(scene, images, [1, 0, 1], answers, browse=browse(0, None, None, None))
    picture = pictures.misread_image(
        scene, images, [1, 0, 1], answers, browse=browse(1, None, "odd", None)
    )
    np.testing.assert_array_equal(scene.items["image"].data["values"], images[1])
    assert picture.sentence == "Mistake 2 of 3: labelled 0, taken for 1, 80% sure; tagged “odd”."


def test_ceilings_carry_shares_of_the_tagged_over_to_all(scene):
    """Two of three tagged mistakes stand for two thirds of all ten."""
    kinds = ["thin", "thin", "odd"] + [None] * 7
    picture = pictures.fix_ceilings(scene, 100, ("thin", "odd"), browse=browse(0, *kinds))
    ends = scene.items["gain"].data["xy"][:, 0].reshape(-1, 2)
    np.testing.assert_allclose(ends, [[0.9, 0.9 + 0.2 / 3], [0.9, 0.9 + 0.1 / 3]])
    assert "from 90.0% to 96.7%" in picture.sentence


def test_without_tags_there_is_no_ceiling(scene):
    """Nothing tagged, nothing promised."""
    picture = pictures.fix_ceilings(scene, 20, ("thin", "odd"), browse=browse(0, None, None))
    assert picture.sentence == "Nothing is tagged yet; the accuracy is 90.0%."


def test_noise_curves_read_the_chosen_training(scene):
    """Numbers of the sentence are those of the level and of the length of training."""
    new = {"short": [0.9, 0.8], "long": [0.95, 0.4]}
    labels = {"short": [0.9, 0.6], "long": [1.0, 0.97]}
    picture = pictures.noise_curves(scene, [0.0, 0.5], new, labels, noise=0.5, training="long")
    np.testing.assert_allclose(line(picture, "new")[1], new["long"])
    assert "50% of the training labels wrong, 40.0%" in picture.sentence
    assert "97% of the labels are repeated" in picture.sentence


def test_labelled_images_turn_wrong_one_by_one(scene):
    """At a share of noise those labels are wrong whose turn has come, and they are marked."""
    images, turn = RNG.random((3, 4, 4)), [0.1, 0.5, 0.9]
    pictures.labelled_images(scene, images, [1, 2, 3], [7, 8, 9], turn, noise=0.0)
    picture = pictures.labelled_images(scene, images, [1, 2, 3], [7, 8, 9], turn, noise=0.6)
    shown = [scene.items[f"label {number}"].data["words"] for number in range(3)]
    assert shown == ["7!", "8!", "3"]
    assert picture.sentence == "2 of the 3 labels shown are wrong."


def test_capacity_compares_fewest_and_most_classes(scene):
    """Each line is its accuracies, and the sentence says what narrowness costs."""
    picture = pictures.capacity_by_classes(scene, [2, 8], {2: [0.99, 1.0], 10: [0.5, 0.9]})
    np.testing.assert_allclose(line(picture, "10")[1], [0.5, 0.9])
    assert "2 classes lose ≈ 1 points" in picture.sentence
    assert "10 classes ≈ 40" in picture.sentence
