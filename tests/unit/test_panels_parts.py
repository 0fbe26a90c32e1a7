"""The parts under a panel with a clock, each by itself: clock, pace, page, cells, pictures."""

import asyncio
from io import BytesIO
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from lessons_lib.panels import _cells, _page
from lessons_lib.panels._loop import Clock, Pace, running_loop
from lessons_lib.panels._page import Page
from lessons_lib.panels._surface import encode


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

    def test_it_waits_for_a_browser_that_is_behind_but_not_for_ever(self):
        """With a browser that never answers there are a few frames a second, not forty."""
        frames = []
        self.run(lambda: frames.append(1) or True, 0.6, behind=lambda: True)
        assert 2 <= len(frames) <= 4

    def test_without_a_loop_there_is_none(self):
        """Outside a notebook no loop is found."""
        assert running_loop() is None


class TestPage:
    """`Page`."""

    @pytest.fixture
    def page(self, now):
        """The part in the browser, where there is no browser."""
        return Page()

    @pytest.fixture
    def now(self, monkeypatch):
        """A clock on the wall that the test moves; `now.time` is its hand."""
        wall = SimpleNamespace(time=0.0)
        monkeypatch.setattr(_page.time, "monotonic", lambda: wall.time)
        return wall

    def watch(self, page, now, frames, every=0.5, answering=False):
        """Send frames, with or without a browser that answers; return why it stopped, if so."""
        for _ in range(frames):
            now.time += every
            page.frame_sent()
            if answering:
                page.answered = page.sent
            if why := page.gone():
                return why
        return None

    def test_a_silent_browser_is_gone_after_a_minute_of_frames(self, page, now):
        """No answer for more than 60 seconds."""
        assert self.watch(page, now, 118) is None
        assert "no browser" in self.watch(page, now, 10)

    def test_an_answering_browser_is_there(self, page, now):
        """Ten minutes with answers are fine."""
        assert self.watch(page, now, 1200, answering=True) is None

    def test_a_forgotten_tab_is_left_after_half_an_hour(self, page, now):
        """Answers alone do not keep a panel going for ever; a touch does."""
        assert self.watch(page, now, 3500, answering=True) is None
        page.touched()
        assert self.watch(page, now, 3500, answering=True) is None
        assert "half an hour" in self.watch(page, now, 200, answering=True)

    def test_a_cell_that_ran_for_long_costs_nothing(self, page, now):
        """While other code runs no frames are made, and that time does not count."""
        self.watch(page, now, 10, answering=True)
        now.time += 3600
        assert self.watch(page, now, 10) is None

    def test_a_browser_that_never_answered_is_not_waited_for(self, page, now):
        """Front ends that run no part of a panel are not slowed down."""
        self.watch(page, now, 30)
        assert not page.behind()

    def test_a_browser_is_behind_when_two_answers_are_missing(self, page, now):
        """Up to five frames may be on their way."""
        self.watch(page, now, 3, answering=True)
        self.watch(page, now, 3)
        assert not page.behind()
        self.watch(page, now, 3)
        assert page.behind()


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


@pytest.mark.parametrize("channels", [3, 4])
def test_pictures_are_encoded_without_loss(channels):
    """Another program reads back the same pixels."""
    pixels = np.random.default_rng(0).integers(0, 256, (17, 23, channels), dtype=np.uint8)
    decoded = np.asarray(Image.open(BytesIO(encode(pixels))))
    np.testing.assert_array_equal(decoded, pixels[..., :3])
