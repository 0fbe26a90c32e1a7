"""What panels with a clock have in common: they play any runner, rest unseen, and go on."""

import asyncio
import gc
import weakref
from functools import partial
from types import SimpleNamespace

import ipywidgets as widgets
import pytest

from lessons_lib import optimizers, panels
from lessons_lib._ground import memory
from lessons_lib._ground.turns import Turn, replay
from lessons_lib.panels import _page
from lessons_lib.panels._furniture import Button
from lessons_lib.panels._page import Arrangement
from lessons_lib.panels._runner import Knob, Runner
from lessons_lib.panels._running import RunningPanel
from lessons_lib.plots import Pen


class Walk:
    """The least that a panel can play: it counts steps, and ends at 40."""

    def __init__(self):
        self.values = {"stride": 1, "slope": 0.5, "rate": 0.1, "shoes": "boots"}
        offers = {
            "stride": (1, 2, 5),
            "slope": (0.0, 0.25, 0.5, 0.75, 1.0),
            "rate": (0.01, 10.0),
            "shoes": ("boots", "skates"),
        }
        controls = {"stride": "steps", "slope": "range", "rate": "log", "shoes": "list"}
        self.knobs = {
            name: SimpleNamespace(
                words=name,
                tooltip=f"the {name}",
                control=controls[name],
                read=lambda walk, name=name: walk.values[name],
                offers=lambda walk, name=name: offers[name],
                option=lambda walk, value: f"{value}!",
            )
            for name in controls
        }
        self.updates, self.seeds, self.notice, self.compiled = 0, [], "", False
        self.restarts, self.turns = 0, ()

    @property
    def ended(self):
        """40 steps are all."""
        return "The walk is over." if self.updates >= 40 else None

    def step(self, n=1):
        """Count; without preparation one step at most."""
        assert self.compiled or n == 1
        made = min(n, 40 - self.updates)
        self.updates += made
        return made

    def reset(self, seed=None):
        """Note the seed."""
        self.updates = 0
        self.restarts += 1
        self.seeds.append(seed)

    def turn(self, name, value, moment=None):
        """Refuse skates; a new stride changes the slope too."""
        if value == "skates":
            raise ValueError("Skates need ice.")
        self.turns = (*self.turns, Turn(self.updates, name, value, self.values[name], moment))
        self.values[name] = value
        if name == "stride":
            self.values["slope"], self.notice = 0.25, "A new stride needs a flatter way."

    def compile_ahead(self):
        """Leave nothing to another thread."""

    def compile(self):
        """Note that it was asked for."""
        self.compiled = True

    def snapshot(self):
        """Return the count, and what is turned."""
        return SimpleNamespace(at=(self.updates, dict(self.values), self.turns), held={})

    def restore(self, snapshot):
        """Go back to a count."""
        self.restarts += 1
        self.updates, values, self.turns = snapshot.at
        self.values = dict(values)

    def replay(self, turns, step):
        """Go on as it was."""
        replay(self, turns, step)


class OneView:
    """Draws how many steps were made."""

    arrangement = Arrangement(1, (4, 3))

    def __init__(self, walk):
        self.walk = walk
        self.controls = {}

    def draw(self, scenes):
        """Put one point."""
        pen = Pen(scenes[0])
        pen.dot("step", self.walk.updates, 0)
        return [pen.done(f"{self.walk.updates} steps.")]

    def words(self, message, sentences):
        """Say the end first."""
        return [self.walk.ended, message, *sentences]


def walking():
    """Return a panel that plays a walk."""
    walk = Walk()
    buttons = {
        "play": Button("Play", "play", "walk", RunningPanel.toggle),
        "new": Button("New start", "random", "from elsewhere", RunningPanel.new_start),
    }
    speed = widgets.IntSlider(value=1, min=1, max=10)
    return RunningPanel(walk, OneView(walk), buttons, speed)


@pytest.fixture
def panel():
    """A panel that plays a walk, without a loop."""
    panel = walking()
    yield panel
    panel.retire()


class TestAnyRunner:
    """Who speaks the protocol can be played; the panel knows nothing else."""

    @pytest.mark.parametrize("runner", [Walk(), optimizers.Race()], ids=["walk", "race"])
    def test_it_has_what_the_protocol_says(self, runner):
        """Every name, on the runner and on each of its knobs."""
        assert isinstance(runner, Runner)
        assert all(isinstance(knob, Knob) for knob in runner.knobs.values())

    def test_each_kind_of_control_shows_the_present_value_and_what_is_offered(self, panel):
        """Four kinds."""
        stride, slope, rate, shoes = (panel.controls[name] for name in panel.runner.knobs)
        assert isinstance(stride, widgets.SelectionSlider)
        assert stride.options == (("1!", 1), ("2!", 2), ("5!", 5))
        assert (slope.min, slope.max, slope.step, slope.value) == (0.0, 1.0, 0.25, 0.5)
        assert (rate.min, rate.max, rate.value) == (-2.0, 1.0, 0.1)
        assert shoes.options == (("boots!", "boots"), ("skates!", "skates"))
        assert [c.tooltip for c in (stride, shoes)] == ["the stride", "the shoes"]

    def test_starting_over_brings_back_the_start_and_all_knobs(self, panel):
        """After so many steps; what was turned by code and by hand on the way is as at first."""
        panel.runner.compile()
        panel.step(3)
        panel.runner.turn("stride", 2)
        panel.controls["rate"].value = 1.0
        panel.start_over(after=4)
        assert [run.step for run in panel.memory.runs] == [7, 0]
        assert (panel.runner.updates, panel.sentence) == (0, "0 steps.")
        assert panel.runner.values == Walk().values
        assert {name: panel.controls[name].value for name in Walk().values} == Walk().values

    def test_a_turn_reaches_the_runner_as_it_is_read_out(self, panel):
        """A logarithmic slider gives 0.0446683…, and shows 0.045."""
        panel.controls["rate"].value = 0.0446683
        assert panel.runner.values["rate"] == 0.045

    def test_what_a_turn_made_anew_is_said_and_shown(self, panel):
        """The runner's notice stands before the picture's sentence; other controls follow."""
        panel.controls["stride"].value = 5
        assert panel.sentence == "A new stride needs a flatter way. 0 steps."
        assert panel.controls["slope"].value == 0.25

    def test_a_refused_value_goes_back_and_the_reason_is_said(self, panel):
        """Control and runner agree afterwards."""
        panel.controls["shoes"].value = "skates"
        assert panel.sentence == "Skates need ice. 0 steps."
        assert panel.controls["shoes"].value == "boots" == panel.runner.values["shoes"]

    def test_a_value_that_no_control_offers_is_turned_once(self, panel):
        """Its control gets one more option, and what it shows on the way is no turn."""
        panel.controls["stride"].value = 5
        turned, turn = [], panel.runner.turn
        panel.runner.turn = lambda *given: (turned.append(given[:2]), turn(*given))
        panel.runner.turn("stride", 7)
        panel.refresh()
        panel.refresh()
        assert turned == [("stride", 7)]
        assert panel.controls["stride"].value == 7

    def test_each_new_start_is_another(self, panel):
        """And a reset is none."""
        for act in (panel.new_start, panel.buttons["new"].click, panel.reset):
            act()
        assert panel.runner.seeds == [1, 2, None]

    def test_it_is_compiled_before_it_plays_and_pauses_at_its_end(self):
        """First it says that it compiles, then it walks, and says why it walks no further."""

        async def scenario():
            panel, said = walking(), []
            say = panel.say
            panel.say = lambda words, aloud=True: said.append(words) or say(words, aloud)
            panel.play()
            assert await soon(lambda: not panel.playing)
            panel.retire()
            return said

        said = asyncio.run(scenario())
        assert said[0].startswith("Compiling")
        assert said[-1] == "The walk is over. 40 steps."

    @pytest.mark.parametrize(("free", "warns"), [(0.3, True), (8.0, False)])
    def test_where_memory_is_short_it_says_so_and_compiles(self, monkeypatch, free, warns):
        """At first sight, before it takes more; whoever closes another lesson can go on."""
        monkeypatch.setattr(memory, "free", lambda: free)

        async def scenario():
            panel = walking()
            panel.page.met = True
            assert await soon(lambda: panel.runner.compiled)
            panel.retire()
            return panel.sentence

        said = asyncio.run(scenario())
        assert said.startswith("Only 0.3 GB of memory is free: close other lessons") == warns


def test_only_a_hand_that_turns_while_it_plays_has_a_moment():
    """What comes of a turn must not depend on time where a cell makes the steps."""
    panel = walking()
    panel.controls["slope"].value = 0.75
    panel.step(1)
    assert [turn.moment for turn in panel.runner.turns] == [None]

    async def scenario():
        panel = walking()
        panel.runner.compile()
        panel.play()
        panel.controls["slope"].value = 0.75
        assert await soon(lambda: panel.runner.turns)
        panel.retire()
        return panel.runner.turns[0].moment

    assert asyncio.run(scenario()) > 0


def run(scenario):
    """Run a scenario with a racing panel on an event loop, as in a notebook."""

    async def whole():
        panel = panels.race("bowl", ["SGD"])
        try:
            return await scenario(panel)
        finally:
            panel.retire()

    return asyncio.run(whole())


async def soon(condition):
    """Wait until the condition holds; False if it does not within ten seconds."""
    for _ in range(1000):
        if condition():
            return True
        await asyncio.sleep(0.01)
    return False


class TestNobodySeesIt:
    """Where no page can be seen a panel rests."""

    def test_a_playing_panel_rests_and_says_why(self):
        """Nobody sees the pictures, so none is made."""

        async def scenario(panel):
            panel.play()
            panel.page.seen = False
            assert await soon(lambda: not panel.playing)
            steps = panel.race.steps
            await asyncio.sleep(0.1)
            return panel.race.steps == steps, panel.sentence

        rested, sentence = run(scenario)
        assert rested
        assert "nobody sees it" in sentence

    def test_it_goes_on_when_it_is_seen_again(self):
        """Who turns back finds the panel as it was left."""

        async def scenario(panel):
            panel.play()
            panel.page.seen = False
            assert await soon(lambda: not panel.playing)
            panel.page.seen = True
            return await soon(lambda: panel.playing), await soon(
                lambda: "nobody" not in panel.sentence
            )

        assert run(scenario) == (True, True)

    def test_it_goes_on_when_somebody_leafs_on_and_back_at_once(self):
        """The way back arrives while the panel still draws its last picture of the way out."""

        async def scenario(panel):
            panel.play()
            draw = panel.refresh

            def slow_draw():
                draw()
                panel.page.seen = True

            panel.refresh = slow_draw
            panel.page.seen = False
            await asyncio.sleep(0.1)
            panel.refresh = draw
            return await soon(lambda: panel.playing)

        assert run(scenario)

    def test_a_paused_panel_stays_paused(self):
        """Coming back starts nothing that did not run before."""

        async def scenario(panel):
            panel.page.seen = False
            panel.page.seen = True
            await asyncio.sleep(0.1)
            return panel.playing

        assert not run(scenario)

    def test_a_pause_meanwhile_is_a_pause(self):
        """What code has paused is not started by being seen again."""

        async def scenario(panel):
            panel.play()
            panel.page.seen = False
            assert await soon(lambda: not panel.playing)
            panel.pause()
            panel.page.seen = True
            await asyncio.sleep(0.1)
            return panel.playing

        assert not run(scenario)

    def test_code_that_plays_it_waits_for_somebody_to_see_it(self):
        """As where all cells are run and another tab is in front by then."""

        async def scenario(panel):
            panel.page.seen = False
            panel.play()
            resting = panel.playing, panel.sentence
            panel.page.seen = True
            return resting, await soon(lambda: panel.playing)

        (playing, sentence), goes_on = run(scenario)
        assert (playing, goes_on) == (False, True)
        assert "nobody sees it" in sentence

    def test_one_page_that_sees_it_is_enough(self):
        """Two pages, one in another tab; then the other is closed, and comes back."""

        async def scenario(panel):
            says = partial(panel.page._hear, panel.page, buffers=[])
            says({"page": "a", "places": 2, "seen": True})
            says({"page": "b", "places": 1, "seen": False})
            panel.play()
            await asyncio.sleep(0.1)
            seen = [(panel.playing, panel.page.views)]
            says({"page": "a", "places": 0, "seen": False})
            assert await soon(lambda: not panel.playing)
            seen.append((panel.playing, panel.page.views))
            says({"page": "b", "places": 1, "seen": True})
            assert await soon(lambda: panel.playing)
            return seen

        assert run(scenario) == [(True, 3), (False, 1)]

    def test_a_page_gone_without_a_word_is_missed_and_welcome_back(self, monkeypatch):
        """Pictures without an answer; any word of that page, and no other, lets it go on."""
        monkeypatch.setattr(_page, "_LOST", 0.3)

        async def scenario(panel):
            says = partial(panel.page._hear, panel.page, buffers=[])
            says({"page": "a", "places": 1, "seen": True})
            says({"page": "b", "places": 1, "seen": False})
            says({"page": "a", "ready": True})
            panel.play()
            for _ in range(1000):
                says({"page": "b", "drawn": 0})
                if not panel.playing:
                    break
                await asyncio.sleep(0.01)
            rests = not panel.playing, panel.sentence
            says({"page": "a", "drawn": 1})
            return rests, await soon(lambda: panel.playing)

        (rests, sentence), goes_on = run(scenario)
        assert (rests, goes_on) == (True, True)
        assert "nobody sees it" in sentence


def test_a_retired_panel_is_freed():
    """Shown, stored and played, it leaves nothing by which the kernel would keep its data."""

    async def scenario():
        panel = panels.race("bowl", ["SGD"])
        panel._repr_mimebundle_()
        panel.play()
        assert await soon(lambda: panel.race.steps)
        panel.retire()
        return weakref.ref(panel)

    async def whole():
        left = await scenario()
        for _ in range(20):  # a frame may be on its way still
            await asyncio.sleep(0.05)
            gc.collect()
            if left() is None:
                return True
        return False

    assert asyncio.run(whole())


def test_a_retired_panel_is_let_go_by_what_holds_it():
    """A widget that holds a closed one has no state, and a page loaded anew would find none."""
    panel = panels.race("bowl", ["SGD"])
    label = widgets.Label("above")
    holder = widgets.VBox([label, panel])
    panel.retire()
    assert holder.children == (label,)
    assert holder.get_state()["children"] == [f"IPY_MODEL_{label.model_id}"]


class TestPictures:
    """When a panel that plays draws for the browser."""

    @staticmethod
    async def played(panel):
        """Play for 30 frames; return messages sent and steps made meanwhile."""
        sent, steps = panel.page.sent, panel.race.steps
        enough = steps + 30 * panel.controls["speed"].value
        panel.play()
        await soon(lambda: panel.race.steps >= enough)
        panel._halt()
        return panel.page.sent - sent, panel.race.steps - steps

    def test_when_the_browser_is_behind_pictures_are_left_out_and_it_goes_on(self):
        """A browser that never answers gets a few pictures, and every step is made."""

        async def scenario(panel):
            panel.page._hear(panel.page, {"ready": True}, [])
            await asyncio.sleep(0.05)
            return await self.played(panel)

        sent, steps = run(scenario)
        assert sent < 20
        assert steps >= 30

    def test_pausing_shows_the_last_step_even_then(self):
        """What is to be seen at rest is what is there."""

        async def scenario(panel):
            panel.page._hear(panel.page, {"ready": True}, [])
            await asyncio.sleep(0.05)
            await self.played(panel)
            before = panel.page.sent
            panel.pause()
            return panel.page.sent - before

        assert run(scenario) == 1

    def test_where_nobody_has_asked_a_picture_is_drawn_for_the_sentence_only(self):
        """A few times a second."""

        async def scenario(panel):
            drawn, draw = [], panel._views.draw
            panel._views.draw = lambda scenes: drawn.append(1) or draw(scenes)
            _, steps = await self.played(panel)
            return len(drawn), steps

        drawn, steps = run(scenario)
        assert drawn < steps / 2

    def test_a_page_that_cannot_draw_leaves_it_to_the_kernel(self):
        """The stored picture comes at once, follows, and goes when a page can."""

        async def scenario(panel):
            panel.page.broken = "no canvas"
            assert await soon(lambda: "<img alt" in panel._fallback.place.value)
            before = panel._fallback.place.value
            panel.step(5)
            assert await soon(lambda: panel._fallback.place.value != before)
            panel.page._hear(panel.page, {"able": True}, [])
            return await soon(lambda: not panel._fallback.shown), panel.page.broken

        assert run(scenario) == (True, "")


def test_every_panel_has_a_part_in_the_browser():
    """Stateless panels too: their sliders need names as well."""
    panel = panels.explore(lambda ax, w: None, w=(0.0, 1.0))
    assert panel.page in panel.children[0].children
    assert panel.page.seen is None
