"""A live panel whose data are made: which, how noisy, how many, and what part is trained on."""

import pytest

from lessons_lib import datasets, panels

live = pytest.importorskip("lessons_lib.live")
keras = pytest.importorskip("keras")

PUZZLES = {"circles": datasets.make_circles, "xor": datasets.make_xor}


def network():
    """Return a small compiled classifier of the plane, always with the same weights."""
    keras.utils.set_random_seed(0)
    hidden = keras.layers.Dense(6, activation="tanh")
    model = keras.Sequential([keras.Input((2,)), hidden, keras.layers.Dense(1, "sigmoid")])
    model.compile(optimizer=keras.optimizers.SGD(0.1), loss="binary_crossentropy")
    return model


@pytest.fixture
def panel():
    """A panel with two puzzles to choose from."""
    return panels.live(network(), data=PUZZLES, views=["boundary", "curves"], seed=1)


def points(panel, prefix="class "):
    """Return how many points the map shows."""
    items = panel.scenes[0].items
    return sum(len(one.data["xy"]) for name, one in items.items() if name.startswith(prefix))


def test_each_has_a_control_and_the_run_goes_on(panel):
    """Another puzzle, more noise, fewer samples, more of them to train on: no new trace."""
    panel.step(20)
    traces = panel.trainer.trace_count
    for name, value in {"data": "xor", "noise": 0.3, "samples": 200, "share": 0.8}.items():
        panel.controls[name].value = value
        panel.step(5)
        assert getattr(panel.trainer, name) == value
    assert points(panel) == 160
    assert panel.trainer.updates == 40
    assert panel.trainer.trace_count == traces
    panel.controls["unseen"].value = True
    assert points(panel, "unseen") == 40


def test_another_puzzle_comes_with_its_own_noise(panel):
    """Its control follows."""
    panel.controls["noise"].value = 0.5
    panel.controls["data"].value = "xor"
    assert panel.controls["noise"].value == panel.trainer.noise == 0.1


def test_one_maker_needs_no_choice():
    """But has noise, samples, and the fraction to train on."""
    panel = panels.live(network(), data=datasets.make_moons, views=["boundary"])
    assert "data" not in panel.controls
    assert {"noise", "samples", "share"} <= {*panel.controls}


def test_a_panel_can_begin_with_all_of_them():
    """By their names, as with every other knob."""
    panel = panels.live(network(), data=PUZZLES, noise=0.2, samples=100, share=0.3)
    assert len(panel.data[0]) == 30
    assert panel.trainer.noise == 0.2


def test_the_recipe_makes_the_same_run(panel):
    """Bit for bit, whatever was chosen on the way, and what was painted."""
    panel.step(20)
    panel.controls["noise"].value = 0.2
    panel.step(20)
    panel.controls["data"].value = "xor"
    panel.step(20)
    panel.trainer.painted = ((-1, 0.25, 0.5, 1),)
    panel.controls["samples"].value = 300
    panel.step(20)
    cell = {"this_model": network()}
    exec(panel.recipe(), cell)
    assert cell["again"].trainer.history == panel.trainer.history
    assert cell["again"].trainer.painted == panel.trainer.painted


def test_the_keras_code_trains_on_the_points_as_they_are(panel):
    """Out of the panel itself: nothing else has them."""
    panel.trainer.painted = ((-1, 0.25, 0.5, 1),)
    panel.buttons["code"].value = True
    code = panel._written()["keras"].replace("this_panel", "panel")
    exec(code, cell := {"panel": panel})
    assert cell["history"].params["steps"] == -(-251 // 32)


def test_a_maker_without_a_name_is_said():
    """The code cannot write it."""

    def make(n_samples, noise=0.1, seed=0):
        return datasets.make_circles(n_samples, noise, seed)

    panel = panels.live(network(), data=make, views=["curves"])
    assert "# your_maker: the function that makes this panel's data" in panel.recipe()


def test_data_and_arrays_together_are_refused():
    """One sentence says which of the two to leave out."""
    X, y = datasets.make_circles(50)
    with pytest.raises(TypeError, match="data"):
        panels.live(network(), X, y, data=PUZZLES)


def test_a_long_list_of_knobs_is_broken_into_lines():
    """Code that is wider than a cell is hard to read."""
    asked = ["data", "noise", "samples", "share", "learning_rate", "width", "layers", "optimizer"]
    panel = panels.live(network(), data=PUZZLES, knobs=asked)
    code = panel.recipe()
    assert max(map(len, code.splitlines())) <= 90
    exec(code, cell := {"this_model": network()})
    assert {*asked} <= {*cell["again"].controls}


def test_a_layers_own_knob_goes_and_comes_with_the_layer():
    """Its control is there as long as the layer is, and shows what the layer has by then."""
    knobs = ["layers", "activation_1", "activation_2"]
    panel = panels.live(network(), data=PUZZLES, views=["boundary"], layers=2, knobs=knobs)
    second = panel.controls["activation_2"]
    second.value = "relu"
    panel.controls["layers"].value = 1
    assert second.layout.display == "none"
    assert panel.controls["activation_1"].value == "tanh"
    panel.controls["layers"].value = 2
    assert second.layout.display != "none"
    assert second.value == panel.trainer.activation_2 == "tanh"  # a layer like the one before it
    second.value = "relu"
    assert panel.trainer.activation_2 == "relu"
