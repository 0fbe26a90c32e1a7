"""The picture "network" in a panel: what is pressed and dragged in it turns knobs of the run."""

import keras
import numpy as np
import pytest

from lessons_lib import datasets, live, panels, plots

X, y = datasets.make_circles(40, noise=0.1, seed=0)


def panel_of(*hidden, views="network", seed=0):
    """Return a panel of a small network."""
    keras.utils.set_random_seed(seed)
    layers = [keras.layers.Dense(units, "tanh") for units in hidden]
    model = keras.Sequential([keras.Input((2,)), *layers, keras.layers.Dense(1, "sigmoid")])
    model.compile(keras.optimizers.SGD(0.1), loss="binary_crossentropy")
    return panels.live(model, X, y, batch_size=10, views=views)


@pytest.fixture
def panel():
    """A panel with two hidden layers."""
    return panel_of(4, 3)


def parts(panel):
    """Return the picture's units and edges, in its order."""
    return plots.network_parts(panel.trainer.chain().kernels)


def press(panel, layer, unit):
    """Press a unit, as a page tells it."""
    index = parts(panel).units.index((layer, unit))
    told = {"view": 0, "item": "unit", "kind": "lens", "index": index, "x": 0, "y": 0}
    panel.page._hear(panel.page, {"pick": told | {"phase": "end"}}, [])


def drag(panel, edge, *ways, **more):
    """Drag an edge upwards by parts of the picture's height, as a page tells it."""
    index = parts(panel).edges.index(edge)
    told = {"view": 0, "item": "edges", "kind": "segments", "index": index, "x": 0, "y": 0} | more
    for number, up in enumerate((0, *ways)):
        phase = "move" if number else "start"
        panel.page._hear(panel.page, {"pick": told | {"phase": phase, "by": [0, up]}}, [])


def weight(panel, layer, source, unit):
    """Return a weight of the network."""
    return float(panel.trainer.chain().kernels[layer - 1][source - 1, unit - 1])


def test_a_pressed_unit_is_switched_off_and_on(panel):
    """The run notes both, the picture crosses it out, and the sentence counts."""
    press(panel, 1, 3)
    press(panel, 2, 1)
    assert panel.trainer.lesions == ((1, 3), (2, 1))
    assert "layer 1, unit 3: off" in panel.scenes[0].items["unit"].data["words"]
    assert "5 of 7 hidden units on" in panel.sentence
    panel.step(5)
    press(panel, 1, 3)
    assert panel.trainer.lesions == ((2, 1),)
    turned = [(turn.step, turn.name, turn.value) for turn in panel.trainer.turns]
    assert turned[-1] == (5, "lesions", ((2, 1),))


def test_inputs_and_outputs_are_no_units_to_switch_off(panel):
    """A press on them changes nothing."""
    for part in ((0, 1), (3, 1)):
        press(panel, *part)
    assert panel.trainer.turns == ()


def test_a_dragged_line_changes_its_weight(panel):
    """Upwards it grows; what a hand drags on is one turn, and the run goes on from there."""
    before = weight(panel, 2, 4, 1)
    panel.step(3)
    start = weight(panel, 2, 4, 1)
    assert start != before
    drag(panel, (2, 4, 1), 0.1, 0.1)
    up = weight(panel, 2, 4, 1)
    assert up > start + 0.5
    drag(panel, (2, 4, 1), -0.2)
    assert weight(panel, 2, 4, 1) == pytest.approx(start, abs=0.002)  # as it is written in a recipe
    drag(panel, (1, 2, 3), 0.1)
    turned = [(turn.step, turn.name, turn.value[:3]) for turn in panel.trainer.turns]
    assert turned == [(3, "edge", (2, 4, 1)), (3, "edge", (1, 2, 3))]
    assert panel.step(5) == 5


def test_the_strongest_weight_does_not_run_away_from_the_hand(panel):
    """Each part of the way is worth as much as the one before."""
    seen = [weight(panel, 2, 4, 1)]
    for _ in range(4):
        drag(panel, (2, 4, 1), 0.2)
        seen.append(weight(panel, 2, 4, 1))
    assert np.diff(seen) == pytest.approx([seen[2] - seen[1]] * 4, abs=0.002)


def test_a_key_changes_a_weight_by_a_tenth(panel):
    """With Shift by a half."""
    start = weight(panel, 1, 1, 1)
    drag(panel, (1, 1, 1), 0.02, way=[0, 1])
    assert weight(panel, 1, 1, 1) == pytest.approx(start + 0.1, abs=0.006)
    drag(panel, (1, 1, 1), -0.1, way=[0, -1])
    assert weight(panel, 1, 1, 1) == pytest.approx(start - 0.4, abs=0.006)


def test_a_line_of_a_unit_that_is_off_says_so(panel):
    """It would change nothing."""
    press(panel, 1, 2)
    turns = panel.trainer.turns
    drag(panel, (1, 1, 2), 0.1)
    assert panel.trainer.turns == turns
    assert "switch it on first" in panel.sentence


def test_a_press_on_what_has_gone_meanwhile_does_nothing(panel):
    """The picture may be another one by now."""
    told = {"view": 0, "kind": "", "index": 500, "x": 0, "y": 0, "phase": "end", "by": [0, 0.1]}
    for item in ("unit", "edges"):
        panel.page._hear(panel.page, {"pick": told | {"item": item}}, [])
    assert panel.trainer.turns == ()


def test_a_run_by_hand_is_gone_through_again_bit_for_bit(panel):
    """Back to before a unit went off and a weight was dragged, and forth again."""
    panel.step(4)
    press(panel, 1, 1)
    panel.step(4)
    drag(panel, (3, 2, 1), 0.2)
    panel.step(4)
    known = [kernel.copy() for kernel in panel.trainer.chain().kernels]
    panel.rewind(2)
    assert panel.trainer.lesions == ()
    panel.rewind(12)
    assert panel.trainer.lesions == ((1, 1),)
    for one, other in zip(panel.trainer.chain().kernels, known, strict=True):
        np.testing.assert_array_equal(one, other)


def test_a_neuron_is_a_network_too():
    """Without units to switch off; its weights can be dragged."""
    panel = panel_of()
    start = weight(panel, 1, 2, 1)
    drag(panel, (1, 2, 1), 0.1)
    assert weight(panel, 1, 2, 1) > start
    assert panel.sentence.startswith("No hidden layer")


def test_it_is_shown_only_where_it_is_asked_for():
    """The panels of the lessons keep their pictures."""
    assert "network" not in panel_of(4, views=None).views


def test_a_network_with_a_way_around_a_layer_has_no_such_picture():
    """The panel says what it takes."""
    inputs = keras.Input((2,))
    hidden = keras.layers.Dense(2, "tanh")(inputs)
    both = keras.layers.Add()([inputs, hidden])
    model = keras.Model(inputs, keras.layers.Dense(1, "sigmoid")(both))
    model.compile("sgd", "binary_crossentropy")
    with pytest.raises(ValueError, match="'network' needs data with one or two inputs and a chain"):
        panels.live(model, X, y, views=["network"])


def test_a_pressed_input_is_switched_on_and_off():
    """Where inputs are features that can be switched."""
    keras.utils.set_random_seed(0)
    model = keras.Sequential(
        [
            keras.Input((2,)),
            live.InputFeatures(),
            keras.layers.Dense(3, "tanh"),
            keras.layers.Dense(1, "sigmoid"),
        ]
    )
    model.compile(keras.optimizers.SGD(0.1), loss="binary_crossentropy")
    panel = panels.live(model, X, y, views=["network"])
    words = panel.scenes[0].items["unit"].data["words"]
    assert words[:3] == ["x₁", "x₂", "x₁²: off"]
    press(panel, 0, 3)
    press(panel, 0, 1)
    knobs = {**panel.trainer.knobs, **panel.trainer.more_knobs}
    assert knobs["x1_squared"].read(panel.trainer)
    assert not knobs["x1"].read(panel.trainer)
    assert panel.scenes[0].items["unit"].data["words"][:3] == ["x₁: off", "x₂", "x₁²"]
