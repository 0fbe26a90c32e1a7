"""The picture of the bent space: a straight border, and nothing that jumps."""

import numpy as np
import pytest
from picture_examples import bend_to, noise

from lessons_lib import plots

X = noise(60, 2, seed=3)


def classes(bend):
    """Return the class that each point is taken for."""
    H, kernel, bias = bend(X)
    scores = H @ kernel + bias
    return (scores[:, 0] > 0).astype(int) if kernel.shape[1] == 1 else np.argmax(scores, axis=1)


def drawn(bend, **settings):
    """Return the picture of points with the classes that they are taken for."""
    return plots.bent_space(plots.Scene(), bend, X, classes(bend), **settings)


def points(picture):
    """Return where the points are seen, class by class."""
    items = picture.scene.items
    return {name: item.data["xy"] for name, item in items.items() if name.startswith("class")}


def test_the_border_of_two_classes_is_one_upright_line():
    """Both the bent border and the line over the whole height, which parts the points."""
    picture = drawn(bend_to(1))
    border, line = (picture.scene.items[name].data["xy"] for name in ("border", "straight"))
    assert len(border) > 2
    np.testing.assert_allclose(border[:, 0], line[0, 0], atol=1e-6)
    np.testing.assert_allclose(line[:, 0], line[0, 0], atol=1e-6)
    first, second = points(picture).values()
    assert first[:, 0].max() < line[0, 0] < second[:, 0].min()
    assert picture.sentence.startswith("100% of the points lie on the right side")


def test_two_outputs_are_seen_as_the_difference_of_their_scores():
    """A softmax over two classes bends space as a sigmoid does."""
    kernel, bias = bend_to(1)(X)[1:]
    one = drawn(bend_to(1))

    def bend(P):
        H = bend_to(1)(P)[0]
        return H, np.hstack([-kernel / 2, kernel / 2]), np.append(-bias / 2, bias / 2)

    for name, places in points(drawn(bend)).items():
        np.testing.assert_allclose(places, points(one)[name], atol=1e-6)


def test_borders_of_three_classes_are_straight():
    """By how much one score is larger than another grows evenly across the picture."""
    picture = drawn(bend_to(3))
    seen, (H, kernel, bias) = points(picture), bend_to(3)(X)
    places = np.concatenate([*seen.values()])
    order = np.argsort(classes(bend_to(3)), kind="stable")
    leads = np.diff(H @ kernel + bias, axis=1)[order]
    plane = np.column_stack([places, np.ones(len(places))])
    np.testing.assert_allclose(plane @ np.linalg.lstsq(plane, leads)[0], leads, atol=1e-6)
    assert picture.scene.items["straight"].data["counts"].sum() > 4
    assert picture.sentence.startswith("100% of the points lie in their class's region")


def test_of_more_classes_it_is_a_projection():
    """There is no plane in which all borders are straight, and the sentence says so."""
    picture = drawn(bend_to(5))
    assert "straight" not in picture.scene.items
    assert "projected" in picture.sentence


def test_the_way_from_one_space_to_the_other_is_straight():
    """At 0 the points stand as in the input plane, and halfway in the middle of both ends."""
    start, half, end = (points(drawn(bend_to(1), morph=m)) for m in (0.0, 0.5, 1.0))
    for name, label in (("class 0", 0), ("class 1", 1)):
        np.testing.assert_allclose(half[name], (start[name] + end[name]) / 2, atol=1e-6)
        flat = X[classes(bend_to(1)) == label]
        scale = np.ptp(flat, axis=0) / np.ptp(start[name], axis=0)
        assert scale[0] == pytest.approx(scale[1], rel=1e-4)
    assert "input plane" in drawn(bend_to(1), morph=0.0).sentence


@pytest.mark.parametrize("outputs", [1, 3, 5])
def test_what_hardly_changes_is_seen_nearly_where_it_was(outputs):
    """Weights that go through a full turn bring no mirror image and no jump on the way."""
    sight, before = plots.Sight(), None
    start = bend_to(outputs)
    for turn in np.linspace(0, 2 * np.pi, 120):
        mixed = np.cos(turn) * start(X)[1] + np.sin(turn) * noise(6, outputs, seed=9)

        def bend(P, kernel=mixed):
            return start(P)[0], kernel, start(P)[2]

        seen = points(plots.bent_space(plots.Scene(), bend, X, np.zeros(60, int), sight=sight))
        now = seen["class 0"]
        if before is not None:
            assert np.abs(now - before).max() < 0.5
        before = now


def test_a_width_that_is_turned_is_looked_at_anew():
    """Units come and go; one alone bends the plane into a line, two are all there is to see."""
    sight = plots.Sight()
    for width in (6, 1, 2, 6):

        def bend(P, width=width):
            H, kernel, bias = bend_to(1)(P)
            return H[:, :width], kernel[:width], bias

        picture = plots.bent_space(plots.Scene(), bend, X, np.arange(60) % 2, sight=sight)
        assert sight.axes.shape == (width, 2)
        assert np.isfinite(np.concatenate([*points(picture).values()])).all()
        share = "100% is seen" in picture.sentence
        assert share == (width < 3)


def test_weights_of_zero_part_nothing_and_are_drawn():
    """A last layer that begins with zeros has no direction of its own."""
    picture = drawn(lambda P: (bend_to(1)(P)[0], np.zeros((6, 1)), np.zeros(1)))
    assert np.isfinite(np.concatenate([*points(picture).values()])).all()
    assert (
        "straight" not in picture.scene.items or not picture.scene.items["straight"].data["xy"].size
    )


def test_ruined_weights_are_drawn_too():
    """Their squares would overflow, and what the last layer reads has done so already."""

    def ruined(P):
        H = np.where(P > 0, np.inf, P).astype("float32")
        return H, np.full((2, 1), 1e30, "float32"), np.full(1, np.nan, "float32")

    assert np.isfinite(np.concatenate([*points(drawn(ruined)).values()])).all()
