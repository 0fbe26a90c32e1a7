"""Panels are made ready one after the other, in idle time; controls are answered meanwhile."""

import asyncio
import threading

from lessons_lib.panels import _ahead


class Slow:
    """A runner that another thread makes ready when it is let."""

    def __init__(self, *, fails=False):
        self.compiled, self.asked, self.fails = False, [], fails
        self.let = threading.Event()

    def compile(self):
        """Note it: this one would block the kernel."""
        self.asked.append("here")
        self.compiled = True

    def compile_ahead(self):
        """Return what waits for leave."""
        self.asked.append("ahead")

        def rest():
            self.let.wait(20)
            if self.fails:
                raise RuntimeError("no")
            self.compiled = True

        return rest


class Panel:
    """What the queue knows of a panel."""

    def __init__(self):
        self.runner, self.playing = Slow(), False


async def until(condition):
    """Wait for something, a long time if need be."""
    for _ in range(2000):
        if condition():
            return True
        await asyncio.sleep(0.01)
    return False


def scenario(act, count=2):
    """Run `act` with a queue in which so many panels wait."""

    async def whole():
        queue, waiting = _ahead.Queue(), [Panel() for _ in range(count)]
        for each in waiting:
            queue.note(each)
            queue.join(each)
        return await act(queue, waiting)

    asyncio.run(whole())


def test_one_after_the_other_while_the_loop_goes_on():
    """The second is not begun before the first is whole."""

    async def act(queue, waiting):
        first, second = (each.runner for each in waiting)
        assert await until(lambda: first.asked == ["ahead"])
        assert second.asked == []
        first.let.set()
        assert await until(lambda: second.asked == ["ahead"])
        second.let.set()
        assert await until(lambda: second.compiled)
        assert first.asked == second.asked == ["ahead"]

    scenario(act)


def test_not_while_another_panel_plays():
    """It would have half the processor."""

    async def act(queue, waiting):
        waiting[1].playing = True
        assert not await asyncio.wait_for(_some_turns(queue, waiting[0]), 20)
        waiting[1].playing = False
        assert await until(lambda: waiting[0].runner.asked == ["ahead"])
        for each in waiting:
            each.runner.let.set()
        assert await until(lambda: waiting[1].runner.compiled)

    scenario(act)


async def _some_turns(queue, waiting):
    """Let the queue be asked three times; return what was begun."""
    turns, again = [], queue._again
    queue._again = lambda: turns.append(1) or again()
    assert await until(lambda: len(turns) >= 3)
    return waiting.runner.asked


def test_not_while_cells_are_run(monkeypatch):
    """A cell was run since the last look: others may wait behind it."""
    counted = iter(range(1000))
    monkeypatch.setattr(_ahead, "cells_run", lambda: next(counted))

    async def act(queue, waiting):
        assert not await _some_turns(queue, waiting[0])
        monkeypatch.setattr(_ahead, "cells_run", lambda: 7)
        assert await until(lambda: waiting[0].runner.asked == ["ahead"])
        waiting[0].runner.let.set()
        assert await until(lambda: waiting[0].runner.compiled)

    scenario(act, count=1)


def test_a_panel_that_is_closed_gives_up_its_turn():
    """Nobody will play it."""

    async def act(queue, waiting):
        queue.leave(waiting[0])
        queue.leave(waiting[0])
        assert await until(lambda: waiting[1].runner.asked)
        waiting[1].runner.let.set()
        assert await until(lambda: waiting[1].runner.compiled)
        assert waiting[0].runner.asked == []

    scenario(act)


def test_what_fails_on_the_thread_is_done_where_it_can_be_told():
    """There the model that XLA cannot compile becomes a plain graph, and the panel says so."""
    compiler, runner = _ahead.Compiler(), Slow(fails=True)
    runner.let.set()
    assert not compiler.ready(runner)
    assert asyncio.run(until(lambda: compiler.ready(runner)))
    assert runner.asked == ["ahead", "here"]
