"""The parts under a panel, each by itself: clock, pace, page, fallback, cells."""

import asyncio
import math
from types import SimpleNamespace

import pytest

from lessons_lib.panels import _cells, _page
from lessons_lib.panels._fallback import Fallback
from lessons_lib.panels._loop import Clock, Pace, running_loop
from lessons_lib.panels._page import Arrangement, Page
from lessons_lib.plots import Pen


class TestClock:
    """`Clock`."""

    @staticmethod
    def run(frame, seconds=0.1, **options):
        """Run a clock for a while; return its failures."""
        failures = []

        async def kernel():
            clock = Clock(frame, failures.append, **options)
            clock.start()
            await asyncio.sleep(seconds)
            clock.stop()
            await asyncio.sleep(0.01)
            return clock.running

        assert asyncio.run(kernel()) is False
        return failures

    def test_frames_come_until_one_says_no(self):
        """False from a frame is the last frame."""
        frames = []
        self.run(lambda: frames.append(1) or len(frames) < 3, 0.5)
        assert len(frames) == 3

    def test_an_exception_is_handed_over(self):
        """The clock ends, and somebody is told why."""
        error = ValueError("bad")

        def frame():
            raise error

        assert self.run(frame) == [error]

    def test_it_can_be_stopped_from_within_a_frame_and_started_again(self):
        """Stopping in a frame ends it there; starting anew leaves one task."""
        frames = []

        async def kernel():
            def frame():
                frames.append(1)
                clock.stop()
                clock.start()
                return True

            clock = Clock(frame, pytest.fail)
            clock.start()
            await asyncio.sleep(0.2)
            tasks = [t for t in asyncio.all_tasks() if t.get_coro().__qualname__ == "Clock._run"]
            clock.stop()
            return len(tasks)

        assert asyncio.run(kernel()) == 1

    def test_other_tasks_run_in_between(self):
        """A clock leaves the loop to others at least once per frame."""
        frames, others = [], []

        async def kernel():
            clock = Clock(lambda: frames.append(1) or True, pytest.fail)
            clock.start()
            for _ in range(20):
                await asyncio.sleep(0.005)
                others.append(len(frames))
            clock.stop()

        asyncio.run(kernel())
        assert len(set(others)) >= 2

    def test_without_a_loop_there_is_none(self):
        """Outside a notebook no loop is found."""
        assert running_loop() is None


@pytest.fixture
def now(monkeypatch):
    """A clock on the wall that the test moves; `now.time` is its hand."""
    wall = SimpleNamespace(time=0.0)
    monkeypatch.setattr(_page.time, "monotonic", lambda: wall.time)
    return wall


class Browser:
    """Stands for pages that show one picture: hears what a `Page` sends, and answers."""

    def __init__(self):
        self.heard, self.redrawn, self.picks = [], 0, []
        self.page = Page(
            *(Arrangement(1, (4.0, 3.0)), lambda act: act(), self.redraw, self.picks.append),
            typed=lambda slider, text: None,
        )
        self.page.send = lambda content, buffers=None: self.heard.append(content)

    def redraw(self):
        """Count."""
        self.redrawn += 1

    def says(self, **message):
        """Let a page say something."""
        self.page._hear(self.page, message, [])

    def frames(self, count):
        """Draw another picture so many times; return the numbers that were sent."""
        before = len(self.heard)
        for _ in range(count):
            x = float(self.page.sent)
            pen = Pen(self.page.scenes[0], xlim=(0, 100), ylim=(0, 1))
            pen.curve("curve", [0.0, x], [0.0, 1.0])
            pen.done("")
            self.page.show()
        return [message["number"] for message in self.heard[before:]]


@pytest.fixture
def browser():
    """A page with one picture and who looks at it."""
    return Browser()


class TestSending:
    """What a page is sent, and when."""

    def test_nothing_is_sent_before_anybody_asks(self, browser):
        """A notebook that is executed by a program pays for no message."""
        assert browser.frames(3) == []

    def test_who_asks_gets_everything_and_from_then_on_what_has_changed(self, browser):
        """And nothing where nothing has."""
        browser.frames(1)
        browser.says(ready=True)
        browser.frames(2)
        browser.page.show()
        assert [message["number"] for message in browser.heard] == [1, 2, 3]
        whole, first, _ = (message["frame"] for message in browser.heard)
        assert whole["whole"]
        assert "frame" in whole["scenes"][0]
        assert not first["whole"]
        assert "frame" not in first["scenes"][0]
        assert [item["name"] for item in first["scenes"][0]["items"]] == ["curve"]

    def test_a_page_loaded_anew_gets_everything(self, browser):
        """It asks as the first one did, even where the former has left answers open."""
        browser.says(ready=True)
        browser.frames(20)
        assert browser.page.behind()
        browser.says(ready=True)
        assert browser.heard[-1]["frame"]["whole"]
        assert not browser.page.behind()

    def test_nothing_is_sent_when_the_last_view_is_closed(self, browser):
        """Until a page asks again."""
        browser.page.views = 1
        browser.says(ready=True)
        browser.page.views = 0
        assert browser.frames(2) == []
        browser.says(ready=True)
        assert len(browser.frames(2)) == 2

    def test_a_page_is_behind_when_many_messages_are_on_their_way(self, browser):
        """Until it has drawn some of them; of two windows the quicker one counts."""
        browser.says(ready=True)
        numbers = [browser.page.sent]
        while not browser.page.behind() and len(numbers) < 100:
            numbers += browser.frames(1)
        assert 3 < len(numbers) < 30
        browser.says(drawn=numbers[2])
        assert not browser.page.behind()
        browser.says(drawn=numbers[0])
        assert not browser.page.behind()

    def test_pictures_fit_their_places(self, browser):
        """A larger place is noted and asks for a new picture; a few pixels do not count."""
        scene = browser.page.scenes[0]
        browser.page.sizes = {"areas": [[640.0, 480.0]], "point": 2.0}
        assert (scene.pixels, scene.point, browser.redrawn) == ((640.0, 480.0), 2.0, 1)
        browser.page.sizes = {"areas": [[645.0, 480.0]], "point": 2.0}
        assert (scene.pixels, browser.redrawn) == ((640.0, 480.0), 1)


class TestGone:
    """Whether anybody looks."""

    def watch(self, browser, now, frames, every=0.5, answering=False):
        """Make frames, with or without a browser that answers; return why it stopped, if so."""
        for _ in range(frames):
            now.time += every
            if answering:
                browser.says(drawn=1)
            if why := browser.page.gone():
                return why
        return None

    def test_a_silent_browser_is_gone_after_a_minute_of_frames(self, now, browser):
        """No answer for more than 60 seconds."""
        assert self.watch(browser, now, 118) is None
        assert "no browser" in self.watch(browser, now, 10)

    def test_a_browser_that_has_nothing_to_answer_is_there(self, now, browser):
        """Where the pictures do not change nothing is sent; else somebody must answer."""
        browser.says(able=True, ready=True)
        browser.says(drawn=browser.page.sent)
        assert self.watch(browser, now, 200) is None
        browser.frames(1)
        assert "no browser" in self.watch(browser, now, 200)

    def test_an_answering_browser_is_there(self, now, browser):
        """Ten minutes with answers are fine."""
        assert self.watch(browser, now, 1200, answering=True) is None

    def test_a_forgotten_tab_is_left_after_half_an_hour(self, now, browser):
        """Answers alone do not keep a panel going for ever; a touch does."""
        assert self.watch(browser, now, 3500, answering=True) is None
        browser.page.touched()
        assert self.watch(browser, now, 3500, answering=True) is None
        assert "half an hour" in self.watch(browser, now, 200, answering=True)

    def test_a_cell_that_ran_for_long_costs_nothing(self, now, browser):
        """While other code runs no frames are made, and that time does not count."""
        self.watch(browser, now, 10, answering=True)
        now.time += 3600
        assert self.watch(browser, now, 10) is None


class TestFallback:
    """The picture that the kernel draws where no page does."""

    @pytest.fixture
    def waiting(self):
        """A fallback; `waiting.due` are functions and the seconds after which they are called."""
        made = SimpleNamespace(due=[], drawn=0, needed=True)

        def draw():
            made.drawn += 1
            return b"png", f"picture {made.drawn}"

        made.fallback = Fallback(
            draw, lambda: made.needed, lambda act, seconds: made.due.append((act, seconds))
        )
        return made

    @staticmethod
    def let_pass(waiting):
        """Do what is due, until nothing is; return how many seconds that took."""
        passed = 0.0
        while waiting.due:
            act, seconds = waiting.due.pop(0)
            act()
            passed += seconds
        return passed

    def test_it_comes_when_no_page_has_answered_for_some_seconds(self, waiting):
        """With words for those who cannot see it, and one sentence on why it is slow."""
        waiting.fallback.wait()
        assert 5 < self.let_pass(waiting) < 8
        assert waiting.fallback.shown
        assert 'alt="picture 1"' in waiting.fallback.place.value
        assert "cannot draw the live picture" in waiting.fallback.place.value

    def test_it_does_not_come_where_a_page_draws(self, waiting):
        """Nothing is drawn for it."""
        waiting.fallback.wait()
        waiting.needed = False
        self.let_pass(waiting)
        assert not waiting.fallback.shown
        assert waiting.drawn == 0

    def test_it_follows_slowly_and_goes_when_a_page_draws(self, waiting):
        """Many changes within a moment are one picture."""
        waiting.fallback.check(True)
        self.let_pass(waiting)
        for _ in range(20):
            waiting.fallback.follow()
        self.let_pass(waiting)
        assert waiting.drawn == 2
        waiting.fallback.check(False)
        waiting.fallback.follow()
        self.let_pass(waiting)
        assert not waiting.fallback.shown
        assert (waiting.drawn, waiting.fallback.place.value) == (2, "")


class TestCells:
    """`replace_former`."""

    @pytest.fixture
    def run_cell(self, monkeypatch):
        """Return a function that says which cell runs now."""
        monkeypatch.setattr(_cells, "_made", {})
        now = {}

        def run(cell, message):
            now["run"] = _cells._Run(cell, message)

        monkeypatch.setattr(_cells, "_present_run", lambda: now.get("run"))
        return run

    @pytest.fixture
    def make(self):
        """Return a function that makes a panel which notes that it was retired."""

        class Panel:
            retired = False

            def retire(self):
                self.retired = True

        def make():
            panel = Panel()
            _cells.replace_former(panel)
            return panel

        return make

    def test_a_cell_run_again_retires_its_own_panels(self, run_cell, make):
        """Both panels of the first run go when the cell runs a second time."""
        run_cell("a", "1")
        first, second = make(), make()
        run_cell("a", "2")
        third = make()
        assert (first.retired, second.retired, third.retired) == (True, True, False)

    def test_panels_of_one_run_and_of_other_cells_stay(self, run_cell, make):
        """Two panels in one cell, and one in another, live side by side."""
        run_cell("a", "1")
        first, second = make(), make()
        run_cell("b", "2")
        third = make()
        assert not any(panel.retired for panel in (first, second, third))

    def test_a_closed_panel_is_no_longer_among_the_results(self, monkeypatch):
        """Thirty runs of its cell would keep thirty of them; other results stay."""
        panel, other = object(), object()
        shell = SimpleNamespace(  # IPython keeps a result in three places
            user_ns={"_oh": {1: other, 2: panel, 5: panel}, "_1": other, "_2": panel, "a": panel},
            user_ns_hidden={"_1": other, "_2": panel, "_5": panel},
        )
        monkeypatch.setattr(_cells, "shell", lambda: shell)
        _cells.forget(panel)
        assert shell.user_ns == {"_oh": {1: other}, "_1": other, "a": panel}
        assert shell.user_ns_hidden == {"_1": other}
        monkeypatch.setattr(_cells, "shell", lambda: None)
        _cells.forget(object())  # outside of IPython there are none

    @pytest.mark.parametrize(
        ("request_", "there"),
        [({}, False), ({"content": {"allow_stdin": False}}, False),
         ({"content": {"allow_stdin": True}}, True)],
    )  # fmt: skip
    def test_somebody_is_there_who_could_type(self, monkeypatch, request_, there):
        """Programs that execute a notebook say that nobody can."""
        monkeypatch.setattr(_cells, "_request", lambda: request_)
        assert _cells.somebody_is_there() is there

    def test_outside_a_notebook_nothing_happens(self, make, monkeypatch):
        """Without a running cell nothing is kept or retired."""
        monkeypatch.setattr(_cells, "_made", {})
        first, second = make(), make()
        assert not first.retired
        assert not second.retired
        assert _cells._made == {}


class TestPace:
    """`Pace`."""

    class Trainer:
        """Takes a given time for an update, on a clock of its own."""

        def __init__(self, monkeypatch, seconds):
            self.seconds, self.time = seconds, 0.0
            monkeypatch.setattr("time.perf_counter", lambda: self.time)

        def step(self, n):
            """Let the time of n updates pass."""
            self.time += n * self.seconds
            return n

    def test_a_quick_network_makes_what_is_wanted(self, monkeypatch):
        """Microseconds an update: all of them, from the second frame on."""
        trainer = self.Trainer(monkeypatch, 1e-5)
        pace = Pace(trainer)
        pace.step(500)
        assert pace.step(500) == 500

    def test_a_slow_network_makes_what_fits_into_a_frame(self, monkeypatch):
        """10 ms an update: five in a twentieth of a second, however many are wanted."""
        trainer = self.Trainer(monkeypatch, 0.01)
        pace = Pace(trainer)
        pace.step(500)
        assert pace.step(500) == 5

    def test_a_very_slow_network_makes_one(self, monkeypatch):
        """A frame is never empty."""
        trainer = self.Trainer(monkeypatch, 3.0)
        pace = Pace(trainer)
        pace.step(500)
        assert pace.step(500) == 1

    def test_as_fast_as_it_goes_everything_else_gets_its_part(self, monkeypatch):
        """Steps take more time than pictures and pauses, and never longer than a frame may."""
        trainer = self.Trainer(monkeypatch, 1e-5)
        pace = Pace(trainer)
        pace.step(math.inf)
        trainer.time += 0.01
        assert 1000 < pace.step(math.inf) < 3000
        trainer.time += 60
        assert pace.step(math.inf) == pytest.approx(5000, rel=0.01)
