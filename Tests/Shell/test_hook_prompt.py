"""What the prompt shows (cases 54-59 of docs/shell-cases.md)."""

from __future__ import annotations

import time

import pytest

from hookshell import only, quote
from hookworld import ALWAYS, use
from waiting import wait_for

H, M = 3600, 60


def segment(world, start, **options):
    """The prompt of a shell that stands in an identity's directory."""
    style = {
        k: options.pop(k)
        for k in ("warn", "symbol", "shows_region", "color", "protected")
        if k in options
    }
    name = options.pop("name", "dev")
    directory = world.stack("a", name, **style)
    shell = start(**options)
    shell.cd(directory)
    return shell


TIMES = [
    (3 * H + 12 * M + 30, {}, "☁ dev 3h12m", "valid"),
    (25 * H + 5 * M + 30, {}, "☁ dev 25h05m", "valid"),
    (H + 30, {}, "☁ dev 1h00m", "valid"),
    (59 * M + 30, {}, "☁ dev 59m", "valid"),
    (15 * M + 30, {}, "☁ dev 15m", "valid"),
    (14 * M + 30, {}, "☁ dev 14m!", "expiring"),
    (5 * M + 30, {}, "☁ dev 5m!", "expiring"),
    (-5, {}, "☁ dev expired", "expired"),
    (-5, {"renewable": ALWAYS}, "☁ dev ~", "renewable"),
    (-5, {"renewable": H}, "☁ dev ~", "renewable"),
    (-5, {"renewable": -2}, "☁ dev expired", "expired"),
    (None, {}, "☁ dev", "valid"),
    (H, {"state": "ended"}, "☁ dev no session", "ended"),
]


@pytest.mark.parametrize(("left", "more", "text", "state"), TIMES)
def test_how_a_session_stands(world, start, left, more, text, state):
    world.session("dev", left, **more)
    shell = segment(world, start)
    assert shell.exported("ATMOS_AUTH_PROMPT") == text
    assert shell.exported("ATMOS_AUTH_STATE") == state
    # And as the shell works it out itself, at the next change.
    world.session("dev", left, **more, region="x")
    shell.run("COLUMNS=119" if shell.kind != "fish" else "set -g COLUMNS 119")
    assert shell.exported("ATMOS_AUTH_PROMPT") == text
    assert shell.exported("ATMOS_AUTH_STATE") == state
    assert shell.prompt() == text + " "


def by_itself(shell) -> str:
    """What the shell draws when the hook does not tell it."""
    fish = "set -g __atmos_auth_active $__atmos_auth_active[1..12]; set -g __atmos_auth_pwd ''"
    shell.run(fish if shell.kind == "fish" else "__atmos_auth_now_text=; __atmos_auth_pwd=")
    return shell.exported("ATMOS_AUTH_PROMPT")


@pytest.mark.parametrize(("left", "more", "text", "state"), TIMES)
def test_the_shells_own_arithmetic_agrees(world, start, left, more, text, state):
    world.session("dev", left, **more)
    shell = segment(world, start)
    assert by_itself(shell) == text
    assert shell.exported("ATMOS_AUTH_STATE") == state


@pytest.mark.parametrize("left", [4 * M + 59, 2 * M + 7, 65, 40])
def test_seconds_at_the_end(world, start, left):
    expiry = world.session("dev", left)
    shell = segment(world, start)
    for _ in range(2):
        low = expiry - int(time.time())
        shown = by_itself(shell).removeprefix("☁ dev ")
        high = expiry - int(time.time())
        forms = {
            f"{n // 60}m{n % 60:02}s!" if n >= 60 else f"{n}s!" for n in range(high - 1, low + 2)
        }
        assert shown in forms


def test_the_countdown_goes_on_without_any_process(world, start):
    expiry = world.session("dev", 40)
    shell = segment(world, start)
    seen = set()

    def counts() -> bool:
        shell.run("true")
        seen.add(shell.exported("ATMOS_AUTH_PROMPT"))
        return len(seen) >= 3

    wait_for(counts, "the countdown stands still", 10)
    assert all(text.endswith("s!") for text in seen)
    assert expiry > time.time()


def test_it_crosses_the_end(world, start):
    world.session("dev", 2)
    shell = segment(world, start)

    def is_over() -> bool:
        shell.run("true")
        return shell.exported("ATMOS_AUTH_PROMPT").endswith("expired")

    wait_for(is_over, "the session does not end", 10)
    assert shell.exported("ATMOS_AUTH_STATE") == "expired"


def test_no_session_is_known(world, start):
    shell = segment(world, start)
    assert shell.prompt() == "☁ dev "
    assert shell.exported("ATMOS_AUTH_STATE") == "unknown"
    world.session("dev")
    shell.run("true")
    assert shell.prompt() == "☁ dev 3h12m "


@only("bash", "fish")
def test_the_clock_was_set_back(world, start, kind):
    """Seen from fish, a session that ends later than it did is the same thing.

    zsh's clock cannot be replaced.
    """
    world.session("dev", 20 * M + 30)
    shell = segment(world, start)
    assert shell.prompt() == "☁ dev 20m "
    if kind == "fish":
        world.session("dev", 45 * M + 30)
    else:
        # A clock of their own, since tests do not set the machine's.
        shell.run("unset EPOCHSECONDS; EPOCHSECONDS=$(($(date +%s) - 1500))")
    shell.run("true")
    assert shell.prompt() == "☁ dev 45m "


@pytest.mark.parametrize("warn", [0, 60, 3600, 1000])
def test_the_threshold(world, start, warn):
    world.session("dev", 16 * M + 30)
    shell = segment(world, start, warn=warn)
    text = "☁ dev 16m!" if warn > 16 * M + 30 else "☁ dev 16m"
    assert shell.exported("ATMOS_AUTH_PROMPT") == text
    assert by_itself(shell) == text


@pytest.mark.parametrize("left", [3 * H + 30, 10 * M + 30])
def test_protected_looks_different(world, start, left):
    """Entered with `use`: here by an answer of the stub."""
    world.session("prod", left)
    directory = world.stack("a", "prod", protected=True)
    use(world, "prod", "!")
    shell = start(directory=directory)
    # By directory alone nobody is active.
    assert "`prod` is protected; enter it with" in shell.raw.decode()
    assert shell.prompt() == ""
    shell.run("atmos-auth use prod")
    assert shell.prompt().startswith("☁ !prod ")
    assert shell.exported("ATMOS_AUTH_STATE") == "protected"
    assert b"\x1b[1m" in shell.raw or b"\x1b[1;7;31m" in shell.raw


@pytest.mark.parametrize(
    ("environment", "colored"),
    [
        ({}, True),
        ({"NO_COLOR": "1"}, False),
        ({"NO_COLOR": ""}, True),
        ({"TERM": "dumb"}, False),
        ({"CLICOLOR": "0"}, False),
    ],
)
def test_colours(world, start, kind, environment, colored):
    world.session("dev")
    shell = segment(world, start, environment=environment)
    shell.prompt()
    if environment.get("TERM") == "dumb":
        assert shell.exported("ATMOS_AUTH_PROMPT") == "@dev 3h12m"
        return
    last = shell.raw[shell.raw.rindex("☁".encode()) - 12 :]
    assert (b"\x1b[32m" in last) == colored


def test_colours_off_by_configuration(world, start):
    world.session("dev")
    shell = segment(world, start, color=False)
    shell.prompt()
    assert b"\x1b[32m" not in shell.raw[shell.raw.rindex("☁".encode()) - 12 :]


@pytest.mark.parametrize(
    ("columns", "name", "left", "text"),
    [
        (120, "dev", 3 * H + 30, "☁ dev eu-west-1 3h00m"),
        (79, "dev", 3 * H + 30, "☁ dev 3h00m"),
        (59, "dev", 3 * H + 30, "☁ dev"),
        (59, "dev", 10 * M + 30, "☁ dev 10m!"),
        (39, "a-very-long-name-of-prod", 10 * M + 30, "☁ a-ver..-prod 10m!"),
        (39, "twelve-chars", 3 * H, "☁ twelve-chars"),
    ],
)
def test_narrow_terminals(world, start, columns, name, left, text):
    world.session(name, left)
    shell = segment(world, start, columns=columns, name=name, shows_region=True)
    assert shell.exported("ATMOS_AUTH_PROMPT") == text
    assert by_itself(shell) == text


def test_a_terminal_that_is_resized(world, start, kind):
    world.session("dev")
    shell = segment(world, start)
    assert shell.prompt() == "☁ dev 3h12m "
    shell.child.setwinsize(50, 50)
    shell.run("command true")
    shell.run("true")
    assert shell.exported("ATMOS_AUTH_PROMPT") == "☁ dev"


@pytest.mark.parametrize(
    ("symbol", "text"),
    [
        ("aws:", "aws:dev"),
        ("", "dev"),
        ("\x1b[31m", "[31mdev"),
        ("⎈ ", "⎈ dev"),
        ("-", "-dev"),
        ("%n", "%ndev"),
        ("$(id)", "$(id)dev"),
    ],
)
def test_symbols(world, start, symbol, text):
    shell = segment(world, start, symbol=symbol)
    assert shell.exported("ATMOS_AUTH_PROMPT") == text
    assert shell.prompt() == text + " "


def test_a_wrapped_line_is_drawn_where_it_belongs(world, start):
    """Colours must not count as columns, or long lines overwrite themselves."""
    world.session("dev")
    shell = segment(world, start, columns=59)
    shell.prompt()
    text = " " + "".join(chr(97 + n % 26) for n in range(140))
    shell.child.send(text)
    shell.child.send("\x01\x05")
    want = ("☁ dev <ready>" + " " + text).rstrip()

    def is_drawn() -> bool:
        shell.more()
        return want in "".join(shell.screen.display).rstrip()

    wait_for(is_drawn, f"{want!r} is not drawn", 10)
    shell.child.send("\x15")


@only("bash", "zsh", "fish")
@pytest.mark.parametrize(
    "name", ["%n%d", "\\w\\u", "$(touch PWNED)", "`touch PWNED`", "a'b", "${HOME}", "a b"]
)
def test_a_name_is_never_expanded(world, start, kind, name):
    """Names like these never come from the hook; were one to, it would be shown as it is."""
    use_name(world, name)
    shell = start(after="setopt prompt_subst prompt_bang prompt_percent" if kind == "zsh" else "")
    shell.cd(world.stack("a"))
    assert shell.prompt() == "☁ dev "
    shell.run("atmos-auth use x")
    shell.run("true")
    assert shell.exported("ATMOS_AUTH_PROMPT") == "☁ " + name
    assert shell.prompt() == "☁ " + name + " "
    assert not list(world.root.rglob("PWNED"))


def use_name(world, name: str) -> None:
    answers = {}
    for kind in ("bash", "fish"):
        end = "; " if kind == "fish" else "\n"
        words = " ".join(
            quote(w, kind)
            for w in ("", "", name, "d1", "", "", "0", "0", "unknown", "900", "☁ ", "1")
        )
        answers[kind] = (
            f"__atmos_auth_pin use x{end}__atmos_auth_state {words}{end}#atmos-auth-ok\n"
        )
        (world.root / f"answer.{kind}").write_text(answers[kind])
    world.main(
        f'case "$3" in fish) cat {world.root}/answer.fish ;;'
        f" *) cat {world.root}/answer.bash ;; esac"
    )


@pytest.mark.parametrize("value", ["a[$(touch PWNED)]", "x", "1;touch PWNED", "-5"])
def test_an_expiry_that_is_no_number(world, start, kind, value):
    end = "; " if kind == "fish" else "\n"

    def answer(expiry: str) -> None:
        words = ("", "", "dev", "d1", "", "", expiry, "0", "valid", "900", "", "")
        (world.root / "answer").write_text(
            f"__atmos_auth_pin use dev{end}__atmos_auth_state "
            f"{' '.join(quote(w, kind) for w in words)}{end}#atmos-auth-ok\n"
        )

    world.main(f"cat {world.root}/answer")
    shell = start().proven()
    answer(str(int(time.time()) + 3 * H + 30))
    shell.run("atmos-auth use dev")
    # fish has no clock: without a file of facts it counts nothing.
    assert shell.exported("ATMOS_AUTH_PROMPT") == ("dev" if kind == "fish" else "dev 3h00m")
    answer(value)
    shell.run("atmos-auth use dev")
    shell.run("true")
    assert not list(world.root.rglob("PWNED"))
    assert shell.alive()


def test_facts_that_are_no_facts(world, start):
    directory = world.stack("a")
    shell = start()
    for content in (
        b"",
        b"x\n",
        b"atmos-auth-facts 1 a[$(touch PWNED)] 1 1 valid - - dev\n",
        b"atmos-auth-facts 1 1 $(touch PWNED) 1 valid - - dev\n",
        b"a" * 5000,
        b"\0\n",
    ):
        world.replace(world.facts_path("dev"), content)
        shell.cd(directory)
        out = shell.run("true")
        assert shell.exported("ATMOS_AUTH_PROMPT") == "☁ dev"
        assert "rror" not in out
        shell.cd(world.repository)
    assert not list(world.root.rglob("PWNED"))


@only("bash")
def test_ps1_set_anew_by_the_person(world, start):
    world.session("dev")
    shell = segment(world, start)
    shell.run("PS1='new <ready> '")
    assert shell.prompt() == "☁ dev 3h12m new "
    shell.run("shopt -u promptvars; PS1='plain <ready> '")
    assert shell.prompt() == "plain "


@only("zsh")
def test_a_theme_in_zsh(world, start):
    world.session("dev")
    shell = segment(world, start)
    shell.run("PROMPT='%# new <ready> '")
    assert shell.prompt().endswith("new ")
    assert shell.prompt().startswith("☁ dev 3h12m ")


def test_instructions_for_prompt_programs(world, start, kind):
    """What starship's env_var and oh-my-posh read is exported; powerlevel10k reads the variable."""
    world.session("dev")
    environment = segment(world, start).environment()
    assert environment["ATMOS_AUTH_PROMPT"] == "☁ dev 3h12m"
    assert environment["ATMOS_AUTH_STATE"] == "valid"
    assert environment["AWS_PROFILE"] == "dev"
    assert environment["AWS_CREDENTIAL_EXPIRATION"].endswith("Z")


@only("fish")
def test_the_mode_prompt_of_fish_stays(world, start):
    world.session("dev")
    shell = segment(world, start, after="function fish_mode_prompt; echo -n '[I] '; end")
    assert shell.prompt() == "☁ dev 3h12m [I] "
