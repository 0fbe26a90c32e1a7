"""Where the views of a panel draw, and what turns it into what is shown, many times a second.

Views state their pictures on its Axes; what a panel then shows is a PNG.

What costs time in matplotlib is drawing ticks, labels and grids again although they did
not change. The surface draws those once, keeps the pixels, and per frame restores them
and draws only the artists that have changed before ("blitting").

Then pixels become a PNG (Portable Network Graphics Specification, third edition, W3C 2025).
General encoders try five filters on every row to make small files. For charts that go to a
browser on the same machine that costs more time than the drawing; without filters encoding is
two to three times as fast, and flat areas compress as well.
"""

import struct
import zlib
from collections.abc import Callable, Sequence

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.spines import Spine

from lessons_lib.plots import Picture

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_LEVEL = 1  # of zlib; higher levels cost more time than they save on a loopback connection


class Surface:
    """A figure of Axes beside each other, redrawn quickly.

    Parameters
    ----------
    count : int
        How many Axes.
    size : tuple of float
        Width and height in inches.
    dpi : int
        Dots per inch of the PNG.
    widths : sequence of float, optional
        Relative widths of the Axes of one row.
    columns : int, optional
        Axes in a row, from left to right and then downwards; all in one row if not given.
    """

    def __init__(
        self,
        count: int,
        size: tuple[float, float],
        dpi: int,
        widths: Sequence[float] | None = None,
        columns: int | None = None,
    ):
        self.figure = Figure(figsize=size, dpi=dpi, layout="constrained")
        # Room for tick labels that get wider later, when the layout is no longer computed.
        self.figure.get_layout_engine().set(w_pad=0.07)
        self._canvas = FigureCanvasAgg(self.figure)
        grid = {"width_ratios": widths} if widths else {}
        columns = columns or count
        places = self.figure.subplots(-(-count // columns), columns, squeeze=False, **grid)
        self.axes = list(places.flat)[:count]
        for ax in list(places.flat)[count:]:
            ax.remove()
        self._background = None
        self._drawn: set[Artist] = set()  # what the background knows
        self._moving: list[Artist] = []
        self.full_draws = 0

    def draw(
        self, views: Callable[[Sequence[Axes]], list[Picture | None]]
    ) -> tuple[bytes, list[str]]:
        """Let views state their pictures; return what is shown of them, and their sentences.

        Parameters
        ----------
        views : callable
            Takes the Axes, returns the pictures.
        """
        pictures = views(self.axes)
        return self.png(), [getattr(picture, "sentence", "") for picture in pictures]

    def png(self) -> bytes:
        """Draw what changed and return the whole picture as PNG.

        Returns
        -------
        bytes
            The encoded picture.
        """
        if self._background is not None:
            self._find_moving()
        if self._background is None or self.figure.stale:
            self._draw_background()
        self._canvas.restore_region(self._background)
        for artist in self._moving:
            artist.axes.draw_artist(artist)
        self.figure.stale = False
        return encode(np.asarray(self._canvas.buffer_rgba()))

    def _find_moving(self) -> None:
        """Take artists that changed since the last frame out of the background.

        A new artist is drawn into the background first: a legend made anew need not move.
        What lies above a moving artist has to be drawn after it, so it moves too.
        """
        for ax in self.axes:
            candidates = [child for child in ax.get_children() if _is_content(ax, child)]
            changed = [c for c in candidates if c.get_animated() or self._has_changed(c)]
            if not changed:
                continue
            lowest = min(c.get_zorder() for c in changed)
            for child in candidates:
                above = child.get_zorder() > lowest
                if (child in changed or above) and not child.get_animated():
                    child.set_animated(True)
                    self._background = None
        moving = (c for ax in self.axes for c in ax.get_children() if c.get_animated())
        self._moving = sorted(moving, key=lambda artist: artist.get_zorder())

    def _has_changed(self, artist: Artist) -> bool:
        return artist.stale and artist in self._drawn

    def _draw_background(self) -> None:
        self._canvas.draw()
        self._drawn = {child for ax in self.axes for child in ax.get_children()}
        if self.full_draws == 0:
            # Computing the layout again for each picture would double its cost and make
            # the axes jump when a tick label gets wider.
            self.figure.set_layout_engine("none")
        self._background = self._canvas.copy_from_bbox(self.figure.bbox)
        self.full_draws += 1


def _is_content(ax, child: Artist) -> bool:
    """Tell whether ``child`` may move: neither ticks and labels, nor the title, nor the ground.

    The lines around the Axes count as content: an image that moves would cover half of them.
    """
    if isinstance(child, Spine):
        return ax.axison
    return not isinstance(child, Axis) and child not in (ax.patch, ax.title)


def encode(pixels: np.ndarray) -> bytes:
    """Return an image as PNG.

    Parameters
    ----------
    pixels : ndarray of shape (height, width, 3 or 4), uint8
        Red, green, blue; a fourth value is left out.

    Returns
    -------
    bytes
    """
    height, width = pixels.shape[:2]
    rows = np.zeros((height, 1 + 3 * width), dtype=np.uint8)  # each row begins with "no filter"
    rows[:, 1:].reshape(height, width, 3)[:] = pixels[..., :3]
    # 8 bits for each of three colours, deflate, no interlacing
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = zlib.compress(rows, _LEVEL)
    return _SIGNATURE + _chunk(b"IHDR", header) + _chunk(b"IDAT", data) + _chunk(b"IEND", b"")


def _chunk(kind: bytes, data: bytes) -> bytes:
    """Return one part of the file: length, kind, data, checksum."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
