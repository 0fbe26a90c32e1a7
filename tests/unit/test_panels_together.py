"""Several runners under one clock: what is turned, who goes on, and what is made anew."""

import asyncio
import base64
import re
from types import SimpleNamespace

import numpy as np
import pytest

from lessons_lib import optimizers, panels, plots
from lessons_lib._ground.turns import Turn, replay
from lessons_lib.panels._company import Company
from lessons_lib.panels._runner import Knob, Runner


class Walk:
    """Counts its steps, stride by stride, and ends at a wall."""

    def __init__(self, stride=1, wall=1000, seed=0, steepest=9.0):
        self.values = {"stride": stride, "slope": 0.5}
        offers = {"stride": (1, 2, 5), "slope": (0.0, 0.5, 1.0)}
        self.knobs = {
            name: SimpleNamespace(
                words=name,
                tooltip=f"the {name}",
                control="steps",
                read=lambda walk, name=name: walk.values[name],
                offers=lambda walk, name=name: offers[name],
                option=lambda walk, value: f"{value}!",
            )
            for name in offers
        }
        self.wall, self.seed, self.steepest = wall, seed, steepest
        self.updates, self.restarts, self.turns = 0, 0, ()
        self.notice, self.compiled = "", True

    @property
    def ended(self):
        """The wall."""
        return f"Met a wall at step {self.updates}." if self.updates >= self.wall else None

    def step(self, n=1):
        """Count."""
        made = min(n, self.wall - self.updates)
        self.updates += made
        return made

    def reset(self, seed=None):
        """Note the seed."""
        self.updates, self.seed = 0, self.seed if seed is None else seed
        self.restarts += 1

    def turn(self, name, value, moment=None):
        """Refuse what is too steep."""
        if name == "slope" and value > self.steepest:
            raise ValueError(f"Steeper than {self.steepest:g} is no way.")
        self.turns = (*self.turns, Turn(self.updates, name, value, self.values[name]))
        self.values[name] = value

    def compile(self):
        """Be ready."""
        self.compiled = True

    def compile_ahead(self):
        """Leave nothing to another thread."""

    def snapshot(self):
        """Return all that changes."""
        return SimpleNamespace(at=(self.updates, self.seed, dict(self.values), self.turns), held={})

    def restore(self, snapshot):
        """Go back."""
        self.restarts += 1
        self.updates, self.seed, values, self.turns = snapshot.at
        self.values = dict(values)

    def replay(self, turns, step):
        """Go on as it was."""
        replay(self, turns, step)


def steps_of(ax, runners, unit="steps", shift=0):
    """Draw how far each is."""
    pen = plots.Pen(ax, xlim=(-5, 5), ylim=(0, 1000))
    for name, walk in runners.items():
        pen.dot(name, shift, walk.updates, sets=("shift", ""))
    said = ", ".join(f"{name} {walk.updates}" for name, walk in runners.items())
    return pen.done(f"{said} {unit} at {shift}.")


def two(**walls):
    """Return two walks by name."""
    return {name: Walk(wall=walls.get(name, 1000)) for name in ("left", "right")}


def steps(panel):
    """Return how far each runner is."""
    return {name: walk.updates for name, walk in panel.runners.items()}


class TestOneClock:
    """Play, Step, Restart and New start are for all."""

    def test_several_runners_are_a_runner(self):
        """With every name of the protocol, on the knobs too."""
        company = Company(two(), dict, dict)
        assert isinstance(company, Runner)
        assert all(isinstance(knob, Knob) for knob in company.knobs.values())

    def test_a_step_is_a_step_of_each(self):
        """And the panel says what the picture says."""
        panel = panels.together(two(), steps_of)
        assert panel.step(7) == 7
        assert steps(panel) == {"left": 7, "right": 7}
        assert panel.sentence == "left 7, right 7 steps at 0."

    def test_the_clock_plays_all_of_them_and_pauses(self):
        """On an event loop, as in a notebook."""

        async def played():
            panel = panels.together(two(), steps_of)
            panel.play(25)
            while panel.playing:
                await asyncio.sleep(0.01)
            return steps(panel)

        assert asyncio.run(asyncio.wait_for(played(), 30)) == {"left": 25, "right": 25}

    def test_who_ends_is_named_and_the_others_go_on(self):
        """Until all have ended."""
        panel = panels.together(two(left=10), steps_of)
        panel.step(30)
        assert steps(panel) == {"left": 10, "right": 30}
        assert panel.sentence.startswith("left: Met a wall at step 10. left 10, right 30")
        assert panel.runner.ended is None
        panel.step(2000)
        assert re.match("left: Met .* right: Met", panel.runner.ended)

    def test_restart_and_new_start_are_for_all(self):
        """The first from the same start, the other from another one each time."""
        panel = panels.together(two(), steps_of)
        panel.step(5)
        panel.buttons["restart"].click()
        assert steps(panel) == {"left": 0, "right": 0}
        panel.buttons["new"].click()
        panel.buttons["new"].click()
        assert [walk.seed for walk in panel.runners.values()] == [2, 2]

    def test_start_over_leaves_all_as_they_were(self):
        """Also the knobs."""
        panel = panels.together(two(), steps_of)
        panel.controls["stride"].value = 5
        panel.start_over(after=20)
        assert steps(panel) == {"left": 0, "right": 0}
        assert panel.controls["stride"].value == 1

    def test_a_race_can_be_one_of_them(self):
        """Any runner can."""
        panel = panels.together({"race": optimizers.Race()}, lambda ax, runners: None)
        assert panel.step(3) == 3
        assert panel.runners["race"].steps == 3

    def test_one_alone_needs_no_name(self):
        """Then nothing is said by name."""
        panel = panels.together({"": Walk(wall=4)}, steps_of)
        panel.step(9)
        assert panel.sentence.startswith("Met a wall")

    def test_what_is_stored_has_picture_and_sentence(self):
        """For the next day."""
        panel = panels.together(two(), steps_of)
        bundle = panel._repr_mimebundle_()
        assert bundle["text/plain"] == panel.sentence
        assert base64.b64decode(bundle["image/png"]).startswith(b"\x89PNG")


class TestKnobs:
    """Knobs that all have are turned for all."""

    def test_a_common_knob_turns_all(self):
        """And shows what code has turned in the first."""
        panel = panels.together(two(), steps_of)
        panel.controls["stride"].value = 5
        assert [walk.values["stride"] for walk in panel.runners.values()] == [5, 5]

    def test_what_differs_at_first_is_not_offered(self):
        """A control that shows the value of one of them would say what is not so."""
        panel = panels.together({"slow": Walk(1), "quick": Walk(5)}, steps_of)
        assert [*panel.runner.knobs] == ["slope"]

    def test_the_notebook_chooses_the_knobs(self):
        """By name; none with an empty list."""
        panel = panels.together(two(), steps_of, knobs=["slope"])
        assert [*panel.runner.knobs] == ["slope"]
        assert not panels.together(two(), steps_of, knobs=()).runner.knobs

    def test_a_named_knob_is_turned_for_those_that_have_it(self):
        """Whoever of them that is: the control shows the first that has it."""
        walks = two()
        del walks[min(walks)].knobs["slope"]
        panel = panels.together(walks, steps_of, knobs=["slope"])
        panel.controls["slope"].value = 1.0
        panel.step(1)
        have = {name: walk.values["slope"] for name, walk in walks.items()}
        assert have == {min(walks): 0.5, max(walks): 1.0}

    def test_where_one_refuses_none_is_turned(self):
        """The control goes back, and the panel says why."""
        runners = {"left": Walk(), "right": Walk(steepest=0.7)}
        panel = panels.together(runners, steps_of)
        panel.controls["slope"].value = 1.0
        assert [walk.values["slope"] for walk in runners.values()] == [0.5, 0.5]
        assert panel.controls["slope"].value == 0.5
        assert "Steeper than 0.7 is no way." in panel.sentence


class TestControls:
    """A control makes the runners anew, or is passed to pictures, by its name."""

    def made(self, **controls):
        """Return a panel whose function makes two walks."""

        def make(wall=1000, seed=0):
            calls.append((wall, seed))
            return {name: Walk(wall=wall, seed=seed) for name in ("left", "right")}

        calls = []
        return panels.together(make, steps_of, **controls), calls

    def test_one_of_make_begins_anew(self):
        """With the knobs as they are turned."""
        panel, calls = self.made(wall=[10, 20])
        panel.controls["stride"].value = 5
        panel.step(15)
        panel.controls["wall"].value = 20
        assert steps(panel) == {"left": 0, "right": 0}
        assert panel.step(99) == 20
        assert calls == [(10, 0), (20, 0)]
        assert {walk.values["stride"] for walk in panel.runners.values()} == {5}

    def test_one_of_a_picture_leaves_the_run_alone(self):
        """It is passed to the picture only."""
        panel, calls = self.made(shift=(-3, 3))
        panel.step(4)
        panel.controls["shift"].value = 2
        assert panel.sentence == "left 4, right 4 steps at 2."
        assert len(calls) == 1

    def test_a_dragged_mark_turns_it(self):
        """By the mark's `sets`."""
        panel, _ = self.made(shift=(-3, 3))
        pick = {"view": 0, "item": "left", "kind": "curve", "index": 0, "x": 2.2, "y": 0.0}
        panel._pick(pick | {"phase": "move"})
        assert panel.controls["shift"].value == 2

    def test_a_new_start_passes_a_seed_that_is_kept(self):
        """Where the function takes one; also when something else makes the runners anew."""
        panel, calls = self.made(wall=[10, 20])
        panel.new_start()
        panel.controls["wall"].value = 20
        assert calls == [(10, 0), (10, 1), (20, 1)]
        panel.reset()
        assert {walk.seed for walk in panel.runners.values()} == {1}

    def test_a_new_start_leaves_a_seed_alone_that_has_a_control(self):
        """Then the runners begin elsewhere themselves."""
        panel, calls = self.made(seed=[0, 5])
        panel.new_start()
        assert calls == [(1000, 0)]
        assert {walk.seed for walk in panel.runners.values()} == {1}
        panel.controls["seed"].value = 5
        assert calls == [(1000, 0), (1000, 5)]

    def test_start_over_after_other_values_begins_with_the_knobs_of_the_start(self):
        """The controls of the function stay as they were set."""
        panel, _ = self.made(wall=[10, 20])
        panel.controls["wall"].value = 20
        panel.controls["slope"].value = 1.0
        panel.start_over(after=5)
        assert steps(panel) == {"left": 0, "right": 0}
        assert panel.controls["slope"].value == 0.5

    def test_what_cannot_be_made_is_said_and_another_value_works(self):
        """The runners of before stay."""

        def make(wall):
            if wall == 13:
                raise ValueError("Nobody builds a wall at 13.")
            return two(left=wall)

        panel = panels.together(make, steps_of, wall=[10, 13, 20])
        with pytest.raises(ValueError, match="Nobody builds"):
            panel.controls["wall"].value = 13
        panel.controls["wall"].value = 20
        assert panel.runners["left"].wall == 20


class TestBadInput:
    """One sentence each: what is wrong, what was expected, what was received."""

    @pytest.mark.parametrize(
        ("make", "words"),
        [
            ({}, "needs a dictionary of names to what runs.*received {}"),
            (None, "needs a dictionary.*received None"),
            ([Walk()], "needs a dictionary.*received"),
            ({1: Walk()}, "received the name 1"),
            ({"model": object()}, "received object under the name 'model', which cannot"),
            (lambda: None, "What makes the runners must return a dictionary.*received None"),
            (lambda depth: two(), "needs depth, and the panel has no control of that name"),
        ],
    )
    def test_no_runners(self, make, words):
        """Whatever was given in their place."""
        with pytest.raises(TypeError, match=words) as error:
            panels.together(make, steps_of)
        assert "\n" not in str(error.value)

    def test_no_picture(self):
        """A number is neither a function nor a name."""
        with pytest.raises(TypeError, match=r"picture\(ax, runners\).*received 7"):
            panels.together(two(), 7)

    @pytest.mark.parametrize(
        ("runners", "words"),
        [
            ({"race": optimizers.Race()}, "these have 'height'; received 'val_accuracy'"),
            ({"": Walk()}, "these keep no history; received 'val_accuracy'"),
        ],
    )
    def test_a_quantity_that_no_history_has(self, runners, words):
        """Those that there are are named."""
        with pytest.raises(ValueError, match=words):
            panels.together(runners, "val_accuracy")

    def test_a_control_that_nobody_takes(self):
        """It is named."""
        with pytest.raises(TypeError, match="takes the control deph"):
            panels.together(two(), steps_of, deph=(1, 5))

    def test_a_control_that_the_panel_has_itself(self):
        """A knob's name."""
        with pytest.raises(TypeError, match="has a control 'stride' of its own"):
            panels.together(lambda stride: two(), steps_of, stride=(1, 5))

    def test_a_knob_that_they_do_not_share(self):
        """It says which they have."""
        with pytest.raises(ValueError, match="'stride' and 'slope'; received 'width'"):
            panels.together(two(), steps_of, knobs=["width"])

    def test_no_number_of_updates(self):
        """A whole number from 1."""
        with pytest.raises(ValueError, match="updates_per_frame"):
            panels.together(two(), steps_of, updates_per_frame=0)


class TestNetworks:
    """With real trainers."""

    @pytest.fixture
    def panel(self):
        """Two small networks, one of which diverges at once with a large learning rate."""
        live = pytest.importorskip("lessons_lib.live")
        keras = pytest.importorskip("keras")
        X = np.linspace(-1, 1, 20, dtype="float32")[:, None]

        def make(scale=1.0):
            runners = {}
            for name, size in (("tame", 1.0), ("wild", 1e2)):
                keras.utils.set_random_seed(0)
                model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
                model.compile(keras.optimizers.SGD(0.3), "mse")
                runners[name] = live.LiveTrainer(model, size * X, scale * X, batch_size=20)
            return runners

        panel = panels.together(make, scale=[1.0, 2.0])
        yield panel
        panel.retire()

    def test_without_pictures_the_losses_are_compared(self, panel):
        """On a logarithmic scale, if asked for."""
        panel.step(50)
        assert {"curve tame", "curve wild"} <= set(panel.scenes[0].items)
        assert panel.scenes[0].frame["ylog"] == 0
        panel.controls["log"].value = True
        assert panel.scenes[0].frame["ylog"] == 10

    def test_curves_are_those_of_the_whole_run_beside_the_runs_before(self, panel):
        """A line shows where all stand; the run before is drawn in each one's colour."""
        panel.step(40)
        panel.reset()
        panel.step(60)
        panel.rewind(20)
        items = panel.scenes[0].items
        assert items["curve tame"].data["x"].max() == 60
        assert items["now tame"].data["x"].tolist() == [20]
        assert items["other 0 tame"].data["x"].max() == 40
        assert items["other 0 tame"].look["color"] == items["curve tame"].look["color"]
        assert "Step 20 of 60, loss: tame " in panel.sentence

    def test_a_quantity_is_a_picture(self, panel):
        """By its name, of the runners whose histories have it."""
        named = panels.together({**panel.runners, "walk": Walk()}, "loss", knobs=())
        named.step(10)
        assert {"curve tame", "curve wild"} <= set(named.scenes[0].items)
        assert named.scenes[0].frame["ylabel"] == "loss"

    def test_one_that_diverges_is_named_and_can_go_back(self, panel):
        """The other goes on; the button says who, and where to; the knobs are for all again."""
        panel.controls["learning_rate"].value = 1e-4
        panel.step(20)
        panel.controls["learning_rate"].value = 0.1
        panel.step(200)
        assert panel.sentence.startswith("wild: Diverged at step")
        assert panel.runners["tame"].updates == 220
        back = panel.buttons["back"]
        assert back.layout.display is None
        assert back.description == "wild back to step 20"
        panel.go_back()
        assert panel.runners["wild"].updates == 20
        assert back.layout.display == "none"
        assert {round(r.learning_rate, 9) for r in panel.runners.values()} == {1e-4}
        assert panel.controls["learning_rate"].value == pytest.approx(1e-4)

    def test_the_same_shapes_compile_once(self, panel):
        """Other values make others, and no program more for them."""
        from lessons_lib.live import _programs

        panel.step(1)
        kept = [*_programs._kept]
        panel.controls["scale"].value = 2.0
        assert panel.step(3) == 3
        assert panel.runners["tame"].y.max() == 2.0
        assert [*_programs._kept] == kept

    def test_the_code_of_all_runs(self, panel):
        """Each network has a name of its own, and its data from the panel."""
        panel.step(20)
        panel.buttons["code"].value = True
        code = panel._code.children[-1].children[-1].value
        assert code.index("# tame") < code.index("# wild")
        names = {"this_panel": panel}
        exec(code, names)
        made = [one for one in names.values() if hasattr(one, "fit")]
        assert len(made) == 2
        panel.buttons["code"].value = False
        assert panel._code.layout.display == "none"

    def test_a_run_has_a_row_for_each(self, panel):
        """By name, with what was turned."""
        panel.controls["learning_rate"].value = 0.01
        panel.step(10)
        assert [row["network"] for row in panel.runs] == ["tame", "wild"]
        assert all("learning rate 0.3 → 0.01" in row["turned"] for row in panel.runs)


class Pair(Walk):
    """Two that walk in turn, each with a loss."""

    @property
    def history(self):
        """Return the losses after each step."""
        steps = list(range(1, self.updates + 1))
        return {
            "step": steps,
            "maker_loss": [0.5] * self.updates,
            "judge_loss": [0.7] * self.updates,
        }


def test_without_a_picture_all_losses_are_drawn_of_a_runner_that_has_several():
    """A generator and its judge have one each, and none of both."""
    panel = panels.together({"": Pair(), "fast": Pair(stride=2)}, knobs=())
    panel.step(3)
    assert "maker 0.5, judge 0.7, fast maker 0.5, fast judge 0.7" in panel.sentence
