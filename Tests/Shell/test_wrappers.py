"""Functions of wrapped programs, in real shells around a stub that notes what it got."""

from __future__ import annotations

import json
import pathlib
import re

import pytest

from hookshell import Shell, only, quote
from world import World

#: The program that is wrapped: it notes its arguments, some of its environment, and where it is.
TOOL = """\
#!/usr/bin/env python3
import json, os, signal, sys, time
with open(os.environ["NOTES"], "a") as notes:
    notes.write(json.dumps({
        "argv": [a.encode("utf-8", "surrogateescape").hex() for a in sys.argv[1:]],
        "by": os.environ.get("BY", ""), "cwd": os.getcwd(),
        "variable": os.environ.get("V", ""), "pid": os.getpid(),
    }) + "\\n")
if "sleep" in sys.argv:
    # Python's own handler does not wake a sleep that begins just after the signal.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    print("sleeping", flush=True)
    time.sleep(60)
if "read" in sys.argv:
    sys.stdout.write(sys.stdin.read().upper())
sys.exit(int(os.environ.get("STATUS", "0")))
"""

#: The program in the place of atmos-auth: as `exec` does, it becomes the program it is told to run.
MAIN = """\
if [ "$1" = exec ]; then
  [ "$2 $3" = "--wrapper --" ] || exit 99
  shift 3
  export BY=atmos-auth
  name=$1
  shift
  exec "$TOOLS/$name" "$@"
fi
exit 0
"""


@pytest.fixture
def tools(world: World) -> pathlib.Path:
    directory = world.root / "tools"
    directory.mkdir()
    for name in ("terraform", "tofu"):
        (directory / name).write_text(TOOL)
        (directory / name).chmod(0o755)
    world.main(MAIN)
    path = world.variables()["PATH"]
    world.environment |= {
        "PATH": f"{directory}:{path}",
        "TOOLS": str(directory),
        "NOTES": str(world.root / "notes"),
    }
    return directory


@pytest.fixture
def wrapped(start, tools):
    """Starts a shell in which terraform and tofu are wrapped."""
    return lambda **options: start(options={"wraps": "terraform tofu"}, **options)


def notes(world: World) -> list[dict]:
    path = world.root / "notes"
    lines = path.read_text().splitlines() if path.exists() else []
    result = [json.loads(line) for line in lines]
    for note in result:
        note["argv"] = [bytes.fromhex(word).decode() for word in note["argv"]]
    return result


def last(world: World) -> dict:
    return notes(world)[-1]


def set_variable(shell: Shell, name: str, value: str) -> str:
    """The front of a line that sets a variable for one command."""
    return f"{name}={quote(value, shell.kind)} "


def test_it_runs_by_way_of_us_and_gets_each_argument_as_it_was(world, wrapped):
    shell = wrapped()
    words = ["plan", "a b", "it's", '"', "$(touch x)", "*", "-var", "x=\\n", "", "ä~"]
    shell.run("terraform " + " ".join(quote(word, shell.kind) for word in words))
    assert last(world)["argv"] == words
    assert last(world)["by"] == "atmos-auth"
    assert last(world)["cwd"] == str(world.repository)


def test_arguments_with_line_breaks_stay(world, wrapped, kind):
    shell = wrapped()
    text = {"fish": "'a'\\n'b'"}.get(kind, "$'a\\nb'")
    shell.run(f"terraform plan {text}")
    assert last(world)["argv"] == ["plan", "a\nb"]


def test_without_arguments(world, wrapped, kind):
    shell = wrapped(after="" if kind == "fish" else "set -u\n")
    shell.run("terraform")
    assert last(world)["argv"] == []


@pytest.mark.parametrize("status", [0, 1, 2, 77, 130])
def test_the_status_is_the_programs(world, wrapped, kind, status):
    shell = wrapped()
    shell.run(set_variable(shell, "STATUS", str(status)) + "terraform plan")
    shell.run(set_variable(shell, "STATUS", str(status)) + "terraform plan")
    name = "status" if kind == "fish" else "?"
    answer = shell.run(
        set_variable(shell, "STATUS", str(status)) + f"terraform plan; echo got-${name}."
    )
    assert f"got-{status}." in answer


def test_command_goes_around_it(world, wrapped):
    shell = wrapped()
    shell.run("command terraform plan")
    assert last(world)["by"] == ""
    shell.run("terraform plan")
    assert last(world)["by"] == "atmos-auth"


def test_a_variable_for_one_command(world, wrapped):
    shell = wrapped()
    shell.run(set_variable(shell, "V", "once") + "terraform plan")
    assert last(world)["variable"] == "once"
    shell.run("terraform plan")
    assert last(world)["variable"] == ""


def test_pipes_and_negation(world, wrapped, kind):
    shell = wrapped()
    assert "ABC" in shell.run("echo abc | terraform read | cat")
    assert last(world)["by"] == "atmos-auth"
    negation = {"fish": "not terraform plan"}.get(kind, "! terraform plan")
    name = "status" if kind == "fish" else "?"
    assert "got-1." in shell.run(f"{negation}; echo got-${name}.")
    statuses = {"bash": "${PIPESTATUS[0]}", "zsh": "${pipestatus[1]}", "fish": "$pipestatus[1]"}
    line = f"terraform plan | cat; echo got-{statuses[kind]}."
    setting = "set -lx STATUS 3" if kind == "fish" else "export STATUS=3"
    line = f"{setting}; {line}"
    assert "got-3." in shell.run(line)


def test_an_alias_leads_to_it(world, wrapped):
    shell = wrapped()
    shell.run("alias tf='terraform -chdir=prod'")
    shell.run("tf apply")
    assert last(world)["argv"] == ["-chdir=prod", "apply"]
    assert last(world)["by"] == "atmos-auth"


@only("bash", "zsh")
def test_an_alias_of_its_own_name_leads_to_it(world, wrapped):
    shell = wrapped(before="alias terraform='terraform -chdir=prod'\n")
    shell.run("terraform apply")
    assert last(world)["argv"] == ["-chdir=prod", "apply"]
    assert last(world)["by"] == "atmos-auth"


def function(kind: str, name: str, body: str) -> str:
    if kind == "fish":
        return f"function {name}; {body}; end\n"
    return f"function {name} {{ {body}; }}\n"


def test_a_function_that_the_person_has_stays(world, wrapped, kind):
    mine = function(kind, "terraform", "echo mine")
    shell = wrapped(before=mine)
    assert "mine" in shell.run("terraform plan")
    assert notes(world) == []
    shell.run("tofu plan")
    assert last(world)["by"] == "atmos-auth"
    shell.uninstall()
    assert "mine" in shell.run("terraform plan")


def test_a_function_that_the_person_makes_later_stays_as_well(world, wrapped, kind):
    shell = wrapped()
    shell.run(function(kind, "terraform", "echo mine").strip())
    shell.run(shell.install_line().strip())
    assert "mine" in shell.run("terraform plan")
    shell.uninstall()
    assert "mine" in shell.run("terraform plan")
    assert notes(world) == []


def test_uninstalling_takes_them_away(world, wrapped):
    shell = wrapped()
    shell.uninstall()
    shell.run("terraform plan")
    assert last(world)["by"] == ""
    assert last(world)["argv"] == ["plan"]


def test_the_hook_again_with_another_list(world, wrapped, kind):
    shell = wrapped()
    hook = world.root / f"hook.{kind}"
    text = hook.read_text()
    assert text.count("terraform tofu") == 1
    hook.write_text(text.replace("terraform tofu", "tofu"))
    shell.run(shell.install_line().strip())
    shell.run("terraform plan")
    assert last(world)["by"] == ""
    shell.run("tofu plan")
    assert last(world)["by"] == "atmos-auth"


def test_time_measures_it(world, wrapped, kind):
    shell = wrapped()
    shell.run("alias tf=terraform")
    for line in ("time terraform plan", "time tf plan"):
        shown = shell.run(line)
        said = {"bash": r"real\s+0m", "zsh": r"terraform .* cpu .* total", "fish": "Executed in"}
        assert len(re.findall(said[kind], shown)) == 1, shown
        assert last(world)["by"] == "atmos-auth"


@only("zsh")
def test_zsh_measures_once_and_only_when_asked(world, wrapped):
    shell = wrapped()
    assert " total" not in shell.run("terraform plan")
    assert " total" not in shell.run("echo time; terraform plan")
    # Here zsh itself measures both.
    assert shell.run("time terraform plan | cat").count(" total") == 2
    assert re.search(r"took \d", shell.run("TIMEFMT='took %E'; time terraform plan"))


def test_it_can_be_stopped_and_goes_on(world, wrapped, kind):
    shell = wrapped()
    shell.child.sendline("terraform sleep")
    shell.child.expect_exact(b"sleeping\r\n")
    shell.child.send("\x1a")
    shell.settle()
    pid = last(world)["pid"]
    assert pathlib.Path(f"/proc/{pid}/stat").read_text().split()[2] == "T"
    # zsh has no text for a function that was stopped.
    assert re.search("terraform|suspended", shell.run("jobs"))
    shell.child.sendline("fg")
    while pathlib.Path(f"/proc/{pid}/stat").read_text().split()[2] == "T":
        shell.more()
    shell.child.send("\x03")
    shell.settle()
    assert not pathlib.Path(f"/proc/{pid}").exists()
    assert not re.search("sleep|suspended", shell.run("jobs"))


def test_in_the_background(world, wrapped, kind):
    shell = wrapped()
    shell.run("terraform plan &")
    shell.run("wait")
    assert last(world)["by"] == "atmos-auth"


@only("bash")
def test_completion_of_the_program_works(world, wrapped):
    shell = wrapped(after="complete -W 'apply destroy' terraform\n")
    shell.child.send("terraform app\t")
    shell.child.expect_exact(b"terraform apply ")
    shell.child.sendline("")
    shell.settle()
    assert last(world)["argv"] == ["apply"]


@only("zsh")
def test_completion_of_the_program_works_in_zsh(world, wrapped):
    shell = wrapped(
        before="autoload -Uz compinit; compinit -u -D\n_t() { compadd apply destroy }\n"
        "compdef _t terraform\n"
    )
    shell.child.send("terraform app\t")
    shell.child.expect_exact(b"terraform apply")
    shell.child.sendline("")
    shell.settle()
    assert last(world)["argv"] == ["apply"]


@only("fish")
def test_completion_of_the_program_works_in_fish(world, wrapped):
    shell = wrapped(after="complete -c terraform -f -a 'apply destroy'\n")
    assert "apply" in shell.run("complete -C 'terraform app'").replace("terraform app", "")


@only("bash")
def test_functions_do_not_leak_into_children(world, wrapped):
    shell = wrapped(before="set -a\n")
    shell.run("bash -c 'terraform plan'")
    assert last(world)["by"] == ""


@only("bash")
def test_names_that_posix_mode_does_not_allow(world, start, tools):
    shell = start(options={"wraps": "a-b terraform"}, before="set -o posix\n")
    shell.run("terraform plan")
    assert last(world)["by"] == "atmos-auth"


@only("zsh")
@pytest.mark.parametrize("option", ["ksh_arrays", "sh_word_split", "glob_subst", "err_return"])
def test_options_of_zsh(world, wrapped, option):
    shell = wrapped(after=f"setopt {option}\n")
    shell.run("terraform plan 'a  b' '*'")
    assert last(world)["argv"] == ["plan", "a  b", "*"]


@only("bash", "zsh")
@pytest.mark.parametrize("command", ["terraform", "atmos-auth exec --wrapper -- terraform"])
def test_a_sourced_script_ends_where_the_program_fails(world, wrapped, command):
    shell = wrapped()
    script = world.write("script", f"set -e\nSTATUS=3 {command} plan\n{command} apply\n")
    assert "got-3." in shell.run(f"( . {script} ); echo got-$?.")
    assert [note["argv"] for note in notes(world)] == [["plan"]]
    assert "got-0." in shell.run(f"( set -e; STATUS=3 {command} plan || true ); echo got-$?.")
    setting = "setopt err_return" if shell.kind == "zsh" else "set -e"
    script.write_text(f"f() {{ STATUS=4 {command} plan; echo went-on; }}\n{setting}\nf\n")
    assert "went-on" not in shell.run(f"( . {script} )")


@only("bash", "zsh")
@pytest.mark.parametrize("command", ["terraform", "atmos-auth exec --wrapper -- terraform"])
def test_a_failure_is_trapped_once(world, wrapped, command):
    shell = wrapped()
    answer = shell.run(f"( trap 'echo failed-$?.' ERR; STATUS=3 {command} plan )")
    assert answer.count("failed-3.") == 1, answer


def test_without_a_list_there_are_no_functions(world, start, tools):
    shell = start()
    shell.run("terraform plan")
    assert last(world)["by"] == ""
