"""Each student's own account on the machine, so that nobody reads another's files."""

from __future__ import annotations

import hashlib
import os
import pwd
import re
import subprocess
from pathlib import Path

__all__ = ["PREFIX", "account_name", "closed_folder", "make_account"]

PREFIX = "lesson-"  # a student called root gets no account that is there already
_LONGEST = 32  # characters of a name, for useradd
_DIGITS = 12


def account_name(student: str) -> str:
    """Return the name of a student's account: another one for each student.

    Parameters
    ----------
    student : str
        The name that the student logs in with.

    Returns
    -------
    str
        ``lesson-anna`` for ``anna``. A long or odd name is shortened, and digits behind a ``_``,
        which no other name has, tell it from all others.
    """
    if re.fullmatch(r"[a-z][a-z0-9-]*", student) and len(PREFIX + student) <= _LONGEST:
        return PREFIX + student
    digits = hashlib.sha256(student.encode()).hexdigest()[:_DIGITS]
    readable = re.sub(r"[^a-z0-9]+", "-", student.lower()).strip("-")
    return f"{PREFIX}{readable[: _LONGEST - len(PREFIX) - _DIGITS - 1]}_{digits}"


def make_account(student: str, homes: Path) -> pwd.struct_passwd:
    """Return a student's account, made when it is not there, with a home that only they open.

    A home that is there, as after a move to another machine, keeps its owner.

    Parameters
    ----------
    student : str
        The name that the student logs in with.
    homes : Path
        Folder of all homes.

    Raises
    ------
    RuntimeError
        When the account cannot be made, or is there and belongs to something else.
    """
    name = account_name(student)
    home = homes / name.removeprefix(PREFIX)
    try:
        account = pwd.getpwnam(name)
    except KeyError:
        _add(name, home)
        account = pwd.getpwnam(name)
    if Path(account.pw_dir) != home:
        raise RuntimeError(
            f"The account {name} has its home in {account.pw_dir} and not in {home}: it belongs to "
            f"another hub on this machine. Remove it, or let this student have another name."
        )
    if not home.exists():
        home.mkdir(mode=0o700)
        os.chown(home, account.pw_uid, account.pw_gid)
    return account


def _add(name: str, home: Path) -> None:
    """Make an account; the folder that is its home already says which number it has."""
    command = ["useradd", "--no-create-home", "--home-dir", str(home), "--shell", "/bin/bash"]
    if home.exists():
        command += ["--uid", str(home.stat().st_uid)]
    done = subprocess.run([*command, "--user-group", name], capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(
            f"The account {name} could not be made: {done.stderr.strip() or 'useradd failed'}"
        )


def closed_folder(path: Path) -> Path | None:
    """Return the first folder on the way to a path that students cannot pass, if there is one."""
    path = path.resolve()
    way = [*reversed(path.parents), path]
    return next((folder for folder in way if not folder.stat().st_mode & 0o001), None)
