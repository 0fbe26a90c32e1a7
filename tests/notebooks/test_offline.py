"""The lessons hold on the stand-in data: printed comparisons are the same without a network."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]
SANITIZE = REPOSITORY / "tests" / "notebooks" / "sanitize.cfg"
FETCHING = [
    path
    for path in sorted((REPOSITORY / "notebooks").glob("[0-9]*.ipynb"))
    if "datasets.fetch_" in path.read_text(encoding="utf-8")
]
NOWHERE = "http://127.0.0.1:9"  # the discard port: nothing answers


@pytest.mark.parametrize("path", FETCHING, ids=lambda path: path.stem)
def test_lesson_holds_without_data_and_network(path, tmp_path):
    """Strict comparison passes with an empty data folder and no way out; nothing is downloaded."""
    environment = os.environ | {
        "LESSONS_DATA_DIR": str(tmp_path),
        "http_proxy": NOWHERE,
        "https_proxy": NOWHERE,
        "HTTPS_PROXY": NOWHERE,
        "no_proxy": "",
    }
    options = ["-q", "--nbval", f"--nbval-sanitize-with={SANITIZE}", "-p", "no:cacheprovider"]
    command = [sys.executable, "-m", "pytest", *options, str(path)]
    result = subprocess.run(
        command, cwd=REPOSITORY, env=environment, capture_output=True, text=True
    )
    assert result.returncode == 0, result.stdout[-4000:]
    assert not list(tmp_path.iterdir())
