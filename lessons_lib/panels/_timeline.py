"""The timeline of a panel with a clock: a slider along the steps of its run."""

import ipywidgets as widgets

from lessons_lib.panels._memory import Memory


def timeline_slider(memory: Memory) -> widgets.IntSlider:
    """Return the slider along the steps of the present run."""
    slider = widgets.IntSlider(min=0, max=1, description="step", readout_format=",d")
    slider.tooltip = (
        "go back: all pictures show the network as it was at that step, and Play or a turned knob "
        "lets a new run begin there"
    )
    follow_step(slider, memory)
    return slider.add_class("lessons-timeline")


def follow_step(slider: widgets.IntSlider, memory: Memory) -> None:
    """Let the timeline reach as far as the run, and stand at the step that is shown."""
    last, now = memory.present.step, memory.runner.updates
    # One after the other: a browser that gets both at once holds on to the former end.
    first = memory.present.moments[0].step
    slider.max = max(last, now, slider.value, first + 1)
    slider.value = now
    slider.min, slider.max = first, max(last, now, first + 1)
    slider.disabled = last == first
