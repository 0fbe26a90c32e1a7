"""A run as a film: an animated GIF of its pictures, for slides and for a message to a friend."""

from __future__ import annotations

import io
import itertools
import math
import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from IPython import display
from matplotlib.font_manager import findfont
from PIL import Image, ImageColor, ImageDraw, ImageFont
from tqdm.auto import tqdm

from lessons_lib._ground.files import write_whole
from lessons_lib._ground.values import shortened
from lessons_lib.panels._memory import Memory
from lessons_lib.panels._runner import Views
from lessons_lib.plots import GREY, PALETTE, Print

MOST_FRAMES = 240
WIDEST = 800  # pixels
_SECONDS = 12.0  # about as long as a film is, but for the last frame
_FRAME = (0.06, 0.25)  # seconds that one stands, at least and at most
_LAST = 2.5  # seconds that the last one stands
_COLORS = 120  # of all frames, beside those that lines have
_SAMPLES = 12  # frames of which these colours are taken
_PAPER, _INK = "#FFFFFF", "#222222"  # as in print
_LETTER = 12  # pixels
_MARGIN = 8  # pixels around the line below the pictures
_SHOWN = 5e6  # bytes: a larger film would make a notebook slow


def film(memory: Memory, views: Views, path: Path, every: int) -> display.Image | None:
    """Write the present run as a film, and return it to be shown where it is small enough.

    Parameters
    ----------
    memory : Memory
        Of the run; it stands afterwards where it stood.
    views : Views
        What is drawn.
    path : Path
        As `film_path` returns it.
    every : int
        Steps between two frames, more of them in a long run.
    """
    first, last = memory.present.moments[0].step, memory.present.step
    apart = max(every, math.ceil((last - first) / (MOST_FRAMES - 1)))
    steps = [*range(first, last, apart), last]
    count, size, dpi, widths, columns = views.arrangement
    paper = Print(count, size, min(dpi, WIDEST / size[0]), widths, columns)
    # The last one first: the places of the pictures, which stay, suit all that is seen in the end.
    order = tqdm([*steps[-1:], *steps[:-1]], desc=path.name, unit=" frames", leave=False)
    with memory.kept_place(), order:
        last_frame, *frames = (_frame(memory, views, paper, step) for step in order)
    frames.append(last_frame)
    seconds = min(max(_SECONDS / len(frames), _FRAME[0]), _FRAME[1])
    content = _gif(frames, seconds)
    write_whole(path, content)
    why = f", since a film has {MOST_FRAMES} frames at most" if apart > every else ""
    print(
        f"{path}: steps {first:,} to {last:,} in {len(frames)} frames, one every {apart} steps"
        f"{why}; {seconds * (len(frames) - 1) + _LAST:.0f} seconds, {len(content) / 1e6:.1f} MB."
    )
    return display.Image(content, format="gif") if len(content) <= _SHOWN else None


def film_path(path: str | os.PathLike) -> Path:
    """Return where a film is written, checked.

    Raises
    ------
    TypeError, ValueError
        If that is no file name of a GIF, or there is no such folder.
    """
    wanted = 'A film is written as a GIF, such as panel.film("spiral.gif")'
    if not isinstance(path, str | os.PathLike):
        raise TypeError(f"{wanted}; received {shortened(path)} as its name.")
    given, path = os.fspath(path), Path(path)
    if path.suffix.lower() != ".gif":
        raise ValueError(f"{wanted}; received {shortened(given)}, whose name has to end in .gif.")
    if path.is_dir():
        raise ValueError(f"{wanted}; received {shortened(given)}, which is a folder.")
    if not path.parent.is_dir():
        raise ValueError(
            f"There is no folder {str(path.parent)!r} to write {path.name} into. Make it first, "
            "or give another one."
        )
    return path


# --- one frame --------------------------------------------------------------------------------


def _frame(memory: Memory, views: Views, paper: Print, step: int) -> bytes:
    """Return the pictures at a step as a PNG, with a line on them below."""
    memory.rewind(step)
    scenes = views.arrangement.scenes()
    sentences = [picture.sentence for picture in views.draw(scenes)]
    captioned = _with_line(_decoded(paper.png(scenes)), f"Step {step:,}", sentences)
    file = io.BytesIO()
    captioned.save(file, "PNG", compress_level=1)
    return file.getvalue()


def _with_line(pictures: Image.Image, step: str, sentences: Sequence[str]) -> Image.Image:
    """Write the step below the pictures, and as many whole sentences as have room beside it.

    The step is left to the sentences where they say it.
    """
    font = ImageFont.truetype(findfont("DejaVu Sans"), _LETTER)

    def fitted(said: Sequence[str]) -> str:
        lines = itertools.accumulate(said, lambda line, sentence: f"{line} {sentence}")
        room = pictures.width - 2 * _MARGIN
        return [f"{step}.", *(line for line in lines if font.getlength(line) <= room)][-1]

    said = [*filter(None, sentences)]
    line = fitted(said)
    if step not in line:
        line = fitted([f"{step}.", *said])
    size = pictures.width, pictures.height + _LETTER + 2 * _MARGIN
    frame = Image.new("RGB", size, _PAPER)
    frame.paste(pictures)
    place = _MARGIN, pictures.height + _MARGIN // 2
    ImageDraw.Draw(frame).text(place, line, _INK, font)
    return frame


# --- all of them ------------------------------------------------------------------------------


def _gif(frames: Sequence[bytes], seconds: float) -> bytes:
    """Return frames as a GIF that goes on and on; all have the same colours."""
    colors = _colors([_decoded(frame) for frame in (*frames[:: _apart(frames)], frames[-1])])
    first, *others = (
        _decoded(frame).quantize(palette=colors, dither=Image.Dither.NONE) for frame in frames
    )
    times = [round(1000 * seconds)] * len(others) + [round(1000 * _LAST)]
    file = io.BytesIO()
    # Optimized, a frame holds only what is not as in the one before: less than half of the bytes.
    first.save(
        file, "GIF", save_all=True, append_images=others, duration=times, loop=0, optimize=True
    )
    return file.getvalue()


def _colors(samples: Sequence[Image.Image]) -> Image.Image:
    """Return an image whose palette suits all samples, and has paper and lines as they are."""
    together = np.concatenate([np.asarray(sample) for sample in samples])
    colors = Image.fromarray(together).quantize(_COLORS, Image.Quantize.MEDIANCUT)
    palette = np.reshape(colors.getpalette(), (-1, 3))
    palette[palette.min(axis=1) > 247] = 255  # Pillow tells no finer difference
    own = [ImageColor.getrgb(color) for color in (*PALETTE, GREY) if color.startswith("#")]
    colors.putpalette(np.concatenate([palette, own]).ravel().tolist())
    return colors


def _apart(frames: Sequence[bytes]) -> int:
    """Return how far apart those frames are whose colours all others have."""
    return -(-len(frames) // _SAMPLES)


def _decoded(frame: bytes) -> Image.Image:
    return Image.open(io.BytesIO(frame)).convert("RGB")
