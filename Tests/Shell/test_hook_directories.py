"""Where a shell may go (cases 30-41 of docs/shell-cases.md)."""

from __future__ import annotations

import os

import pytest

from hookshell import active, only


def test_enter_leave_and_enter_again(world, start):
    stack = world.stack("a")
    shell = start()
    for _ in range(2):
        shell.cd(stack)
        assert active(shell) == "dev"
        assert shell.exported("ATMOS_IDENTITY") == "dev"
        assert shell.exported("AWS_REGION") == "eu-west-1"
        shell.cd(world.repository)
        assert active(shell) is None
        assert not [n for n in shell.environment() if n.startswith(("AWS_", "ATMOS_", "__ATMOS"))]


def test_everything_is_put_back(world, start, kind):
    stack = world.stack("a", extra={"TF_VAR_stage": "dev", "n": "identity's"})
    world.session("dev")
    mine = {
        "AWS_PROFILE": "mine",
        "AWS_REGION": "",
        "AWS_ACCESS_KEY_ID": "AKIAEXAMPLE",
        "AWS_SECRET_ACCESS_KEY": "it's $secret\\",
        "AWS_SESSION_TOKEN": "a b\nc",
        "AWS_CREDENTIAL_EXPIRATION": "2020-01-01T00:00:00Z",
        "TF_VAR_stage": "my stage",
        "n": "mine",
    }
    shell = start(environment=mine)
    shell.run(
        "set -g UNEXPORTED 1; set -g AWS_DEFAULT_REGION mine"
        if kind == "fish"
        else "AWS_DEFAULT_REGION=mine"
    )
    before = shell.environment()
    shell.cd(stack)
    inside = shell.environment()
    assert inside["AWS_PROFILE"] == "dev" and inside["AWS_DEFAULT_REGION"] == "eu-west-1"
    assert inside["AWS_CREDENTIAL_EXPIRATION"].endswith("Z")
    assert inside["TF_VAR_stage"] == "dev" and inside["n"] == "identity's"
    assert not {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"} & inside.keys()
    assert "secret" not in inside["__ATMOS_AUTH_DIFF"]
    assert "my%20stage" not in inside["__ATMOS_AUTH_DIFF"]
    shell.cd(world.repository)
    after = shell.environment()
    for name in ("PWD", "OLDPWD", "_"):
        before.pop(name, None)
        after.pop(name, None)
    assert after == before
    assert shell.variable("AWS_DEFAULT_REGION") == "mine"
    assert shell.exported("AWS_DEFAULT_REGION") is None


def test_the_nearest_file_counts(world, start):
    outer = world.stack("a", "outer")
    inner = world.stack("a/b/c", "inner")
    shell = start()
    for place, name in (
        (outer, "outer"),
        (outer / "b", "outer"),
        (inner, "inner"),
        (outer, "outer"),
    ):
        shell.cd(place)
        assert active(shell) == name
    (inner / ".atmos-identity").write_text("none\n")
    shell.cd(inner)
    assert active(shell) is None


@pytest.mark.parametrize("depth", [0, 1, 15, 50])
def test_depth(world, start, depth):
    stack = world.stack("a")
    world.session("dev")
    deep = stack.joinpath(*(f"d{n}" for n in range(depth)))
    deep.mkdir(parents=True, exist_ok=True)
    shell = start()
    shell.cd(deep)
    assert active(shell) == "dev"
    shell.run("true")
    shell.cd("/")
    assert active(shell) is None


@pytest.mark.parametrize(
    "name",
    [
        "a b",
        "new\nline",
        "quo'te",
        'dou"ble',
        "$(touch PWNED)",
        "`touch PWNED`",
        "%n%d",
        "-lead",
        "a;b",
        "*?[x]",
        "a\\b",
        "~",
        "#x",
        "!!",
        "{a,b}",
        "(x)",
        "tab\there",
        "\x01\x02",
        "é",
        "a&b|c<d>",
        "$HOME",
        "-o",
        "!",
        "[",
        "]]",
        "%7d",
        "a:b",
        "\\n",
        "trail ",
    ],
)
def test_names_of_directories(world, start, kind, name):
    (world.repository / name).mkdir()
    stack = world.stack(name)
    (stack / "sub").mkdir()
    world.session("dev")
    shell = start(environment={"WHERE": str(stack / "sub")})
    out = shell.run('cd -- "$WHERE"')
    assert active(shell) == "dev"
    out += shell.run("true") + shell.run('cd -- "$WHERE/.."') + shell.run("true")
    assert active(shell) == "dev"
    out += shell.cd(world.repository)
    assert active(shell) is None
    assert "rror" not in out and "not found" not in out
    assert not list(world.root.rglob("PWNED"))


def test_symbolic_links(world, start):
    stack = world.stack("real/a")
    (stack / "deep").mkdir()
    (world.repository / "link").symlink_to(stack / "deep")
    (world.repository / "up").symlink_to(stack)
    shell = start()
    # The logical path counts, as for the shells themselves: nothing lies above `link`.
    shell.cd(world.repository / "link")
    assert active(shell) is None
    shell.run(
        f"cd -P {world.repository}/link"
        if shell.kind != "fish"
        else f"cd (realpath {world.repository}/link)"
    )
    assert active(shell) == "dev"
    # Through a link, the directory is the same one, and so is its grant.
    shell.cd(world.repository / "up")
    assert active(shell) == "dev"


def test_a_directory_that_is_deleted_below_the_shell(world, start):
    gone = world.repository / "gone"
    gone.mkdir()
    stack = world.stack("a")
    shell = start(directory=gone)
    gone.rmdir()
    out = shell.run("true")
    shell.cd(stack)
    assert active(shell) == "dev"
    (stack / ".atmos-identity").unlink()
    stack.rmdir()
    out += shell.run("true")
    assert active(shell) is None
    out += shell.cd(world.repository)
    assert "atmos" not in out.replace("atmos-identity", "")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_parent_that_cannot_be_read(world, start):
    stack = world.stack("locked/a")
    shell = start()
    shell.cd(stack)
    (world.repository / "locked").chmod(0o111)
    shell.run("true")
    assert active(shell) == "dev"


def test_every_way_to_change_directory(world, start, kind):
    stack = world.stack("a")
    other = world.stack("b", "two")
    shell = start(after={"bash": "shopt -s autocd", "zsh": "setopt auto_cd", "fish": ""}[kind])
    ways = {
        "pushd": (f"pushd {stack}", "dev"),
        "popd": ("popd", None),
        "path": (f"{stack}", "dev"),
        "back": ("cd -", None),
        "CDPATH": ("cd a", "dev"),
        "function": ("go", "two"),
        "two": (f"cd {stack}; cd {other}; cd {stack}", "dev"),
        "home": ("cd", None),
    }
    define = f"function go; cd {other}; end" if kind == "fish" else f"go() {{ cd {other}; }}"
    shell.run(define)
    shell.run(
        f"set -g CDPATH {world.repository}" if kind == "fish" else f"CDPATH={world.repository}"
    )
    for way, (line, name) in ways.items():
        shell.run(line)
        assert active(shell) == name, way


@only("bash", "zsh")
def test_subshells_do_not_touch_the_shell(world, start, kind):
    stack = world.stack("a")
    shell = start().proven()
    out = shell.run(f'(cd {stack}; true); x=$(cd {stack}; pwd); echo "<$x>"')
    assert f"<{stack}>" in out
    assert active(shell) is None
    assert out.count("atmos") == out.count("atmos-identity")


@only("zsh")
def test_quiet_cd_is_seen_at_the_prompt(world, start):
    shell = start()
    shell.run(f"cd -q {world.stack('a')}")
    assert active(shell) == "dev"


@only("fish")
def test_fish_substitutions_and_keys(world, start):
    stack = world.stack("a")
    shell = start()
    out = shell.run(f'set x (cd {stack}; pwd); echo "<$x>"')
    assert f"<{stack}>" in out
    # It did move, and the prompt after it knows.
    assert active(shell) == "dev"
    shell.cd(world.repository)
    shell.cd(stack)
    # Alt-Left goes back without a command.
    shell.child.send("\x1b[1;3D")
    shell.settle()
    assert active(shell) is None


#: Lines that go to a directory, DIR, and start a command there, TELL, with nothing in between.
SAME_LINE = {
    "cd": "cd DIR && TELL",
    "list": "cd /; cd DIR; TELL; cd /",
    "pushd": "pushd DIR >/dev/null; TELL; popd >/dev/null",
    "function": "go DIR; TELL",
    "in a function": "there DIR",
    "loop": "for d in DIR; { cd $d && TELL; }",
}


@pytest.mark.parametrize("way", SAME_LINE)
def test_a_command_behind_cd_on_the_same_line(world, start, kind, way):
    stack = world.stack("a")
    file = world.root / "same-line"
    tell = f"command env >{file}"
    line = SAME_LINE[way].replace("DIR", str(stack)).replace("TELL", tell)
    define = f"go() {{ cd $1; }}; there() {{ cd $1 && {tell}; }}"
    if kind == "fish":
        define = f"function go; cd $argv[1]; end; function there; cd $argv[1]; and {tell}; end"
        line = line.replace("{ cd $d", "cd $d").replace("; }", "; end")
    shell = start(after=define)
    shell.run(line)
    assert "AWS_PROFILE=dev" in file.read_text()
    shell.run("cd /")
    assert active(shell) is None
    if way == "pushd":
        return
    # What comes behind the way out is nobody's again.
    shell.cd(stack)
    shell.run(f"cd / && {tell}")
    assert "AWS_PROFILE" not in file.read_text()


@only("bash")
@pytest.mark.parametrize(
    "line",
    [
        "(cd DIR && TELL)",
        "cd DIR | TELL",
        "x=$(cd DIR && TELL)",
        "{ cd DIR && TELL; } | cat",
        "cd DIR && TELL &",
        "command cd DIR && TELL; cd /",
        "builtin cd DIR && TELL; cd /",
        "bash -c 'cd DIR && TELL'",
        "export -f cd; bash -c 'cd DIR && TELL'; unset -f cd",
        "cat < <(cd DIR && TELL)",
    ],
)
def test_what_is_not_followed_on_the_same_line(world, start, line):
    """Subshells have an end of their own, and no prompt."""
    stack = world.stack("a")
    file = world.root / "same-line"
    shell = start().proven()
    line = line.replace("DIR", str(stack)).replace("TELL", f"command env >{file}")
    out = shell.run(line)
    shell.run("wait")
    assert "AWS_PROFILE" not in file.read_text()
    assert "atmos_auth" not in out.replace(line, "")
    assert active(shell) is None


@only("bash")
@pytest.mark.parametrize("when", ["before", "after"])
def test_the_persons_own_functions_for_moving(world, start, when):
    stack = world.stack("a")
    mine = 'cd() { builtin cd "$@" && MINE=$PWD; }; pushd() { builtin pushd "$@"; }'
    shell = start(**{when: mine})
    file = world.root / "same-line"
    shell.run(f"cd {stack}; command env >{file}")
    assert "AWS_PROFILE" not in file.read_text()
    assert shell.get('"$MINE"') == str(stack)
    assert active(shell) == "dev"
    shell.uninstall()
    assert "MINE" in shell.run("declare -f cd")


@only("bash")
def test_moving_by_a_key(world, start):
    stack = world.stack("a")
    file = world.root / "same-line"
    shell = start(after=f"bind -x '\"\\C-g\": cd {stack}; command env >{file}'")
    shell.child.send("\x07")
    shell.settle()
    assert "AWS_PROFILE=dev" in file.read_text()


@only("bash")
@pytest.mark.parametrize("options", ["", "set -u", "set -e", "set -eu -o pipefail", "set -o posix"])
def test_moving_is_as_it_was(world, start, options):
    """What `cd` says and gives back, with and without the hook."""
    (world.repository / "b c").mkdir()
    lines = [
        "cd 'b c'; echo \"$?:$_:$PWD\"",
        "cd .. && echo $_",
        'cd /nowhere || echo "$?:$PWD"',
        'if cd /nowhere/at/all; then :; else echo "$?"; fi',
        "cd -; echo $?; cd - >/dev/null",
        "cd -P . && echo $?",
        "CDPATH=$PWD; cd 'b c'; echo $?; cd ..; CDPATH=",
        "pushd 'b c'; echo $?; dirs; popd; echo \"$?\"",
        "popd || echo $?",
        "cd a b c || echo $?",
        "IFS=/; cd 'b c'; echo \"$?\"; cd ..; IFS=$' \\t\\n'",
        "! true; cd .; echo $?",
    ]
    answers = []
    for install in (0, 1):
        file = world.root / f"said-{install}"
        shell = start(install=install, before=options)
        for line in lines:
            shell.run(f"{{ {line}; }} >>{file} 2>&1")
        answers.append(file.read_text())
    assert answers[0] == answers[1]
    shell.cd(world.stack("a"))
    assert shell.exported("AWS_PROFILE") == "dev", "it was at work"


def test_a_file_that_appears_changes_and_goes(world, start):
    place = world.repository / "a"
    place.mkdir()
    world.grant(place, "dev")
    world.grant(place, "two", append=True)
    shell = start()
    shell.cd(place)
    assert active(shell) is None
    (place / ".atmos-identity").write_text("dev\n")
    shell.run("true")
    assert active(shell) == "dev"
    (place / ".atmos-identity").write_text("two\n")
    shell.run("true")
    assert active(shell) == "two"
    (place / ".atmos-identity").unlink()
    shell.run("true")
    assert active(shell) is None


def test_a_file_that_appears_between(world, start):
    outer = world.stack("a", "outer")
    deep = outer / "b/c"
    deep.mkdir(parents=True)
    shell = start()
    shell.cd(deep)
    assert active(shell) == "outer"
    world.stack("a/b", "inner")
    shell.run("true")
    assert active(shell) == "inner"
    (outer / "b/.atmos-identity").unlink()
    shell.run("true")
    assert active(shell) == "outer"


def test_new_content_with_an_old_time(world, start):
    stack = world.stack("a", "one")
    world.grant(stack, "two", append=True)
    file = stack / ".atmos-identity"
    status = file.stat()
    shell = start()
    shell.cd(stack)
    assert active(shell) == "one"
    file.write_text("two\n")
    os.utime(file, ns=(status.st_atime_ns, status.st_mtime_ns))
    shell.run("true")
    assert active(shell) == "two"


@pytest.mark.parametrize("ceiling", ["{work}/a", "/nowhere:{work}/a", "{work}/a/", "{work}"])
def test_ceiling(world, start, ceiling):
    stack = world.stack("a")
    (stack / "b").mkdir()
    shell = start(environment={"ATMOS_AUTH_CEILING": ceiling.format(work=world.repository)})
    shell.cd(stack / "b")
    is_below = ceiling.startswith("{work}") and "a" not in ceiling.replace("{work}", "")
    assert active(shell) == ("dev" if is_below else None)
    # The walk begins where the shell stands, ceiling or not.
    shell.cd(stack)
    assert active(shell) == "dev"


def test_disabled_by_a_variable(world, start):
    stack = world.stack("a")
    shell = start()
    shell.setenv("AWS_PROFILE", "mine")
    shell.cd(stack)
    assert active(shell) == "dev"
    shell.setenv("ATMOS_AUTH_DISABLE", "1")
    assert active(shell) == "mine"
    assert shell.prompt() == ""
    shell.cd(world.repository)
    shell.cd(stack)
    assert active(shell) == "mine"
    shell.setenv("ATMOS_AUTH_DISABLE", None)
    assert active(shell) == "dev"


def test_without_switching(world, start):
    stack = world.stack("a")
    for switches, name in ((True, "dev"), (False, None)):
        shell = start(options={"switch": switches})
        shell.cd(stack)
        assert active(shell) == name


def test_without_a_prompt(world, start):
    world.session("dev")
    shell = start(options={"prompt": False})
    shell.cd(world.stack("a"))
    assert shell.prompt() == ""
    assert shell.exported("ATMOS_AUTH_PROMPT") == "☁ dev 3h12m"
    assert shell.exported("ATMOS_AUTH_STATE") == "valid"


def test_moving_inside_keeps_what_the_person_changed(world, start):
    stack = world.stack("a")
    (stack / "b").mkdir()
    shell = start()
    shell.cd(stack)
    shell.setenv("AWS_PROFILE", "mine")
    shell.cd(stack / "b")
    assert active(shell) == "mine"
    # A renewal in another terminal changes the expiry alone.
    world.session("dev", 60)
    shell.run("true")
    assert shell.exported("AWS_CREDENTIAL_EXPIRATION") is not None
    assert active(shell) == "mine"
    shell.cd(world.repository)
    assert active(shell) == "mine"
    assert shell.exported("AWS_REGION") is None


def test_from_one_identity_to_another(world, start):
    one = world.stack("one", "one", extra={"ONLY_ONE": "1", "BOTH": "1"})
    two = world.stack("two", "two", extra={"ONLY_TWO": "2", "BOTH": "2"})
    shell = start()
    shell.setenv("BOTH", "0")
    shell.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    for _ in range(2):
        shell.cd(one)
        inside = shell.environment()
        assert (inside["AWS_PROFILE"], inside["BOTH"], inside["ONLY_ONE"]) == ("one", "1", "1")
        assert not {"ONLY_TWO", "AWS_SECRET_ACCESS_KEY"} & inside.keys()
        shell.cd(two)
        inside = shell.environment()
        assert (inside["AWS_PROFILE"], inside["BOTH"], inside["ONLY_TWO"]) == ("two", "2", "2")
        assert not {"ONLY_ONE", "AWS_SECRET_ACCESS_KEY"} & inside.keys()
    shell.cd(world.repository)
    inside = shell.environment()
    assert inside["BOTH"] == "0" and inside["AWS_SECRET_ACCESS_KEY"] == "secret"
    assert not {"ONLY_ONE", "ONLY_TWO", "AWS_PROFILE"} & inside.keys()


def test_a_value_changed_by_hand_between_two_identities(world, start):
    one, two = world.stack("one", "one"), world.stack("two", "two")
    shell = start()
    shell.cd(one)
    shell.setenv("AWS_REGION", "mine-1")
    shell.cd(two)
    assert shell.exported("AWS_REGION") == "eu-west-1"
    shell.cd(world.repository)
    # It was the person's when the second identity came, so it is put back.
    assert shell.exported("AWS_REGION") == "mine-1"
