"""What cannot work is refused before anything is asked or sent; where the REPL works; `env:`."""

from __future__ import annotations

import shutil

import pytest

from mock_world import STACKS, USER, single
from repl_terminal import ReplTerminal
from terminal import Terminal
from world import World

# Refused before anything is asked or sent


def test_sessions_that_would_have_ended_are_refused(world: World):
    world.configure(single("0"))
    text = world.said("login", status=78)
    assert "`spec.lifetime` is 0" in text and "atmos.yaml:" in text
    answer = world.run("validate", status=78)
    assert "`spec.lifetime` is 0" in answer.stdout + answer.stderr


@pytest.mark.parametrize("issuer", ["", "  "])
def test_an_empty_issuer_is_refused(world: World, issuer: str):
    world.configure(single())
    assert "the issuer is empty" in world.said("console", "--issuer", issuer)


@pytest.mark.parametrize("duration", ["99h", "1m", "0", "soon"])
def test_a_session_longer_than_aws_gives_is_refused_before_a_key_is_asked_for(
    world: World, duration: str
):
    world.configure(USER)
    words = ["user", "configure", "-i", "me", "--session-duration", duration]
    with Terminal(world, *words) as terminal:
        terminal.wait(64)
        assert "Access Key" not in terminal.shown
    assert not (world.data / "keyring").exists()
    answer = world.run(
        *words[:-1], "36h", "--access-key-id", "AKIAIOSFODNN7EXAMPLE", stdin="not-a-secret\n"
    )
    assert answer.status == 0, str(answer)


def test_the_repl_refuses_such_a_length_of_a_role(stacks: World):
    line = "assume arn:aws:iam::123456789012:role/Deploy --duration 99h\n"
    answer = stacks.run("repl", stdin=line, status=64)
    assert "the session of a role lasts 15m to 12h, not 99h" in answer.stderr


@pytest.mark.parametrize(
    ("line", "status", "said"),
    [
        ("exec -i me -- no-such-program-anywhere", 127, "command not found"),
        ("exec -i me -- /etc/passwd", 126, "cannot be run"),
        ("shell -i me --shell no-such-shell", 64, "no such shell"),
        ("env -i me --static --format xml", 64, "unsupported format: xml"),
        ("env -i me --static --format github", 64, "GITHUB_ENV is not set"),
        ("assume arn:aws:iam::123456789012:role/R -i me --format github", 64, "GITHUB_ENV is not"),
        ("console -i me --container", 71, "containers need Firefox"),
    ],
)
def test_before_the_keyrings_password(world: World, line: str, status: int, said: str):
    world.configure(USER)
    world.store_keys("me", "AKIAIOSFODNN7EXAMPLE", "not-a-real-secret")
    locked = {"ATMOS_KEYRING_PASSWORD": None, "GITHUB_ENV": None, "BROWSER": "chromium"}
    if "Firefox" in said and shutil.which("firefox"):
        pytest.skip("there is a Firefox here")
    with Terminal(world, *line.split(), env=locked) as terminal:
        terminal.wait(status)
        assert said in terminal.shown and "Password" not in terminal.shown


def test_an_address_that_could_not_be_shown_is_not_made(stacks: World):
    stacks.configure(
        "auth: {identities: {me: {kind: aws/user, default: true, "
        "credentials: {access_key_id: AKIAIOSFODNN7EXAMPLE, secret_access_key: x}}}}\n"
    )
    for options in (["--no-open"], []):
        said = stacks.said("console", *options, status=77)
        assert "is shown on a terminal only" in said


# Where the REPL works


def test_programs_of_the_repl_run_where_it_was_sent(stacks: World):
    below = stacks.repository / "below/deep"
    below.mkdir(parents=True)
    lines = "!pwd\nexec pwd\n!echo $PWD\nenv -i dev-admin --format json -o here.json\nlist -C ..\n"
    answer = stacks.run("repl", "--chdir", "below/deep", stdin=lines, status=0)
    assert answer.stdout.splitlines()[:3] == [str(below.resolve())] * 3
    assert (below / "here.json").exists() and not (stacks.repository / "here.json").exists()
    with ReplTerminal(stacks, "-C", "below") as repl:
        assert str(below.parent.resolve()) in repl.say("!pwd")


# `env:` of atmos.yaml


def test_what_env_cannot_decide_is_a_warning(world: World):
    world.configure(
        STACKS
        + """\
env:
  ATMOS_IDENTITY: dev-admin
  ATMOS_KEYRING_TYPE: memory
  ATMOS_PROFILE: ""
  ATMOS_COMPONENTS_BASE_PATH: components
  TF_LOG: debug
"""
    )
    answer = world.run("validate", status=0)
    text = answer.stdout + answer.stderr
    assert "atmos.yaml:24:3: warning: " in text
    assert "`ATMOS_IDENTITY` in `env` has no effect on atmos-auth" in text
    assert "`default: true`" in text
    assert "`ATMOS_KEYRING_TYPE` in `env` has no effect" in text
    assert "TF_LOG" not in text and "COMPONENTS" not in text and "ATMOS_PROFILE" not in text
    assert "no default identity" in world.said("whoami", status=77)


def test_env_says_the_realm_and_the_profile(world: World):
    world.configure(
        single().replace("  realm: e2e\n", "")
        + "env: {ATMOS_AUTH_REALM: from-env, ATMOS_PROFILE: more}\n"
    )
    world.write("profiles/more/atmos.yaml", "auth: {identities: {extra: {kind: mock/aws}}}\n")
    assert "from-env" in world.run("login", "extra", status=0).stderr


@pytest.mark.parametrize(
    "line", ["validate", "list", "aws-config", "keyring status", "prune", "status", "hook bash"]
)
def test_an_identity_that_would_have_no_effect_is_refused(world: World, line: str):
    world.configure(single())
    world.run(*line.split(), status=0)
    answer = world.run(*line.split(), "-i", "dev", status=64)
    command = line.removesuffix(" bash")
    assert f"`{command}` acts as nobody, so `--identity` has no effect" in answer.stderr
    # Nor does its help offer it, as that of others does.
    assert "--identity" in world.run("whoami", "--help", status=0).stdout
    assert "--identity <" not in world.run(*line.split(), "--help", status=0).stdout
