"""The class on Kubernetes and the image for it agree with the class on one machine."""

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement

from deploy.hub import settings

REPOSITORY = Path(__file__).parents[2]
VALUES = REPOSITORY / "deploy" / "k8s" / "values.yaml"
DOCKERFILE = (REPOSITORY / "binder" / "Dockerfile").read_text(encoding="utf-8")
IMAGE_COURSE = "/srv/lessons/course"


def values():
    """Return what is set for the chart."""
    return yaml.safe_load(VALUES.read_text(encoding="utf-8"))


def hub_configuration():
    """Return the text of the hub's settings on one machine."""
    return (REPOSITORY / "deploy" / "hub" / "jupyterhub_config.py").read_text(encoding="utf-8")


def image_server():
    """Return the program that a container starts, as a path inside the repository."""
    (entry,) = re.findall(r"^ENTRYPOINT (.*)$", DOCKERFILE, re.MULTILINE)
    return Path(json.loads(entry)[-1]).relative_to(IMAGE_COURSE)


@pytest.fixture
def image(tmp_path):
    """Return a folder with the files of the repository that ``COPY . .`` takes, and no others."""
    lines = (REPOSITORY / ".dockerignore").read_text(encoding="utf-8").splitlines()
    for pattern in [line.removeprefix("!") for line in lines if line.startswith("!")]:
        for path in REPOSITORY.glob(pattern):
            target = tmp_path / path.relative_to(REPOSITORY)
            if path.is_dir():
                left_out = shutil.ignore_patterns("__pycache__")
                shutil.copytree(path, target, symlinks=True, ignore=left_out)
            else:
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(path, target)
    return tmp_path


def test_a_student_may_hold_the_same_everywhere():
    """Memory and processors are those of the hub on one machine."""
    single = values()["singleuser"]
    there = settings.read_settings({})
    assert single["memory"]["limit"] == there.memory
    assert single["cpu"].get("limit", 0) == there.cpus


def test_idle_servers_end_after_the_same_time():
    """An hour here is an hour there."""
    (seconds,) = re.findall(r"--timeout=(\d+)", hub_configuration())
    assert values()["cull"]["timeout"] == int(seconds)


def test_students_log_in_by_the_same_rules():
    """Passwords that are too short for one hub are too short for the other."""
    for rule, value in values()["hub"]["config"]["NativeAuthenticator"].items():
        assert f"c.NativeAuthenticator.{rule} = {value!r}" in hub_configuration()


def test_one_version_of_the_chart():
    """Values, image and instructions were checked with the same one."""
    instructions = (REPOSITORY / "docs" / "HUB.md").read_text(encoding="utf-8")
    texts = VALUES.read_text(encoding="utf-8"), DOCKERFILE, instructions
    found = [set(re.findall(r"(?:chart|--version) (\d+\.\d+\.\d+)", text)) for text in texts]
    assert len(found[0]) == 1
    assert found == [found[0]] * len(texts)


def test_the_instructions_say_what_is_guaranteed():
    """Whoever counts nodes reads the number that Kubernetes counts with."""
    instructions = (REPOSITORY / "docs" / "HUB.md").read_text(encoding="utf-8")
    (megabytes,) = re.findall(r"guaranteed, (\d+) MB a student", instructions)
    assert values()["singleuser"]["memory"]["guarantee"] == f"{megabytes}M"


def test_the_image_has_a_version_of_jupyterhub_that_the_course_knows():
    """The chart decides which one; the course's own settings are written for a range."""
    (version,) = re.findall(r"^ARG JUPYTERHUB=(.*)$", DOCKERFILE, re.MULTILINE)
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = map(Requirement, project["optional-dependencies"]["hub"])
    (hub,) = [line for line in wanted if line.name == "jupyterhub"]
    assert hub.specifier.contains(version)


@pytest.mark.skipif(os.name == "nt", reason="the image is Linux")
def test_the_image_has_what_a_students_server_reads(image):
    """The container's program makes the student's copies and becomes the command it was given."""
    command = [sys.executable, "-c", "import os, sys; print(os.getcwd(), *sys.argv[1:])", "--x=1"]
    home = image / "home"
    done = subprocess.run(
        [sys.executable, str(image / image_server()), *command],
        env={"HOME": str(home), "PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    workspace = home / "workspace"
    assert done.stdout.split()[:2] == [str(workspace), "--x=1"]
    assert (workspace / "01_neuron.ipynb").exists()
    assert (image / "lessons_lib" / "_ground" / "registry.txt").read_text()  # its data files
