"""What scripts/check-programs finds: programs that need more than `make deps` installs."""

from __future__ import annotations

import os
import pathlib
import shutil
import subprocess
import sys

import pytest

from programs import REPOSITORY

STANDARD = "import argparse\nargparse.ArgumentParser().parse_args()\n"
#: Goes on in the virtual environment, as the benchmarks do.
INSIDE = """\
import os, pathlib, sys
venv = pathlib.Path(__file__).resolve().parent / ".venv"
if pathlib.Path(sys.prefix) != venv:
    os.execv(venv / "bin/python", [str(venv / "bin/python"), "-I", __file__, *sys.argv[1:]])
"""


class Project:
    """A small project with the script, one program and its virtual environment."""

    def __init__(self, root: pathlib.Path) -> None:
        self.root = root
        (root / "scripts").mkdir(parents=True)
        shutil.copy(REPOSITORY / "scripts/check-programs", root / "scripts")
        (root / "Tests").mkdir()
        (root / "Tests/requirements.txt").write_text("something==1\n")
        (root / ".gitignore").write_text(".venv/\n")
        subprocess.run(["git", "init", "-q"], cwd=root, check=True)
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", root / ".venv"], check=True)
        (root / ".venv/requirements.installed").write_text("something==1\n")
        self.program(STANDARD)

    def program(self, text: str) -> None:
        path = self.root / "program"
        path.write_text("#!/usr/bin/env python3\n" + text)
        path.chmod(0o755)

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Runs these words where python3 is that of the tests, which has their packages."""
        path = f"{pathlib.Path(sys.executable).parent}:{os.environ['PATH']}"
        environment = {"PATH": path, "PYTHONPATH": os.pathsep.join(sys.path)}
        return subprocess.run(
            words,
            cwd=self.root,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def check(self) -> subprocess.CompletedProcess[str]:
        return self.run("scripts/check-programs")


@pytest.fixture
def project(tmp_path: pathlib.Path) -> Project:
    return Project(tmp_path / "project")


@pytest.mark.parametrize("text", [STANDARD, INSIDE + STANDARD], ids=["system", "inside"])
def test_what_needs_nothing_passes(project: Project, text: str):
    project.program(text)
    answer = project.check()
    assert answer.returncode == 0, answer.stdout
    assert answer.stdout == ""


@pytest.mark.parametrize("before", ["", INSIDE], ids=["system", "inside"])
def test_a_package_that_only_this_machine_has(project: Project, before: str):
    project.program(before + "import pyte\n" + STANDARD)
    if not before:
        assert project.run("./program", "--help").returncode == 0, "it works here"
    answer = project.check()
    assert answer.returncode == 1
    assert answer.stdout.startswith("program --help:\n")
    assert "No module named 'pyte'" in answer.stdout


def test_a_program_that_does_not_know_help(project: Project):
    project.program("print('measuring')\n")
    answer = project.check()
    assert answer.returncode == 1
    assert "program --help:\n" in answer.stdout and "measuring" in answer.stdout


def test_an_environment_that_sees_the_packages_of_the_system(project: Project):
    settings = project.root / ".venv/pyvenv.cfg"
    settings.write_text(settings.read_text().replace("packages = false", "packages = true"))
    answer = project.check()
    assert answer.returncode == 1
    assert "sees the packages of the system" in answer.stdout


def test_an_environment_of_other_requirements(project: Project):
    (project.root / "Tests/requirements.txt").write_text("something==2\n")
    answer = project.check()
    assert answer.returncode == 1
    assert "run `make deps`" in answer.stdout
