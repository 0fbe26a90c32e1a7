"""A hub's settings, its students' accounts and their limits, without a hub."""

import os
import types
from pathlib import Path

import pytest

pytest.importorskip("pwd", reason="a hub runs on Linux")

from deploy.hub import accounts, limits, settings


def test_the_settings_have_the_defaults_that_are_documented():
    """Those of the text above the configuration, which a reader looks at first."""
    text = Path(limits.__file__).with_name("jupyterhub_config.py").read_text(encoding="utf-8")
    chosen = settings.read_settings({})
    assert f"``LESSONS_HUB_FOLDER`` (``{chosen.folder}``)" in text
    assert f"``LESSONS_HUB_MEMORY`` (``{chosen.memory}``)" in text
    assert f"``LESSONS_HUB_CPUS`` (``{chosen.cpus:g}``" in text
    assert f"``LESSONS_HUB_LOGIN`` (``{chosen.login}``)" in text
    assert f"``LESSONS_HUB_ADDRESS`` (``{chosen.address}``)" in text
    assert f"``LESSONS_HUB_PORT`` (``{chosen.port}``)" in text
    assert f"``LESSONS_HUB_MORE`` (``{chosen.more}``)" in text


def test_settings_are_read():
    """Names are told from each other as JupyterHub does, in small letters."""
    chosen = settings.read_settings(
        {
            "LESSONS_HUB_LOGIN": "tokens",
            "LESSONS_HUB_TOKENS": "Anna=3f9c, ben=77d0",
            "LESSONS_HUB_INSTRUCTORS": "Lin,Wu",
            "LESSONS_HUB_CPUS": "1.5",
            "LESSONS_HUB_PORT": "9000",
        }
    )
    assert chosen.tokens == {"anna": "3f9c", "ben": "77d0"}
    assert chosen.instructors == {"lin", "wu"}
    assert chosen.cpus == 1.5
    assert (chosen.port, chosen.proxy_port, chosen.hub_port) == (9000, 9001, 9002)


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("MEMORY", "lots", "LESSONS_HUB_MEMORY must be a number with M or G behind it, as in 2G, "),
        ("CPUS", "all", "LESSONS_HUB_CPUS must be a number, as in 2, or 1.5, or 0 for no limit, "),
        ("PORT", "-1", "LESSONS_HUB_PORT must be a number, as in 8000, and is '-1'."),
        ("LOGIN", "none", "LESSONS_HUB_LOGIN must be one of native, tokens, and is 'none'."),
    ],
)
def test_a_setting_that_cannot_be_meant_is_refused(name, value, says):
    """What was expected, and what was received."""
    with pytest.raises(settings.WrongSetting) as refused:
        settings.read_settings({f"LESSONS_HUB_{name}": value})
    assert str(refused.value).startswith(says)


def test_tokens_are_for_this_machine_alone():
    """And what is wrong with one is not written into a log."""
    here = {"LESSONS_HUB_LOGIN": "tokens"}
    with pytest.raises(settings.WrongSetting, match=r"for tests, and is '0\.0\.0\.0'"):
        settings.read_settings({**here, "LESSONS_HUB_ADDRESS": "0.0.0.0"})
    with pytest.raises(settings.WrongSetting) as refused:
        settings.read_settings({**here, "LESSONS_HUB_TOKENS": "anna=3f9c,ben"})
    assert "3f9c" not in str(refused.value).replace("anna=3f9c,ben=77d0", "")


def test_the_proxys_token_is_made_once_and_closed_to_others(tmp_path):
    """Hub and proxy find the same one."""
    chosen = settings.read_settings({"LESSONS_HUB_FOLDER": str(tmp_path / "lessons")})
    chosen.make_folders()
    assert len(chosen.proxy_token()) == 64
    assert chosen.proxy_token() == chosen.proxy_token()
    assert (chosen.own / "proxy_token").stat().st_mode & 0o077 == 0
    assert chosen.own.stat().st_mode & 0o077 == 0


NAMES = [
    *("anna", "root", "postgres", "anna.b", "Anna", "anna-b", "anna_b", "anna b", "林美", "王"),
    *("a@x.edu", "a@y.edu", "1234", "x" * 25, "x" * 26, "x" * 27, "-", "../root", ""),
]


def test_each_student_has_an_account_of_their_own():
    """No two names meet in one, none is that of a program, and Linux takes all of them."""
    made = [accounts.account_name(name) for name in NAMES]
    assert len(set(made)) == len(NAMES)
    assert made[:2] == ["lesson-anna", "lesson-root"]
    for name in made:
        assert name.startswith(accounts.PREFIX)
        assert len(name) <= 32
        assert set(name) <= set("abcdefghijklmnopqrstuvwxyz0123456789-_")
    assert accounts.account_name(made[3].removeprefix(accounts.PREFIX)) != made[3]


def test_an_account_of_another_hub_is_not_used(tmp_path, monkeypatch):
    """Its home would be that of somebody else."""
    entry = types.SimpleNamespace(pw_dir="/srv/other/students/anna")
    monkeypatch.setattr(accounts.pwd, "getpwnam", lambda name: entry)
    with pytest.raises(RuntimeError, match="belongs to another hub on this machine"):
        accounts.make_account("anna", tmp_path)


def test_an_account_keeps_the_number_that_owns_its_home(tmp_path, monkeypatch):
    """Homes that were copied to another machine stay their students'."""
    commands = []
    monkeypatch.setattr(accounts.pwd, "getpwnam", lambda name: {}[name])
    monkeypatch.setattr(
        accounts.subprocess,
        "run",
        lambda command, **_: (
            commands.append(command) or types.SimpleNamespace(returncode=4, stderr="it is taken")
        ),
    )
    (tmp_path / "anna").mkdir()
    for student in ("anna", "ben"):
        with pytest.raises(RuntimeError, match=f"lesson-{student} could not be made: it is taken"):
            accounts.make_account(student, tmp_path)
    with_home, without = commands
    assert with_home[with_home.index("--uid") + 1] == str(tmp_path.stat().st_uid)
    assert "--uid" not in without


def test_a_folder_that_is_closed_to_students_is_named(tmp_path):
    """The first on the way: it is the one to open."""
    inner = tmp_path / "closed" / "open"
    inner.mkdir(parents=True)
    (tmp_path / "closed").chmod(0o700)
    assert accounts.closed_folder(inner) in {tmp_path / "closed", *tmp_path.resolve().parents}
    assert accounts.closed_folder(Path("/")) is None


def text(folder):
    """Return what stands in a folder's files."""
    return {file.name: file.read_text() for file in folder.iterdir() if file.is_file()}


@pytest.fixture
def version_1(tmp_path):
    """The trees of version 1, with the hub in groups of its own."""
    for group in ("memory/box", "cpu"):
        (tmp_path / group).mkdir(parents=True)
    return limits.ControlGroups(tmp_path, "4:memory:/box\n1:cpu,cpuacct:/\n0::/\n")


@pytest.fixture
def version_2(tmp_path):
    """The tree of version 2, with the hub where systemd starts it."""
    (tmp_path / "system.slice" / "lessons-hub.service" / "hub").mkdir(parents=True)
    return limits.ControlGroups(tmp_path, "0::/system.slice/lessons-hub.service/hub\n")


def test_limits_in_version_1(tmp_path, version_1):
    """In both trees, inside the hub's own group."""
    version_1.set("lesson-anna", 2_000_000_000, 1.5)
    memory, cpu = (tmp_path / group / "students" / "lesson-anna" for group in ("memory/box", "cpu"))
    assert text(memory) == {"memory.limit_in_bytes": "2000000000"}
    assert text(cpu) == {"cpu.cfs_period_us": "100000", "cpu.cfs_quota_us": "150000"}
    version_1.set("lesson-anna", None, None)
    assert text(memory) == {"memory.limit_in_bytes": "-1"}
    assert text(cpu)["cpu.cfs_quota_us"] == "-1"


def test_limits_in_version_2(tmp_path, version_2):
    """Beside the hub, in a group that has no process of its own."""
    service = tmp_path / "system.slice" / "lessons-hub.service"
    for group in (service, service / "students"):
        assert text(group) == {"cgroup.subtree_control": "+memory +cpu"}
    version_2.set("lesson-anna", 2_000_000_000, 1.5)
    student = service / "students" / "lesson-anna"
    assert text(student) == {
        "memory.max": "2000000000",
        "memory.swap.max": "0",
        "cpu.max": "150000 100000",
    }
    version_2.set("lesson-anna", None, None)
    assert text(student)["memory.max"] == "max"
    assert text(student)["cpu.max"] == "max 100000"


def test_a_hub_without_a_group_of_its_own_makes_one(tmp_path):
    """As in a container: what shares out may hold no process."""
    (tmp_path / "cgroup.procs").write_text("1\n17\n")
    groups = limits.ControlGroups(tmp_path, "0::/\n")
    assert not groups.unavailable
    assert (tmp_path / "hub" / "cgroup.procs").read_text() == "17"  # each was written in turn
    assert (tmp_path / "students").is_dir()


@pytest.mark.parametrize("version", ["version_1", "version_2"])
def test_a_student_enters_their_group(request, tmp_path, version):
    """By the process that becomes the student's server."""
    groups = request.getfixturevalue(version)
    groups.set("lesson-anna", 10**9, None)
    groups.entrance("lesson-anna")()
    entered = list(tmp_path.rglob("lesson-anna/cgroup.procs"))
    assert len(entered) == {"version_1": 2, "version_2": 1}[version]
    assert {file.read_text() for file in entered} == {"0"}


def test_where_no_group_can_be_made_nothing_is_limited(tmp_path):
    """The hub says why, and students can work."""
    groups = limits.ControlGroups(tmp_path / "none", "0::/\n")
    assert "No such file" in groups.unavailable
    groups.set("lesson-anna", 10**9, 1.0)
    groups.entrance("lesson-anna")()
    assert groups.processes("lesson-anna") == []
    groups.remove("lesson-anna")
    assert os.listdir(tmp_path) == []
