"""The panel with a clock: it runs by itself, while its knobs are turned, until someone stops it."""

from __future__ import annotations

import math
import os
import time
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import ipywidgets as widgets

from lessons_lib._ground import memory
from lessons_lib._ground.values import whole_number
from lessons_lib.panels._ahead import compiler, queue
from lessons_lib.panels._asked import checked_turns, chosen_knobs
from lessons_lib.panels._cells import forget, replace_former
from lessons_lib.panels._controls import follow, knob_control, nearest, same, value_said
from lessons_lib.panels._film import film, film_path
from lessons_lib.panels._furniture import (
    Button,
    button_row,
    close_all,
    code_box,
    knob_grid,
    show_code,
)
from lessons_lib.panels._loop import Clock, Pace, running_loop
from lessons_lib.panels._memory import Memory
from lessons_lib.panels._panel import Panel
from lessons_lib.panels._runner import Runner, Views, every_knob
from lessons_lib.panels._runs import RunsTable, rows_of
from lessons_lib.panels._timeline import follow_step, timeline_slider

if TYPE_CHECKING:
    from IPython.display import Image

_SENTENCE_EVERY = 0.35  # seconds: faster than that nobody can read
_UNSEEN = "Paused while nobody sees it."
_COMPILING = "Compiling the training loop; this takes a second or two …"


class RunningPanel(Panel):
    """Shows something that goes on frame by frame while its knobs are turned.

    Parameters
    ----------
    runner : Runner
        What runs; its knobs become the controls.
    views : Views
        What is drawn of it and said.
    buttons : dict of str to Button
        What stands above the picture, with ``"play"`` among it.
    speed : ipywidgets.Widget
        The control for the number of steps between two pictures.
    code : callable, optional
        Returns what is shown below everything else while the button ``"code"`` is down: code by
        what it is, as `show_code` takes it.
    recipe : callable, optional
        Returns the code of `recipe`.
    knobs : sequence of str, optional
        Which knobs have a control; all by default.
    turns : sequence of (int, str, object)
        What is turned by itself, and at which step: step, knob, value.
    timeline : bool
        Whether earlier steps can be gone back to.

    Attributes
    ----------
    runner : Runner
        What runs. What code turns there shows in the panel at the next `refresh`.
    memory : Memory
        What the panel remembers of it.
    buttons : dict of str to ipywidgets.Widget
        By name.
    """

    def __init__(
        self,
        runner: Runner,
        views: Views,
        buttons: dict[str, Button],
        speed: widgets.Widget,
        code: Callable[[], Mapping[str, str]] | None = None,
        recipe: Callable[[], str] | None = None,
        knobs: Sequence[str] | None = None,
        turns: Sequence[tuple[int, str, Any]] = (),
        timeline: bool = True,
    ):
        self._knobs = chosen_knobs(runner, knobs)
        self.memory = views.memory = Memory(runner, checked_turns(runner, turns))
        knobs = {name: knob_control(knob, runner) for name, knob in self._knobs.items()}
        knobs |= views.controls
        made = {name: button.widget() for name, button in buttons.items()}
        code_place = [] if code is None else [code_box()]
        runs_place = (
            [RunsTable(self.memory, self._runs_changed, self._soon)] if "runs" in buttons else []
        )
        steps = {"timeline": timeline_slider(self.memory)} if timeline else {}
        super().__init__(
            views.arrangement,
            knobs | {"speed": speed} | steps,
            answer=self._answer,
            redraw=self._redraw,
            failed=self._failed,
            above=[button_row(made.values(), speed)],
            below=[*steps.values(), knob_grid(knobs.values()), *runs_place],
            after=code_place,
        )
        self.runner, self.buttons, self._offered = runner, made, buttons
        self._views = views
        self._written, self._code = code, next(iter(code_place), None)
        self._codes: Mapping[str, str] = {}  # that are shown
        self._recipe = recipe
        self._table = next(iter(runs_place), None)
        self._known = {name: knob.read(runner) for name, knob in self._knobs.items()}
        self._moved: dict[str, Any] = {}  # where a browser moves what it was told to show
        self._step_typed = False  # whether the timeline stands where it was typed to
        self._starts = 0  # new starts so far
        self._retired = False
        self._resumes = False  # as soon as somebody sees it again
        self._left = math.inf  # steps until it pauses
        self._why = ""
        self._said_at = 0.0
        self._pace = Pace(self.memory)
        self._clock = Clock(self._frame, self._failed)
        for name, button in buttons.items():
            button.when_pressed(made[name], lambda press=button.press: self._pressed(press))
        self.page.observe(self._views_changed, names="views")
        self.page.observe(lambda _: self._turns.later(self._met), names="met")
        queue.note(self)
        self.page.observe(lambda _: self._turns.later(self._follow_eyes), names="seen")
        replace_former(self)
        self.refresh()

    # --- for notebooks and tests --------------------------------------------------------------

    @property
    def playing(self) -> bool:
        """Whether the panel is running by itself."""
        return self._clock.running

    def play(self, steps: int | None = None) -> None:
        """Start the clock; needs a notebook's event loop.

        Parameters
        ----------
        steps : int, optional
            After so many it pauses; without it goes on until somebody stops it.
        """
        if running_loop() is None:
            raise RuntimeError(
                "Play needs the event loop of a notebook, and none is running here. Use "
                "panel.step(500), which makes the steps and draws at once."
            )
        wanted = "steps counts those to make before it pauses, a whole number of at least 0"
        if steps not in (None, math.inf):
            steps = whole_number("steps", steps, wanted=wanted, floats=True)
        self.page.touched()
        self._left = math.inf if steps is None else steps
        if self.page.seen is False:
            self._rest()
            return
        self._clock.start()
        self._resumes = False
        if self._why and self._message == self._why:
            self._message_until = self._said_at = 0.0  # it rests no more
        self._label_play()

    def pause(self, why: str = "") -> None:
        """Stop the clock; ``why`` is shown before the pictures' sentence."""
        self._halt()
        self._why = why
        if why:
            self._tell(why)
        self.refresh()

    def toggle(self) -> None:
        """Pause if it plays, play if it does not."""
        if self.playing:
            self.pause()
        else:
            self.play()

    def step(self, n: int = 1) -> int:
        """Make ``n`` steps now, show the result, and return the number of steps made.

        Unlike `play` this returns when it is done: a cell can print what came of it.
        """
        wanted = "n counts the steps to make, a whole number of at least 0"
        n = whole_number("n", n, wanted=wanted, floats=True)
        self._set_turned()
        made = self.memory.step(n)
        self.refresh()
        return made

    def step_once(self) -> None:
        """Make one step, and rest."""
        self._halt()
        self.step(1)

    def reset(self, seed: int | None = None) -> None:
        """Begin again from the same start, or from another with a ``seed``; the knobs stay."""
        self._set_turned()
        self.memory.reset(seed)
        self._message_until = 0.0
        self.refresh()

    def start_over(self, after: int = 0) -> None:
        """Make ``after`` steps more, then be again as at first: the start, and all knobs.

        What a network has run by then stays as a run of its own, a thin curve. So a cell can
        show how far it comes, and leave the way there to whoever plays.

        Parameters
        ----------
        after : int, default 0
            Steps, as for `step`.

        Examples
        --------
        >>> panel.start_over(after=800)  # doctest: +SKIP
        """
        self.step(after)
        self.memory.start_over()
        self._message_until = 0.0
        self.refresh()

    def new_start(self) -> None:
        """Begin again from another start each time; the knobs stay as they are turned."""
        self._starts += 1
        self.reset(seed=self._starts)

    def go_back(self) -> None:
        """Go back to before the weights were ruined, where there is a `way_back`, and rest."""
        self._halt()
        self._set_turned()
        if getattr(self.runner, "way_back", None) is not None:
            self.memory.go_back()
            self._message_until = 0.0
        self.refresh()

    def rewind(self, step: int) -> None:
        """Rest, and show everything as it was at a step of the present run.

        Play, `step` or a turned knob let a new run begin there; the run so far stays.

        Parameters
        ----------
        step : int
            From 0 to the last step that was made.

        Examples
        --------
        >>> panel.rewind(300)  # doctest: +SKIP
        """
        self._halt()
        self._set_turned()
        run = self.memory.present
        first, last = run.moments[0].step, run.step
        wanted = f"step counts the steps of the present run, from {first:,} to {last:,}"
        self.memory.rewind(whole_number("step", step, first, last, wanted=wanted, floats=True))
        self._message_until = 0.0
        self.refresh()

    def fork(self) -> None:
        """Let a new run begin with what is shown; the run so far stays as one of its own."""
        self._set_turned()
        self.memory.fork()
        self.refresh()

    def film(self, path: str | os.PathLike, every: int = 20) -> Image | None:
        """Write the present run, from its first step to its last, as a film: an animated GIF.

        The panel rests and stands afterwards where it stood; the film costs the run no update.
        It has at most 240 frames: of a long run fewer steps are shown.

        Parameters
        ----------
        path : str or path
            Where to, such as ``"spiral.gif"``; a film that is there is replaced.
        every : int, default 20
            Steps between two frames.

        Returns
        -------
        IPython.display.Image or None
            The film, which a notebook shows where it is the last line of a cell; None where it
            is too large for a notebook.

        Raises
        ------
        TypeError, ValueError
            If `path` is no GIF in a folder that exists, `every` no number of steps, or no step
            has been made.

        Examples
        --------
        >>> panel.film("spiral.gif", every=50)  # doctest: +SKIP
        """
        path = film_path(path)
        wanted = "every counts the steps between two frames, a whole number from 1"
        every = whole_number("every", every, 1, wanted=wanted)
        self._halt()
        self._set_turned()
        if self.memory.present.step == self.memory.present.moments[0].step:
            raise ValueError(
                "There is nothing to film yet: no step has been made. Press Play, or write "
                "panel.step(500), and then film it."
            )
        try:
            return film(self.memory, self._views, path, every)
        finally:
            self.refresh()

    @property
    def runs(self) -> list[dict[str, Any]]:
        """What is remembered of each run, the oldest first, as plain dictionaries.

        ``pandas.DataFrame(panel.runs)`` makes a table of them.
        """
        self._set_turned()
        return rows_of(self.memory)

    def recipe(self) -> str:
        """Return code that makes the present run again, from its first step to its last.

        It is for a new cell of this notebook, has its names, and gives none of them another
        meaning. On the same machine the run comes out the same, bit for bit; elsewhere nearly.

        Raises
        ------
        TypeError
            If the panel is not one of `panels.live` or `panels.race`.

        Examples
        --------
        >>> print(panel.recipe())  # doctest: +SKIP
        again = panels.live(
            model, X, y, batch_size=10, seed=0, learning_rate=0.3,
            turns=[(500, "width", 8)],
        )
        again.step(1200)
        again
        """
        if self._recipe is None:
            raise TypeError(
                f"A {type(self).__name__} has no recipe: only the panels of panels.live and "
                "panels.race have one. Run the cell again that made it, and turn its knobs at the "
                "steps that panel.runs names."
            )
        self._set_turned()
        self.memory.settle()
        return self._recipe()

    def refresh(self) -> None:
        """Set what was turned; draw and describe what is there now."""
        self._set_turned()
        self._follow()
        self._draw(describe=True)
        self.write_code()

    def write_code(self) -> None:
        """Show the present run as code, if that is asked for."""
        if self._written is not None:
            shown = self.buttons["code"].value
            self.buttons["code"].description = "Hide the code" if shown else "Show the code"
            self._codes = self._written() if shown else {}
            show_code(self._code, self._codes)

    def write_runs(self) -> None:
        """Show the table of runs as it is now, if that is asked for."""
        if self._table is not None:
            self._table.follow(shown=self.buttons["runs"].value)

    def retire(self) -> None:
        """Stop, and let the kernel forget the panel's widgets once nobody sees them.

        The kernel keeps every open widget alive, and with it all that the panel holds. A panel
        that is still shown in another cell can be played there until its output is cleared.
        """
        self._retired = True
        if self.playing:
            self.pause("Paused: the cell that made this panel was run again.")
        if not self.page.views:
            close_all(self)
            forget(self)

    def close(self) -> None:
        """Stop the clock; then close as every widget does."""
        if hasattr(self, "_clock"):  # not where making the panel has failed half-way
            self._clock.stop()
            queue.leave(self)
        super().close()

    # --- one frame ----------------------------------------------------------------------------

    def _frame(self) -> bool:
        """Run a little and draw, unless nobody looks; return whether to go on."""
        if why := self.page.gone():
            self.pause(why)
            return False
        if turned := self._set_turned():
            self.write_code()
        if not self.playing:  # a hand has gone back
            self.refresh()
            return False
        if not self.runner.compiled:
            if self.sentence != _COMPILING:
                self.say(_COMPILING)  # and let the next frame do it, when this has been sent
                return True
            if not compiler.ready(self.runner):
                if turned:
                    self._draw(describe=False)
                return True
        planned = len(self.memory.present.plan)
        wanted = min(self.controls["speed"].value, self._left, self.memory.until_planned)
        self._left -= self._pace.step(wanted)
        if len(self.memory.present.plan) < planned:
            self._follow()
            self.write_code()
        if self.runner.ended or self._left <= 0:
            self.pause()
            return False
        describe = time.monotonic() - self._said_at > _SENTENCE_EVERY
        # A picture for which the browser has no time is left out, and the training goes on.
        if not self.page.behind() and (describe or self.page.listening):
            self._draw(describe)
        return True

    def _draw(self, describe: bool) -> None:
        """Draw all pictures; ``describe`` them too, which need not be done in every frame."""
        pictures = self._views.draw(self.scenes)
        self.show()
        if describe:
            self._said_at = time.monotonic()
            words = self._views.words(self._told(), [picture.sentence for picture in pictures])
            self.say(" ".join(filter(None, words)), aloud=not self.playing)
            self.write_runs()
            self._follow_recipe()
            self._follow_step()
            for name, button in self._offered.items():
                button.follow(self.buttons[name], self.runner)

    def _follow_recipe(self) -> None:
        """Let the run that is shown as code be the run so far.

        Code of a network takes longer to write, and is that of the latest turn while it plays.
        """
        if "again" in self._codes:
            self._codes = {**self._codes, "again": self.recipe()}
            show_code(self._code, self._codes)

    def _redraw(self) -> None:
        """Fit the pictures to their places; while playing, the next frame sees to it."""
        if not self.playing:
            self._draw(describe=False)

    def _halt(self) -> None:
        """Stop the clock and draw nothing."""
        self._clock.stop()
        self._resumes = False
        self._label_play()

    def _failed(self, error: Exception) -> None:
        """Stop, and show what went wrong where nobody would see an exception."""
        self._halt()
        why = memory.shortage(error) or f"{type(error).__name__}: {error}"
        self.say(f"The panel stopped because of an error. {why}")

    # --- knobs and buttons --------------------------------------------------------------------

    def _type(self, slider: int, text: str) -> None:
        """Set what was typed; a step that was typed is gone to exactly, however long it takes."""
        self._step_typed = self._typed_into[slider] is self.controls.get("timeline")
        super()._type(slider, text)

    def _answer(self) -> None:
        """While paused, show what a turn has changed; while playing, the next frame sees to it."""
        self.page.touched()
        if not self.playing:
            self.refresh()

    def _set_turned(self) -> bool:
        """Give the runner what was turned since the last time; tell whether a knob was."""
        turned, typed = False, self._step_typed
        self._step_typed = False
        self.memory.settle(time.monotonic() if self.playing else None)
        for name, value in self._turns.take().items():
            if name == "timeline":
                self._halt()
                self.memory.rewind(value, exactly=typed)
                turned = True
            if name in self._known:
                turned |= self._turn(name, value_said(self.controls[name], value))
        if turned:
            self._follow()
        return turned

    def _turn(self, name: str, value) -> bool:
        """Turn one knob to what its control was turned to; tell whether that is another value."""
        if same(value, self._known[name]) or same(value, self._moved.pop(name, None)):
            return False
        self._known[name] = value  # a runner that refuses it has another, which `_follow` sees
        if self._obeyed(name, value):
            self._known[name] = every_knob(self.runner)[name].read(self.runner)
        return True

    def _turn_picked(self, name: str, value: Any) -> None:
        """Turn a knob by a press on a picture, and show what has come of it."""
        self._set_turned()
        self._obeyed(name, value)
        self._turns.ask()

    def _obeyed(self, name: str, value: Any) -> bool:
        """Let the runner have a value, and tell what was made anew or why it is refused."""
        before = self.runner.notice
        try:
            # The time is of the learner's hand; what a cell does must not depend on it.
            self.memory.turn(name, value, time.monotonic() if self.playing else None)
        except ValueError as error:
            self._tell(str(error))
            return False
        if self.runner.notice != before:
            self._tell(self.runner.notice)
        return True

    def _follow(self) -> None:
        """Let the controls show what code or another knob has set, or what was refused."""
        present = every_knob(self.runner)
        for name in self._knobs:
            # What turns a layer that is gone goes with it.
            self.controls[name].layout.display = None if name in present else "none"
            if name not in present:
                continue
            knob = present[name]
            value = knob.read(self.runner)
            # A control that was turned again in the meantime is right; the runner is late.
            if value != self._known[name] and name not in self._turns.noted:
                self._known[name] = value
                with self._turns.unheard(name):
                    follow(self.controls[name], value, knob.option(self.runner, value))
                if hasattr(self.controls[name], "min"):
                    self._moved[name] = nearest(self.controls[name], value)

    def _follow_step(self) -> None:
        """Let the timeline reach as far as the run, and stand where it is."""
        slider = self.controls.get("timeline")
        if slider is not None and "timeline" not in self._turns.noted:
            with self._turns.unheard("timeline"):
                follow_step(slider, self.memory)

    def _runs_changed(self, message: str, another: bool) -> None:
        """Show what was done in the table of runs; rest where another run is the present one."""
        self.page.touched()
        if another:
            self._halt()
        self._tell(message)
        self.refresh()

    def _soon(self, action: Callable[[], None]) -> None:
        self._turns.later(action)

    def _pressed(self, press: Callable) -> None:
        self.page.touched()
        self._turns.later(lambda: press(self))

    def _label_play(self) -> None:
        """Let the first button say what it will do."""
        button = self.buttons["play"]
        button.description, button.icon = ("Pause", "pause") if self.playing else ("Play", "play")

    def _warn(self) -> None:
        """Say where little memory is left: what is about to be compiled takes some."""
        if warning := memory.warning():
            self._tell(warning)
            self.refresh()

    # --- who looks ----------------------------------------------------------------------------

    def _views_changed(self, change) -> None:
        """Close what the last view was shown of."""
        if change["old"] and not change["new"] and self._retired:
            self._turns.later(self.retire)

    def _met(self) -> None:
        """Use the time from when the panel comes into view until someone presses Play."""
        if not self.runner.compiled:
            self._warn()
            queue.join(self)

    def _follow_eyes(self) -> None:
        """Rest while nobody sees the panel, and go on when somebody does again.

        What counts is what is so now: who leafs on and back may be faster than a frame.
        """
        if self.page.seen is False and self.playing:
            self._rest()
        elif self.page.seen and self._resumes:
            self.play(None if self._left == math.inf else self._left)

    def _rest(self) -> None:
        """Wait until somebody sees the panel."""
        self.pause(_UNSEEN)
        self._resumes = True


def back_button(now: Callable[[Runner], str]) -> Button:
    """Return the button that goes back; ``now`` returns what stands on it, or "" to hide it."""
    tooltip = "go back to before the weights were ruined"
    return Button("Back", "step-backward", tooltip, _pressed_back, now=now)


def _pressed_back(panel: RunningPanel) -> None:
    """Go back; the button is gone then, so the keys belong to the next one to press."""
    panel.go_back()
    panel.buttons["play"].focus()
