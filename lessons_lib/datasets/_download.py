"""Where data files live, and how one gets there whole and unchanged or not at all."""

from __future__ import annotations

import contextlib
import logging
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from lessons_lib._ground import folders
from lessons_lib._ground.registry import Source, registry_file, sources

TIMEOUT = (10, 10)  # seconds to connect, and between two pieces of the answer
SCRATCH_PREFIX = ".download-"
STALE = 3600  # seconds after which a killed process's scratch folder may be swept away


def data_home() -> Path:
    """Return the folder of the downloaded data files; it need not exist yet.

    The environment variable ``LESSONS_DATA_DIR`` names it; without that it is the repository's
    ``data`` folder, or, for a library installed without its repository, the user's cache.

    Returns
    -------
    pathlib.Path
    """
    folder = folders.data()
    if folders.chosen(folders.DATA) or folder == registry_file().parent:
        return folder
    return folders.cache()


def obtain(filename: str) -> tuple[Path | None, list[str]]:
    """Find the file in `data_home`, or download it; verified in either case.

    Parameters
    ----------
    filename : str
        A name in the registry.

    Returns
    -------
    path : pathlib.Path or None
        The verified file, or None where there is none to be had.
    remarks : list of str
        What went wrong on the way, as parts of sentences without a full stop.
    """
    import pooch

    try:
        source = sources()[filename]
    except (OSError, ValueError, KeyError):
        return None, ["registry.txt, the course's list of data files, is missing or damaged"]
    path = data_home() / filename
    remarks = []
    try:
        if path.exists():
            if pooch.file_hash(str(path)) == source.sha256:
                return path, remarks
            path.unlink()
            remarks.append(
                f"the copy of {filename} in the data folder was damaged (its SHA-256 is not the "
                "published one) and has been deleted"
            )
        _download(source, path)
    except (OSError, ValueError) as problem:
        remarks.append(_explain(problem, source))
        return None, remarks
    return path, remarks


def _download(source: Source, path: Path) -> None:
    """Put the file at `path` if it arrives whole and has the right SHA-256; leave nothing else."""
    import pooch

    path.parent.mkdir(parents=True, exist_ok=True)
    _sweep(path.parent)
    # In the same folder, so that the last step is a rename, which happens wholly or not at all.
    with (
        tempfile.TemporaryDirectory(prefix=SCRATCH_PREFIX, dir=path.parent) as scratch,
        _quiet(pooch.get_logger()),
    ):
        arrived = pooch.retrieve(
            source.url,
            known_hash=f"sha256:{source.sha256}",
            fname=path.name,
            path=scratch,
            # pooch's own pieces of 1 kB make eleven megabytes slow.
            downloader=pooch.HTTPDownloader(timeout=TIMEOUT, chunk_size=1 << 16),
        )
        # pooch writes for the owner alone; a data folder may be shared by a whole class.
        os.chmod(arrived, 0o644)
        os.replace(arrived, path)


def _sweep(folder: Path) -> None:
    """Remove what a killed process left behind; a download that still runs is younger."""
    for scratch in folder.glob(f"{SCRATCH_PREFIX}*"):
        with contextlib.suppress(OSError):
            if time.time() - scratch.stat().st_mtime > STALE:
                shutil.rmtree(scratch)


@contextlib.contextmanager
def _quiet(logger: logging.Logger) -> Iterator[None]:
    """Keep a logger from writing to stderr, which a notebook shows in red."""
    before = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        logger.setLevel(before)


def _explain(problem: Exception, source: Source) -> str:
    """Say in a part of a sentence why there is no file; names the host, never a local path."""
    from requests import exceptions

    host = urlsplit(source.url).hostname
    if isinstance(problem, exceptions.Timeout):
        return f"{host} gave no answer within {TIMEOUT[1]:g} s"
    if isinstance(problem, exceptions.HTTPError):
        return f"{host} answered with status {problem.response.status_code}"
    if isinstance(problem, exceptions.ChunkedEncodingError):
        return f"the download from {host} broke off, and the incomplete file was deleted"
    if isinstance(problem, exceptions.SSLError):
        return f"no secure connection to {host} could be made"
    if isinstance(problem, exceptions.ConnectionError):
        # requests reports a time-out in the middle of a file as a ConnectionError.
        if "timed out" in str(problem) and "Max retries" not in str(problem):
            return (
                f"the download from {host} stood still for {TIMEOUT[1]:g} s, and the incomplete "
                "file was deleted"
            )
        return f"{host} could not be reached"
    if isinstance(problem, exceptions.RequestException):
        return f"the download from {host} failed ({type(problem).__name__})"
    if isinstance(problem, OSError):
        return f"the data folder cannot be used ({problem.strerror or type(problem).__name__})"
    return (
        f"the file that {host} sent was incomplete or had been altered (its SHA-256 is not the "
        "published one) and has been deleted"
    )
