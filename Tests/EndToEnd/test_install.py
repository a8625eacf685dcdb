"""`make install` without the build: what lies where, and that shells find it there."""

from __future__ import annotations

import os
import pathlib
import shutil
import subprocess

import pytest

from programs import REPOSITORY, tool

#: Stands for the program: prints the scripts with its own path, and completes.
PROGRAM = f"""#!/bin/sh
case $1 in
  completion) sed "s|@ATMOS_AUTH@|$0|" '{REPOSITORY}/shell/completion.'"$2" ;;
  __complete) echo whoami ;;
esac
"""


@pytest.fixture
def installed(tmp_path: pathlib.Path):
    """Installs below a prefix with a blank in its name; gives the prefix and what was said."""
    source = tmp_path / "source"
    built = source / "built"
    built.mkdir(parents=True)
    for name in ("atmos-auth", "atmos-auth-hook"):
        (built / name).write_text(PROGRAM)
        (built / name).chmod(0o755)
    (source / "scripts").mkdir()
    shutil.copy(REPOSITORY / "scripts/install", source / "scripts/install")
    (source / "scripts/build-release").write_text(f"#!/bin/sh\necho '{built}'\n")
    (source / "scripts/build-release").chmod(0o755)
    for name in ("README.md", "LICENSE"):
        (source / name).write_text("")
    prefix = tmp_path / "a prefix"
    said = subprocess.run(
        [tool("bash"), str(source / "scripts/install"), str(prefix)],
        text=True,
        check=True,
        capture_output=True,
        env={"PATH": os.environ["PATH"], "HOME": str(tmp_path)},
    ).stdout
    return prefix, said


def ask(home: pathlib.Path, *command: str, **more: str) -> str:
    """What a shell without anybody's start-up files prints."""
    environment = {"PATH": os.environ["PATH"], "HOME": str(home), "TERM": "dumb"} | more
    return subprocess.run(
        command, text=True, check=True, capture_output=True, env=environment
    ).stdout


def test_fish_finds_it_in_the_prefix(installed, tmp_path: pathlib.Path):
    prefix, _ = installed
    line = 'complete --do-complete "$argv[1]"'
    shown = ask(
        tmp_path,
        tool("fish"),
        "-c",
        line,
        "atmos-auth who",
        XDG_DATA_DIRS=f"{prefix}/share",
        PATH=f"{prefix}/bin:{os.environ['PATH']}",
    )
    assert shown.split() == ["whoami"]


def test_bash_loads_the_file_of_that_name(installed, tmp_path: pathlib.Path):
    prefix, _ = installed
    script = (
        f". '{prefix}/share/bash-completion/completions/atmos-auth'; complete -p atmos-auth; "
        "COMP_LINE='atmos-auth who'; COMP_POINT=14; __atmos_auth_complete atmos-auth who; "
        'echo "$COMPREPLY"'
    )
    shown = ask(tmp_path, tool("bash"), "-c", script)
    assert shown.splitlines() == ["complete -F __atmos_auth_complete atmos-auth", "whoami"]


def test_zsh_is_told_of_a_prefix_where_it_does_not_look(installed, tmp_path: pathlib.Path):
    prefix, said = installed
    line = f"fpath+=('{prefix}/share/zsh/site-functions')"
    assert line in said
    shown = ask(
        tmp_path,
        tool("zsh"),
        "-fc",
        f"{line}; autoload -Uz compinit; compinit -u -D; print -r -- $_comps[atmos-auth]",
    )
    assert shown.strip() == "_atmos-auth"
