"""The panel's part that lives in the browser: it tells what only the page knows."""

from pathlib import Path

import anywidget
import traitlets


class Page(anywidget.AnyWidget):
    """An invisible part of a panel, at work in each place where the panel is shown.

    It gives sliders and picture the names that screen readers read and that ipywidgets leaves
    out, and notices when the slide with the panel is left.

    Attributes
    ----------
    on_stage : bool
        False while slides are presented and the panel is on none that is shown.
    """

    _esm = Path(__file__).with_name("_page.js")
    on_stage = traitlets.Bool(True).tag(sync=True)
