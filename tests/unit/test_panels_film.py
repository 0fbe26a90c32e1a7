"""A film of a run: its frames, its size, that it costs the run nothing, and clear errors."""

import io

import numpy as np
import pytest
from PIL import Image

from lessons_lib import datasets, optimizers, panels, plots
from lessons_lib.panels import _film


@pytest.fixture
def panel():
    """A race of two that has made 60 steps, with one turn after 25 of them."""
    panel = panels.race("ravine", ["SGD", "Adam"])
    panel.step(25)
    panel.controls["learning_rate"].value = 0.01
    panel.step(35)
    yield panel
    panel.retire()


@pytest.fixture
def live_panel():
    """A small network that has made 30 updates."""
    import keras

    X, y = datasets.make_circles(60, noise=0.1, seed=0)
    keras.utils.set_random_seed(0)
    layers = [keras.layers.Dense(4, activation="tanh"), keras.layers.Dense(1, "sigmoid")]
    model = keras.Sequential([keras.Input((2,)), *layers])
    model.compile(keras.optimizers.Adam(0.05), loss="binary_crossentropy")
    panel = panels.live(model, X, y, validation_data=(X[:20], y[:20]), batch_size=10)
    panel.step(30)
    yield panel
    panel.retire()


def frames_of(path):
    """Return the frames of a film as arrays of colours, and how long each stands."""
    frames, times = [], []
    with Image.open(path) as film:
        for number in range(film.n_frames):
            film.seek(number)
            frames.append(np.asarray(film.convert("RGB")))
            times.append(film.info["duration"])
        assert film.info["loop"] == 0  # for ever
    return frames, times


def standing(panel):
    """Return what a film must not change."""
    return {
        "step": panel.runner.updates,
        "turns": panel.runner.turns,
        "sentence": panel.sentence,
        "runs": [dict(run) for run in panel.runs],
        "timeline": panel.controls["timeline"].value,
        "history": {name: list(column) for name, column in panel.runner.history.items()},
    }


def test_it_has_a_frame_every_so_many_steps(panel, tmp_path):
    """Steps 0, 20, 40 and the last: 60; that one stands longer."""
    panel.film(tmp_path / "race.gif", every=20)
    frames, times = frames_of(tmp_path / "race.gif")
    assert len(frames) == 4
    assert not np.array_equal(frames[0], frames[-1])
    assert times[-1] > max(times[:-1])
    assert frames[0].shape[1] <= _film.WIDEST


def test_the_last_step_is_there_where_it_does_not_come_out_even(panel, tmp_path):
    """Steps 0, 25, 50 and 60."""
    panel.film(tmp_path / "race.gif", every=25)
    assert len(frames_of(tmp_path / "race.gif")[0]) == 4


def test_what_stays_keeps_its_colour(panel, tmp_path):
    """White paper is white in every frame: one palette, so that nothing flickers."""
    panel.film(tmp_path / "race.gif", every=20)
    for frame in frames_of(tmp_path / "race.gif")[0]:
        assert frame[0, 0].tolist() == [255, 255, 255]
        assert frame[-1, -1].tolist() == [255, 255, 255]


def test_a_film_of_the_same_run_is_the_same(panel, tmp_path):
    """Byte for byte, also one that is written over another."""
    panel.film(tmp_path / "one.gif", every=20)
    panel.film(tmp_path / "two.gif", every=20)
    one = (tmp_path / "one.gif").read_bytes()
    assert one == (tmp_path / "two.gif").read_bytes()
    panel.film(tmp_path / "two.gif", every=30)
    panel.film(tmp_path / "two.gif", every=20)
    assert one == (tmp_path / "two.gif").read_bytes()


def test_a_long_run_has_as_many_frames_as_others(panel, tmp_path, monkeypatch, capsys):
    """And it is said that fewer steps are shown than were asked for."""
    monkeypatch.setattr(_film, "MOST_FRAMES", 5)
    panel.film(tmp_path / "race.gif", every=1)
    assert len(frames_of(tmp_path / "race.gif")[0]) == 5
    assert "5 frames at most" in capsys.readouterr().out


def test_one_sentence_says_what_was_written(panel, tmp_path, capsys):
    """Where, from which step to which, and how much."""
    panel.film(tmp_path / "race.gif", every=20)
    printed = capsys.readouterr().out
    assert printed.count("\n") == 1
    assert "race.gif: steps 0 to 60 in 4 frames, one every 20 steps;" in printed


def test_a_notebook_shows_a_film_that_is_not_too_large(panel, tmp_path, monkeypatch):
    """What is returned has the film itself; of a large one nothing is."""
    shown = panel.film(tmp_path / "race.gif", every=30)
    assert shown.data == (tmp_path / "race.gif").read_bytes()
    monkeypatch.setattr(_film, "_SHOWN", 100)
    assert panel.film(tmp_path / "race.gif", every=30) is None


@pytest.mark.parametrize("rewound", [False, True])
def test_the_panel_stands_where_it_stood(panel, tmp_path, rewound):
    """Run, turns, controls and sentence; also where an earlier step is shown."""
    if rewound:
        panel.rewind(33)
    before = standing(panel)
    panel.film(tmp_path / "race.gif", every=20)
    assert standing(panel) == before
    assert panel.memory.rewound == rewound
    assert len(frames_of(tmp_path / "race.gif")[0]) == 4  # the whole run in either case


def test_a_network_is_as_before_and_has_spent_nothing(live_panel, tmp_path):
    """The same weights, and the same number of updates spent; the next ones are the same too."""
    trainer = live_panel.trainer
    before = standing(live_panel), trainer.spent, trainer.to_keras().get_weights()
    live_panel.film(tmp_path / "network.gif", every=15)
    assert (standing(live_panel), trainer.spent) == before[:2]
    for now, then in zip(trainer.to_keras().get_weights(), before[2], strict=True):
        np.testing.assert_array_equal(now, then)
    live_panel.step(5)
    assert trainer.spent == 35


def test_a_frame_shows_its_step(live_panel, tmp_path, monkeypatch):
    """The pictures are drawn with the weights of then: steps 0, 15 and 30 are asked for."""
    seen, draw = [], live_panel._views.draw

    def noted(scenes):
        seen.append(live_panel.trainer.updates)
        return draw(scenes)

    monkeypatch.setattr(live_panel._views, "draw", noted)
    live_panel.film(tmp_path / "network.gif", every=15)
    assert sorted(seen[:3]) == [0, 15, 30]


def test_it_can_be_interrupted(panel, tmp_path, monkeypatch):
    """The panel stands where it stood, and there is no file, nor half of one."""
    before, draw = standing(panel), panel._views.draw

    def interrupted(scenes):
        if panel.race.steps == 40:
            raise KeyboardInterrupt
        return draw(scenes)

    monkeypatch.setattr(panel._views, "draw", interrupted)
    with pytest.raises(KeyboardInterrupt):
        panel.film(tmp_path / "race.gif", every=20)
    assert standing(panel) == before
    assert list(tmp_path.iterdir()) == []


def test_a_fork_is_filmed_from_the_first_step_on(panel, tmp_path, capsys):
    """What it has in common with the run before belongs to it."""
    panel.rewind(40)
    panel.step(10)
    panel.film(tmp_path / "race.gif", every=25)
    assert "steps 0 to 50 in 3 frames" in capsys.readouterr().out


def paths(ax, runners):
    """Draw how far each race has come."""
    pen = plots.Pen(ax)
    for name, race in runners.items():
        pen.curve(name, *race.paths[:, 0].T)
    return pen.done("Two races.")


def test_several_runners_have_one_film(tmp_path):
    """`panels.together` is filmed like any panel."""
    races = {name: optimizers.Race("ravine", [name]) for name in ("SGD", "Adam")}
    panel = panels.together(races, paths)
    panel.step(20)
    panel.film(tmp_path / "together.gif", every=10)
    assert len(frames_of(tmp_path / "together.gif")[0]) == 3
    assert panel.runner.updates == 20
    panel.retire()


def test_a_map_can_be_filmed(tmp_path):
    """From the step at which the panel was made."""
    import keras

    from lessons_lib import live

    X, y = datasets.make_circles(60, noise=0.1, seed=0)
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    model.compile(keras.optimizers.SGD(0.1), loss="mse")
    population = live.Population(model, X, y, learning_rate=[0.01, 0.1], l2=[0.0, 0.1])
    population.step(10)
    panel = panels.map(population)
    with pytest.raises(ValueError, match="nothing to film yet"):
        panel.film(tmp_path / "map.gif")
    panel.step(10)
    panel.film(tmp_path / "map.gif", every=5)
    assert len(frames_of(tmp_path / "map.gif")[0]) == 3
    assert population.updates == 20
    panel.retire()


class TestBadInput:
    """What is wrong, what was expected, what was received."""

    @pytest.mark.parametrize(
        ("path", "error", "words"),
        [
            ("race.mp4", ValueError, "'race.mp4', whose name has to end in .gif"),
            ("", ValueError, "whose name has to end in .gif"),
            (5, TypeError, "received 5 as its name"),
            ("nowhere/race.gif", ValueError, "no folder 'nowhere'"),
        ],
    )
    def test_a_path_that_is_no_gif_in_a_folder(self, panel, path, error, words):
        """Said before anything is drawn."""
        with pytest.raises(error, match=r"GIF|folder") as raised:
            panel.film(path)
        assert words in str(raised.value)

    def test_a_folder_named_like_a_film(self, panel, tmp_path):
        """It is no file to be replaced."""
        (tmp_path / "race.gif").mkdir()
        with pytest.raises(ValueError, match="which is a folder"):
            panel.film(tmp_path / "race.gif")

    @pytest.mark.parametrize("every", [0, -5, 2.5, "20", None])
    def test_every_counts_steps(self, panel, tmp_path, every):
        """A whole number from 1."""
        with pytest.raises((TypeError, ValueError), match="every counts the steps"):
            panel.film(tmp_path / "race.gif", every=every)

    def test_a_run_without_a_step(self, tmp_path):
        """Says what to do first."""
        panel = panels.race("bowl")
        with pytest.raises(ValueError, match=r"no step has been made.*panel\.step\(500\)"):
            panel.film(tmp_path / "race.gif")
        panel.retire()

    def test_nothing_is_written_where_it_cannot_be(self, panel, tmp_path, monkeypatch):
        """The system's own error reaches the learner, and the panel stands where it stood."""
        before = standing(panel)

        def full(path, content):
            raise OSError("No space left on device")

        monkeypatch.setattr(_film, "write_whole", full)
        with pytest.raises(OSError, match="No space"):
            panel.film(tmp_path / "race.gif", every=30)
        assert standing(panel) == before


def test_a_line_below_has_whole_sentences():
    """As many as there is room for; the step is there in any case."""
    pictures, long = Image.new("RGB", (300, 40), "white"), "long " * 40
    bare = _film._with_line(pictures, "Step 5", [long])
    more = _film._with_line(pictures, "Step 5", ["It stands.", long])
    assert bare == _film._with_line(pictures, "Step 5", [])
    assert more == _film._with_line(pictures, "Step 5", ["It stands."])
    assert more != bare


def test_a_line_below_says_the_step_once():
    """It stands before sentences that do not say it."""
    pictures = Image.new("RGB", (300, 40), "white")
    once = _film._with_line(pictures, "Step 5", ["It stands.", "Step 5: low."])
    assert once == _film._with_line(pictures, "It stands", ["It stands. Step 5: low."])
    added = _film._with_line(pictures, "Step 5", ["It stands."])
    assert added == _film._with_line(pictures, "Step 5", ["Step 5. It stands."])


def test_lines_keep_their_colour():
    """However few points a curve has in a picture full of colours."""
    rng = np.random.default_rng(0)
    noise = rng.integers(256, size=(100, 200, 3), dtype=np.uint8)
    noise[50, :2] = 0, 158, 115  # plots.GREEN
    file = io.BytesIO()
    Image.fromarray(noise).save(file, "PNG")
    with Image.open(io.BytesIO(_film._gif([file.getvalue()] * 2, 0.1))) as film:
        drawn = np.asarray(film.convert("RGB"))[50, 0]
    assert np.abs(drawn - np.array([0, 158, 115])).max() <= 8
