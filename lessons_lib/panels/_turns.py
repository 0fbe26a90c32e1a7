"""From a turned control to the trainer, and from the trainer back to the control."""

import ipywidgets as widgets


class Turns:
    """What the learner has turned and the trainer does not know yet.

    An observer may run on another thread, in the middle of a frame. So it only notes a value
    here; the panel sets all of them between two frames.

    Parameters
    ----------
    trainer : lessons_lib.live.LiveTrainer
        What is turned.
    controls : dict of str to ipywidgets.Widget
        Controls by the trainer's attribute.

    Attributes
    ----------
    message : str
        What the last `set` has to tell: what was built anew, or why a value was refused.
    """

    def __init__(self, trainer, controls: dict[str, widgets.Widget]):
        self._trainer, self._controls = trainer, dict(controls)
        self._known = {name: getattr(trainer, name) for name in controls}
        self._noted: dict[str, object] = {}
        self.message = ""

    def note(self, name: str, value) -> None:
        """Keep a value until the next `set`; of several for one knob the last counts."""
        self._noted[name] = value

    def set(self) -> bool:
        """Give the trainer what was noted; tell whether anything has changed."""
        noted, self._noted = self._noted, {}
        changed = {name: value for name, value in noted.items() if value != self._known[name]}
        for name, value in changed.items():
            before, self.message = self._trainer.notice, ""
            try:
                setattr(self._trainer, name, value)
            except ValueError as error:
                self.message = str(error)
                self._known[name] = value  # so that `follow` takes the control back
            else:
                self._known[name] = getattr(self._trainer, name)
                if self._trainer.notice != before:
                    self.message = self._trainer.notice
        return bool(changed)

    def follow(self) -> None:
        """Let the controls show what code has set in the trainer, or what the trainer refused."""
        for name, known in self._known.items():
            value = getattr(self._trainer, name)
            # A control that was turned again in the meantime is right; the trainer is late.
            if value != known and name not in self._noted:
                self._known[name] = value
                _show(self._controls[name], value)


def _show(control: widgets.Widget, value) -> None:
    """Let a control show a value, also one that it does not offer yet."""
    if isinstance(control, widgets.IntSlider):
        control.min, control.max = min(control.min, value), max(control.max, value)
    elif value not in (values := [pair[1] for pair in _pairs(control)]):
        pairs = [*_pairs(control), (format(value, "" if isinstance(value, str) else "g"), value)]
        ordered = all(isinstance(v, int | float) for v in values)
        control.options = sorted(pairs, key=lambda pair: pair[1]) if ordered else pairs
    control.value = value


def _pairs(control: widgets.Widget) -> list[tuple]:
    """Return what a control offers as (words, value)."""
    return [o if isinstance(o, tuple) else (str(o), o) for o in control.options]
