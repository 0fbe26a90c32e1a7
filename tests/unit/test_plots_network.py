"""The picture of a network: units, weights, their words, and which of them is which."""

import itertools

import numpy as np
import pytest
from picture_examples import along, noise

from lessons_lib import plots

KERNELS = [noise(2, 4), noise(4, 12, seed=1), noise(12, 1, seed=2)]
X = noise(30, 2, seed=3)


def draw(scene, kernels=KERNELS, X=X, **how):
    """Draw a network without biases."""
    names = ["x₁", "x₂"][: X.shape[1]]
    return plots.network_maps(scene, lambda P: along(P, kernels), kernels, X, inputs=names, **how)


def boxes(scene):
    """Return the boxes of the units, by what is said of them."""
    item = scene.items["unit"]
    return dict(zip(item.data["words"], item.data["boxes"], strict=True))


def test_parts_are_counted_as_the_learner_counts():
    """Inputs are layer 0, units count from 1; of a wide layer ten are drawn."""
    units, edges = plots.network_parts(KERNELS)
    assert units[:4] == [(0, 1), (0, 2), (1, 1), (1, 2)]
    assert units[-2:] == [(2, 10), (3, 1)]
    assert (len(units), len(edges)) == (2 + 4 + 10 + 1, 8 + 40 + 10)
    assert edges[:2] + edges[-1:] == [(1, 1, 1), (1, 1, 2), (3, 10, 1)]


def test_each_part_is_drawn_in_that_order_and_says_what_it_is(scene):
    """A box for each unit, a line for each weight, with its value."""
    draw(scene)
    units, edges = plots.network_parts(KERNELS)
    words = scene.items["unit"].data["words"]
    assert [words[units.index(u)] for u in ((0, 2), (2, 3), (3, 1))] == [
        "x₂", "layer 2, unit 3", "output",
    ]  # fmt: skip
    said = scene.items["edges"].data["words"]
    for edge, (start, weight) in {
        (1, 2, 3): ("x₂ → unit 3 of layer 1", KERNELS[0][1, 2]),
        (2, 4, 10): ("unit 4 → unit 10 of layer 2", KERNELS[1][3, 9]),
        (3, 5, 1): ("unit 5 → output", KERNELS[2][4, 0]),
    }.items():
        assert said[edges.index(edge)] == f"{start}: {weight:.2f}".replace("-", "−")
    assert scene.items["more 2"].data["words"] == "+ 2"
    assert "more 1" not in scene.items


def test_lines_begin_and_end_at_their_units(scene):
    """From the right side of one to the left side of the other."""
    draw(scene)
    units, edges = plots.network_parts(KERNELS)
    places = scene.items["unit"].data["boxes"]
    ends = scene.items["edges"].data["xy"].reshape(-1, 2, 2)
    for (layer, source, unit), (start, end) in zip(edges, ends, strict=True):
        _, right, low, top = places[units.index((layer - 1, source))]
        assert start == pytest.approx([right, (low + top) / 2])
        left, _, low, top = places[units.index((layer, unit))]
        assert end == pytest.approx([left, (low + top) / 2])


def shown(scene, layer, words):
    """Return the map of a unit, row by row from the lowest."""
    image = scene.items[f"units {layer}"].data
    left, right, *_ = image["extent"]
    assert boxes(scene)[words][:2] == pytest.approx([left, right])
    low, top = np.rint(boxes(scene)[words][2:] * image["values"].shape[1] / (right - left))
    return image["values"][int(low) : int(top)]


@pytest.mark.parametrize("pixels", [(240, 150), (330, 240), (900, 300)])
@pytest.mark.parametrize("counts", [(2, 1), (2, 16, 16, 1), (7, *[6] * 6, 3)])
def test_units_stay_apart_and_inside(pixels, counts):
    """Whatever the place is like, with a frame in which they are squares."""
    kernels = [noise(*pair) for pair in itertools.pairwise(counts)]
    scene = plots.Scene(pixels, 100 / 72)
    names = [f"sin 3x{n}" for n in range(counts[0])]
    picture = plots.network_maps(
        scene, lambda P: along(noise(len(P), counts[0]), kernels), kernels, X, inputs=names
    )
    places = picture.scene.items["unit"].data["boxes"]
    (_, width), (_, height) = scene.frame["xlim"], scene.frame["ylim"]
    assert width / height == pytest.approx(pixels[0] / pixels[1])
    left, right, low, top = places.T
    assert left.min() >= 0
    assert low.min() >= 0
    assert right.max() <= width
    assert top.max() <= height
    for number, (l, r, b, t) in enumerate(places):
        others = np.arange(len(places)) != number
        apart = (right <= l + 1e-6) | (left >= r - 1e-6) | (top <= b + 1e-6) | (low >= t - 1e-6)
        assert np.all(apart[others])


def test_a_line_is_as_thick_as_its_weight_and_has_the_colour_of_its_sign(scene):
    """The strongest has the full width, and is named."""
    kernels = [np.array([[1.0, -2.0], [0.5, 0.0]]), np.array([[4.0], [-1.0]])]
    sentence = draw(scene, kernels).sentence
    look = scene.items["edges"].look
    widths = np.array(look["width"])
    assert widths.argmax() == 4
    assert np.argsort(widths, kind="stable").tolist() == [3, 2, 0, 5, 1, 4]
    orange, blue = plots.VERMILLION, plots.BLUE
    assert look["color"] == [orange, blue, orange, orange, orange, blue]
    assert sentence == "2 of 2 hidden units on; the strongest weight: unit 1 → output: 4.00."


def test_a_unit_shows_its_output_over_the_plane(scene):
    """Orange above where it is positive: here x₂ itself, and its opposite."""
    kernels = [np.array([[0.0, 0.0], [1.0, -1.0]]), np.array([[1.0], [0.0]])]
    draw(scene, kernels)
    rising, same, falling = (
        np.diff(shown(scene, *unit).mean(axis=1))
        for unit in ((0, "x₂"), (1, "layer 1, unit 1"), (1, "layer 1, unit 2"))
    )
    assert np.all(rising > 0)
    assert np.all(same > 0)
    assert np.all(falling < 0)


def test_a_probability_has_its_middle_where_it_is_undecided(scene):
    """Below it is blue."""
    kernels = [np.array([[0.0], [1.0]])]

    def ask(points):
        return [points, 1 / (1 + np.exp(-points @ kernels[0]))]

    plots.network_maps(scene, ask, kernels, X, inputs=["x₁", "x₂"], middle=0.5)
    values = shown(scene, 1, "output")
    assert values[0].max() < 0 < values[-1].min()


def test_units_that_take_no_part_are_faint_or_crossed_out(scene):
    """A unit or input that was switched off has a cross; one out of use is faint, its lines too."""
    on = [np.array([True, True, False, False]), np.ones(12, bool)]
    on[1][1] = False
    sentence = draw(scene, on=on, off={(2, 2)}, inputs_on=np.array([True, False])).sentence
    assert {"x₂: off", "layer 1, unit 3: not in use", "layer 2, unit 2: off"} <= boxes(scene).keys()
    units, edges = plots.network_parts(KERNELS)
    colors = scene.items["frames"].look["color"]
    faint = {unit for unit, color in zip(units, colors, strict=True) if color == plots.FAINT}
    assert faint == {(1, 3), (1, 4)}
    crosses = scene.items["off"].data["xy"].reshape(2, 4, 2)
    for cross, name in zip(crosses, ("x₂: off", "layer 2, unit 2: off"), strict=True):
        left, right, low, top = boxes(scene)[name]
        assert (cross.min(axis=0), cross.max(axis=0)) == (
            pytest.approx([left, low]), pytest.approx([right, top]),
        )  # fmt: skip
    pale = [
        edge for edge, color in zip(edges, scene.items["edges"].look["color"], strict=True)
        if color == plots.FAINT
    ]  # fmt: skip
    assert set(pale) == {
        (layer, source, unit)
        for layer, source, unit in edges
        if {(layer - 1, source), (layer, unit)} & {(0, 2), (1, 3), (1, 4), (2, 2)}
    }
    assert "13 of 16 hidden units on" in sentence


def test_only_a_panel_that_listens_offers_something_to_press(scene):
    """Then the sentence says what can be done."""
    assert "Press" not in draw(scene).sentence
    assert scene.items["unit"].look.get("picks") is None
    assert scene.items["edges"].look.get("moves") is None
    assert "Press a unit to switch it off" in draw(scene, picks=True).sentence
    assert scene.items["unit"].look["picks"] is True
    assert scene.items["edges"].look["moves"] == "y"


def test_with_one_input_a_unit_is_a_curve(scene):
    """As hidden units are drawn."""
    kernels = [noise(1, 3), noise(3, 1)]
    draw(scene, kernels, noise(20, 1))
    assert len(scene.items["curves"].data["counts"]) == 1 + 3 + 1
    assert boxes(scene).keys() >= {"x₁", "output"}


def test_data_with_more_inputs_are_refused(scene):
    """A plane has two."""
    with pytest.raises(ValueError, match=r"one or two inputs; this data has the shape \(20, 3\)"):
        draw(scene, X=noise(20, 3))
