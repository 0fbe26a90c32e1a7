"""Files that are whole or not there, and names that are still free."""

from __future__ import annotations

import contextlib
import itertools
import os
import secrets
from collections.abc import Iterator
from pathlib import Path


def write_whole(path: Path, content: str | bytes) -> None:
    """Write a file beside its place and move it there: whoever reads it reads all of it.

    A pipe, a device or a link is written into: moved into its place, a file would delete it.

    Parameters
    ----------
    path : Path
        In a folder that exists.
    content : str or bytes
        Text is written in UTF-8, its ends of lines as they are.

    Raises
    ------
    OSError
        When it cannot be written; a file that was there is as it was.
    """
    if path.is_symlink() or (path.exists() and not path.is_file()):
        path.write_bytes(_encoded(content))
        return
    with written_beside(path, content) as file:
        os.replace(file, path)


@contextlib.contextmanager
def written_beside(path: Path, content: str | bytes) -> Iterator[Path]:
    """Give a complete file of this content in the folder of `path`, to be moved there at once.

    It is an ordinary file, which others may read as far as the system lets them (those of
    `tempfile` are for their owner alone); if it is not moved, it goes at the end.
    """
    file = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        with file.open("xb") as opened:
            opened.write(_encoded(content))
        yield file
    finally:
        with contextlib.suppress(OSError):
            file.unlink(missing_ok=True)


def free_name(path: Path, before_count: str = "_") -> Path:
    """Return `path`, or the first of ``name_2``, ``name_3``, ... that nothing has yet.

    A link that leads nowhere has its name.
    """
    counted = (f"{path.stem}{before_count}{n}{path.suffix}" for n in itertools.count(2))
    names = itertools.chain([path.name], counted)
    return next(p for p in map(path.with_name, names) if not os.path.lexists(p))


def _encoded(content: str | bytes) -> bytes:
    return content.encode() if isinstance(content, str) else content
