"""The map panel: which model a pixel is, zooming, the learner as searcher, and clear errors."""

import asyncio

import numpy as np
import pandas as pd
import pytest

from lessons_lib import datasets, panels
from lessons_lib.panels._layout import Layout
from lessons_lib.panels._runner import Runner

RATES = np.geomspace(1e-3, 30, 8)
DECAYS = [0, 1e-4, 1e-2]


def made(**settings):
    """Return a population of small networks that have made 40 updates."""
    import keras

    from lessons_lib import live

    X, y = datasets.make_circles(60, noise=0.1, seed=0)
    keras.utils.set_random_seed(0)
    layers = [keras.layers.Dense(4, activation="tanh"), keras.layers.Dense(1)]
    model = keras.Sequential([keras.Input((2,)), *layers])
    model.compile(keras.optimizers.SGD(0.1), loss="mse")
    population = live.Population(
        model, X, 2 * y - 1, validation_data=(X[:30], 2 * y[:30] - 1), batch_size=10, **settings
    )
    population.step(40)
    return population


@pytest.fixture(scope="module")
def fresh():
    """A population and its moment after 40 updates."""
    population = made(learning_rate=RATES, l2=DECAYS)
    return population, population.snapshot()


@pytest.fixture
def population(fresh):
    """24 networks, 8 learning rates by 3 values of l2, after 40 updates."""
    population, moment = fresh
    population.restore(moment)
    return population


@pytest.fixture
def panel(population):
    """Their map."""
    panel = panels.map(population)
    yield panel
    panel.retire()


def press(panel, row, column, to=None, phase="end"):
    """Press on a pixel, or drag to another, as a page tells it."""
    told = {"view": 0, "item": "models", "kind": "image", "index": [row, column]}
    told |= {"x": 0, "y": 0, "phase": phase} | ({} if to is None else {"to": list(to)})
    panel.page._hear(panel.page, {"pick": told}, [])


def settings_of(panel, model):
    """Return learning rate and l2 of a model."""
    return tuple(panel.population.settings.loc[model, ["learning_rate", "l2"]])


class TestTheMap:
    """What is seen of all models."""

    def test_a_population_is_a_runner(self, population):
        """So the panel's clock serves it."""
        assert isinstance(population, Runner)

    def test_pixels_are_the_models_losses(self, panel):
        """Row by row of l2, column by column of the learning rate."""
        shown = panel.scenes[0].items["models"].data["values"]
        losses = panel.population.val_loss.reshape(8, 3).T
        finite = np.isfinite(losses)
        np.testing.assert_allclose(shown[finite], np.log10(losses[finite]))
        assert np.isnan(shown[~finite]).all()
        assert (~finite).any()

    def test_the_best_is_in_the_frame_at_first(self, panel):
        """And named in the sentence, with the share that has diverged."""
        assert panel.chosen == int(np.argmin(panel.population.val_loss))
        assert panel.sentence.startswith("The lowest validation loss is ")
        assert "have diverged" in panel.sentence
        assert f"In the frame: {panel._views.described(panel.chosen)}." in panel.sentence

    def test_what_is_stored_is_a_picture_and_the_sentence(self, panel):
        """For readers without a kernel."""
        bundle = panel._repr_mimebundle_()
        assert bundle["image/png"]
        assert bundle["text/plain"] == panel.sentence

    def test_steps_go_on_and_restart_begins_again(self, panel):
        """Through the same buttons as every running panel."""
        before = panel.population.val_loss
        assert panel.step(8) == 8
        assert panel.population.updates == 48
        assert (panel.population.val_loss != before).any()
        panel.buttons["restart"].click()
        assert panel.population.updates == 0

    def test_stopped_models_are_pale(self, panel):
        """As soon as they are stopped."""
        panel.population.stop(panel.population.val_loss < np.inf)
        panel.refresh()
        count = int(np.isfinite(panel.population.val_loss).sum())
        assert np.isfinite(panel.scenes[0].items["stopped"].data["values"]).sum() == count

    def test_the_halving_knob_stops_half(self, panel):
        """It is a control of the panel."""
        training = int(panel.population.training.sum())
        panel.controls["halving"].value = next(
            value for value in dict(panel.controls["halving"].options).values() if value
        )
        panel.step(panel.population.halving)
        assert panel.population.stopped.sum() == training // 2


class TestChoosing:
    """One model in large."""

    def test_a_press_opens_the_model_of_the_pixel(self, panel):
        """Its settings are those of row and column."""
        press(panel, 2, 3)
        assert settings_of(panel, panel.chosen) == pytest.approx((RATES[3], DECAYS[2]))
        assert panel.opened == [panel.chosen]
        assert panel.scenes[0].items["models"].data["at"] == [2, 3]

    def test_the_beginning_of_a_press_opens_nothing(self, panel):
        """It may become a rectangle."""
        before = panel.chosen
        press(panel, 2, 3, phase="start")
        assert panel.chosen == before

    def test_the_pictures_beside_the_map_are_the_models(self, panel):
        """The plane shows its predictions, the curves its history."""
        panel.choose(10)
        _, plane, curves = panel.scenes
        predicted = panel.population.predict(panel.population.X, [10])[0, :, 0]
        values = plane.items["values"].data["values"]
        assert values.min() <= predicted.min() + 1e-6
        assert values.max() >= predicted.max() - 1e-6
        np.testing.assert_allclose(
            curves.items["val"].data["y"], panel.population.history(10)["val_loss"]
        )

    def test_a_model_that_has_diverged_says_so(self, panel):
        """It has no predictions to be drawn."""
        panel.choose(int(np.argmax(panel.population.diverged)))
        assert panel.scenes[1].items["note"].data["words"] == "This model has diverged."

    @pytest.mark.parametrize("model", [-1, 24])
    def test_no_such_model(self, panel, model):
        """One clear sentence."""
        with pytest.raises(ValueError, match="model must be"):
            panel.choose(model)

    def test_the_code_is_the_models(self, panel):
        """With its own learning rate."""
        press(panel, 1, 4)
        code = panel._written()["keras"]
        assert f"{RATES[4]:.4g}"[:5] in code
        assert "population.X, population.y" in code


class TestZooming:
    """As many models again, in a part of the map."""

    def test_around_the_frame(self, panel):
        """Half of each axis, and as many updates as before."""
        press(panel, 1, 4)
        before = settings_of(panel, panel.chosen)
        panel.buttons["zoom"].click()
        rates, decays = (panel.population.grid[name] for name in ("learning_rate", "l2"))
        assert (len(rates), len(decays)) == (8, 3)
        assert RATES[1] < rates[0] < before[0] < rates[-1] < RATES[6]
        assert panel.population.updates == 40
        assert abs(np.log(settings_of(panel, panel.chosen)[0] / before[0])) < 0.5
        assert "Zoomed: learning rate" in panel.sentence

    def test_into_a_rectangle(self, panel):
        """Wherever its drag began."""
        press(panel, 2, 5, to=(1, 2))
        assert panel.scenes[0].items["box"].data["xy"][:, 0].tolist() == [1.5, 5.5, 5.5, 1.5, 1.5]
        panel.zoom_in()
        grid = panel.population.grid
        assert RATES[1] < grid["learning_rate"][0] < RATES[2] < RATES[5] < grid["learning_rate"][-1]
        assert 0 < grid["l2"][0] < 1e-4
        assert grid["l2"][-1] == pytest.approx(1e-2)
        assert "box" not in panel.scenes[0].items

    def test_and_back_to_the_whole_map_as_it_was(self, panel):
        """Settings, weights and updates, from any depth."""
        losses = panel.population.val_loss
        for _ in range(3):
            panel.zoom_in()
        panel.buttons["whole"].click()
        np.testing.assert_array_equal(panel.population.val_loss, losses)
        np.testing.assert_allclose(panel.population.grid["learning_rate"], RATES)
        assert "Zoomed" not in panel.sentence
        panel.whole_map()
        assert panel.sentence.startswith("This is the whole map.")

    def test_it_ends_where_float32_does(self, panel):
        """With a sentence, and the map as it was."""
        press(panel, 1, 4)
        for _ in range(40):
            grid = panel.population.grid
            panel.zoom_in()
            if "The zoom ends here" in panel.sentence:
                break
        else:
            pytest.fail("40 zooms have met no end")
        rates = panel.population.grid["learning_rate"]
        np.testing.assert_array_equal(rates, grid["learning_rate"])
        assert len(set(rates.astype(np.float32))) == 8
        assert rates[-1] / rates[0] < 1.001
        words = panel.scenes[0].frame["xreads"]
        assert len(set(words)) == 8

    def test_constants_and_seeds_stay(self):
        """What is the same in all models is no matter of the zoom."""
        population = made(learning_rate=RATES[:4], momentum=0.5, seeds=[3, 5])
        panel = panels.map(population)
        panel.zoom_in()
        assert sorted(set(population.settings["seed"])) == [3, 5]
        assert population.common("momentum") == 0.5
        panel.retire()


class TestCovered:
    """The learner as searcher."""

    def test_nothing_is_told_before_a_pixel_is_opened(self, population):
        """Neither the best nor how many have diverged; and what opening costs is counted."""
        panel = panels.map(population, covered=True)
        assert panel.chosen is None
        assert panel.sentence == "None of 24 pixels is open yet."
        assert panel.scenes[1].items["note"].data["words"] == "Open a pixel of the map."
        press(panel, 0, 2)
        press(panel, 1, 4)
        press(panel, 0, 2)
        assert len(panel.opened) == 2
        assert settings_of(panel, panel.opened[1]) == pytest.approx((RATES[4], DECAYS[1]))
        assert panel.sentence.startswith("2 of 24 pixels are open. The lowest validation loss is ")
        assert "Spent: 2 × 40 = 80 updates." in panel.sentence
        best = min(panel.population.val_loss[panel.opened])
        assert f"{best:.3g}" in panel.sentence
        panel.retire()

    def test_it_does_not_zoom(self, population):
        """There is no button, and the method says why."""
        panel = panels.map(population, covered=True)
        assert "zoom" not in panel.buttons
        panel.zoom_in()
        assert "A covered map does not zoom" in panel.sentence
        panel.retire()


class TestLayout:
    """Which model stands where."""

    def table(self, **columns):
        """Return settings of every combination."""
        index = pd.MultiIndex.from_product(columns.values(), names=columns)
        return index.to_frame(index=False)

    def test_axes_are_the_two_that_vary(self):
        """The learning rate lies along x."""
        layout = Layout(self.table(l2=DECAYS, learning_rate=RATES, seed=[0, 1]))
        assert (layout.x, layout.y, layout.rest) == ("learning_rate", "l2", [])
        assert layout.cells.shape == (3, 8, 2)

    def test_one_setting_makes_one_row(self):
        """And the seed alone does."""
        assert Layout(self.table(momentum=[0, 0.9])).y == ""
        assert Layout(self.table(seed=[1, 2, 3])).x == "seed"

    def test_a_pixel_is_the_best_over_the_rest(self):
        """Each seed for itself."""
        table = self.table(learning_rate=[0.1, 1], momentum=[0, 0.9], l2=[0, 1])
        layout = Layout(table, "learning_rate", "l2")
        losses = np.array([4, 3, 2, np.inf, np.inf, np.inf, np.inf, 1])
        assert layout.best(losses)[..., 0].tolist() == [[2, 4], [1, 7]]
        assert layout.rest == ["momentum"]

    def test_values_that_do_not_grow_are_sorted(self):
        """A model is found where its value is."""
        layout = Layout(self.table(learning_rate=[1, 0.1, 0.5]))
        assert [layout.place(model)[1] for model in range(3)] == [2, 0, 1]

    def test_settings_that_count_stay_in_a_zoom(self):
        """Between two widths there may be none."""
        layout = Layout(self.table(learning_rate=RATES, width=[2, 4, 8]))
        assert list(layout.finer((0, 1, 2, 4))) == ["learning_rate"]
        counts = Layout(self.table(width=[2, 4, 8]))
        assert counts.finer((0, 0, 0, 1)) == {}
        assert "width has no values between these" in counts.why_none_is_finer

    @pytest.mark.parametrize(
        ("columns", "axes", "words"),
        [
            ({"l2": [0, 1]}, {"x": "l1"}, "along x a setting that varies .*'l1' does not"),
            ({"l2": [0, 1], "l1": [0, 1]}, {"x": "l2", "y": "l2"}, "'l2' is named twice"),
            ({"l2": [0, 1], "l1": [0, 1], "width": [2, 4]}, {}, "say which, as in panels.map"),
            ({"l2": [0, 1], "l1": [0, 1], "width": [2, 4]}, {"x": "l1"}, "x='l1', y='l2'"),
        ],
    )
    def test_axes_that_are_not_clear(self, columns, axes, words):
        """What is wrong, what there is, and how to say it."""
        with pytest.raises(ValueError, match=words):
            Layout(self.table(**columns), **axes)

    def test_nothing_varies(self):
        """A population of one model has no map."""
        with pytest.raises(ValueError, match="of which something varies"):
            Layout(pd.DataFrame(index=range(1)))

    def test_samples_on_no_grid(self):
        """Scattered samples have no pixels."""
        table = pd.DataFrame({"learning_rate": [0.1, 0.2, 0.3], "l2": [0.0, 0.1, 0.2]})
        with pytest.raises(ValueError, match=r"a model at each pair .* has 3 models for 9 pairs"):
            Layout(table)


def test_what_is_no_population():
    """A model is none."""
    with pytest.raises(TypeError, match=r"live\.Population.*received str"):
        panels.map("model")


def test_zooming_in_a_notebook_plays_as_far_as_before(population):
    """The clock goes on by itself, and stops there."""

    async def zoom() -> int:
        panel = panels.map(population)
        panel.page._hear(panel.page, {"page": "a", "places": 1, "seen": True}, [])
        panel.page._hear(panel.page, {"able": True}, [])
        panel.page._hear(panel.page, {"ready": True}, [])
        panel.zoom_in()
        await asyncio.sleep(0.02)
        panel.zoom_in()  # while it is on its way there
        for _ in range(2000):
            if not panel.playing:
                break
            panel.page.drawn = panel.page.sent
            await asyncio.sleep(0.005)
        panel.close()
        return population.updates

    assert asyncio.run(zoom()) == 40
