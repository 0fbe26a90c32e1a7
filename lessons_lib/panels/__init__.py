"""Panels: controls on one side, a picture of what they do on the other.

There are two kinds. `explore` is a stateless picture of its controls. `live` shows a
network that trains while its controls are turned; `together` is the same with a few of them side
by side, `map` with hundreds, and `race` with optimizers that walk down a surface in the place of
a network.
"""

from lessons_lib.panels._controls import Choice, Slider, Switch
from lessons_lib.panels._explore import explore
from lessons_lib.panels._grid import Grid
from lessons_lib.panels._labels import Labels
from lessons_lib.panels._live import LivePanel, live
from lessons_lib.panels._map import MapPanel, map
from lessons_lib.panels._race import RacePanel, race
from lessons_lib.panels._tags import Tags
from lessons_lib.panels._together import TogetherPanel, together

__all__ = [
    "Choice",
    "Grid",
    "Labels",
    "LivePanel",
    "MapPanel",
    "RacePanel",
    "Slider",
    "Switch",
    "Tags",
    "TogetherPanel",
    "explore",
    "live",
    "map",
    "race",
    "together",
]
