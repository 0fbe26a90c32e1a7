"""Panels: controls on one side, a picture of what they do on the other.

There are two kinds. `explore` is a stateless picture of its controls. `live` shows a
network that trains while its controls are turned.
"""

from lessons_lib.panels._controls import Choice, Slider, Switch
from lessons_lib.panels._explore import explore

__all__ = ["Choice", "Slider", "Switch", "explore"]
