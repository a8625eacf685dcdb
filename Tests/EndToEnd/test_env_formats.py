"""`env` in every format, read back by the programs that the formats are for."""

from __future__ import annotations

import json
import shlex

import pytest

from programs import tool
from world import World

#: What a person may put into `env:` of an identity, and what shells and parsers trip over.
HOSTILE = {
    "PLAIN": "plain",
    "EMPTY": "",
    "SPACES": "  two  spaces  ",
    "DOLLAR": "$HOME ${HOME} $(touch ran-dollar) `touch ran-tick`",
    "SINGLE": "it's 'quoted'",
    "DOUBLE": 'say "yes"',
    "BACKSLASH": "a\\b\\\\c\\",
    "QUOTE_AFTER_BACKSLASH": "foo\\'bar",
    "NEWLINE": "first\nsecond",
    "LAST_NEWLINE": "ends with one\n",
    "TAB": "a\tb",
    "SEMICOLON": "a; touch ran-semicolon; #",
    "HASH": "# not a comment",
    "STAR": "* ? [a-z] {a,b} ~",
    "EXCLAMATION": "wow!! !$ !-1",
    "PERCENT": "%s %n %%",
    "DASH": "-n -e --help",
    "UNICODE": "größe → 数",
    "EQUALS": "a=b=c",
}

MOCK = """\
auth:
  realm: e2e
  providers:
    sandbox: {kind: mock/aws}
  identities:
    dev:
      kind: mock/aws
      default: true
      via: {provider: sandbox}
      principal: {account: {id: 111122223333}, region: eu-west-1}
"""


@pytest.fixture
def hostile(world: World) -> World:
    rows = "".join(
        f"        - {{key: {name}, value: {json.dumps(value, ensure_ascii=False)}}}\n"
        for name, value in HOSTILE.items()
    )
    world.configure(MOCK + "      env:\n" + rows)
    return world


def _read_back(names: list[str]) -> str:
    """A Python program that prints the named variables of its environment as JSON."""
    return f"import json, os; print(json.dumps({{n: os.environ.get(n) for n in {names!r}}}))"


def _evaluate(world: World, shell: str, code: str, names: list[str]) -> dict[str, str | None]:
    script = world.temporary / f"code.{shell}"
    script.write_text(code)
    python = shlex.quote(tool("python"))
    load = f'source "{script}"' if shell == "fish" else f'. "{script}"'
    reader = world.temporary / "read_back.py"
    reader.write_text(_read_back(names))
    answer = world.program(
        tool(shell),
        *(["--no-config"] if shell == "fish" else ["-f"] if shell == "zsh" else []),
        "-c",
        f'{load}; {python} "{reader}"',
    )
    assert answer.status == 0, str(answer)
    assert answer.stderr == "", str(answer)
    return answer.json()


def test_shells_read_every_value_unharmed(hostile: World, shell: str):
    code = hostile.run("env", "--format", shell, status=0).stdout
    values = _evaluate(hostile, shell, code, list(HOSTILE))
    assert values == HOSTILE
    assert not list(hostile.repository.glob("ran-*")), "a value was executed"


def test_posix_sh_reads_the_bash_format(hostile: World):
    code = hostile.run("env", "--format", "bash", status=0).stdout
    script = hostile.temporary / "code.sh"
    script.write_text(code)
    reader = hostile.temporary / "read_back.py"
    reader.write_text(_read_back(list(HOSTILE)))
    answer = hostile.program("/bin/sh", "-c", f'. "{script}"; "{tool("python")}" "{reader}"')
    assert answer.json() == HOSTILE, str(answer)


def test_shells_lose_the_variables_that_would_contradict(hostile: World, shell: str):
    code = hostile.run("env", "--format", shell, status=0).stdout
    stale = {
        "AWS_ACCESS_KEY_ID": "stale",
        "AWS_SECRET_ACCESS_KEY": "stale",
        "AWS_SESSION_TOKEN": "stale",
        "AWS_SECURITY_TOKEN": "stale",
        "AWS_DEFAULT_PROFILE": "stale",
        "AWS_CONTAINER_CREDENTIALS_FULL_URI": "stale",
    }
    hostile.environment.update(stale)
    values = _evaluate(hostile, shell, code, [*stale, "AWS_PROFILE", "AWS_REGION"])
    assert values == {**dict.fromkeys(stale), "AWS_PROFILE": "dev", "AWS_REGION": "eu-west-1"}


def test_json_is_one_object_with_sorted_keys(hostile: World):
    answer = hostile.run("env", "--format", "json", status=0)
    values = answer.json()
    assert {name: values[name] for name in HOSTILE} == HOSTILE
    assert list(values) == sorted(values)
    assert answer.stdout.endswith("}\n")


def test_dotenv_is_read_by_python_dotenv_style_shells(hostile: World):
    code = hostile.run("env", "--format", "dotenv", status=0).stdout
    script = hostile.temporary / ".env"
    script.write_text(code)
    reader = hostile.temporary / "read_back.py"
    reader.write_text(_read_back(list(HOSTILE)))
    answer = hostile.program(
        tool("bash"), "-c", f'set -a; . "{script}"; "{tool("python")}" "{reader}"'
    )
    assert answer.json() == HOSTILE, str(answer)


def test_env_format_is_raw_lines(world: World):
    world.configure(MOCK + "      env: [{key: WORD, value: 'a b'}]\n")
    lines = world.run("env", "--format", "env", status=0).stdout.splitlines()
    assert "WORD=a b" in lines
    assert "AWS_PROFILE=dev" in lines
    assert all("=" in line and not line.startswith("export ") for line in lines)


def test_github_format_is_appended_to_the_file_of_the_runner(hostile: World):
    file = hostile.temporary / "github-env"
    file.write_text("BEFORE=1\n")
    answer = hostile.run("env", "--format", "github", env={"GITHUB_ENV": str(file)}, status=0)
    assert answer.stdout == ""
    values = _parse_github(file.read_text())
    assert values["BEFORE"] == "1"
    assert {name: values.get(name) for name in HOSTILE} == HOSTILE


def test_github_format_without_a_file_says_so(hostile: World):
    answer = hostile.run("env", "--format", "github", env={"GITHUB_ENV": None})
    assert answer.status == 64, str(answer)
    assert "GITHUB_ENV" in answer.stderr
    assert answer.stdout == ""


def _parse_github(text: str) -> dict[str, str]:
    """Reads a runner's environment file as the runner does."""
    values: dict[str, str] = {}
    lines = iter(text.split("\n"))
    for line in lines:
        if not line:
            continue
        equals, heredoc = line.find("="), line.find("<<")
        if heredoc >= 0 and (equals < 0 or heredoc < equals):
            name, delimiter = line.split("<<", 1)
            body = []
            for inner in lines:
                if inner == delimiter:
                    break
                body.append(inner)
            else:
                raise AssertionError(f"{name} is not closed by {delimiter}")
            values[name] = "\n".join(body)
        else:
            name, values[name] = line.split("=", 1)
    return values


def test_powershell_format_quotes_with_doubled_apostrophes(hostile: World):
    code = hostile.run("env", "--format", "powershell", status=0).stdout
    assert "$env:PLAIN = 'plain'" in code
    assert "$env:SINGLE = 'it''s ''quoted'''" in code
    assert "$env:DOLLAR = '$HOME ${HOME} $(touch ran-dollar) `touch ran-tick`'" in code
    assert "AWS_ACCESS_KEY_ID" in code, "stale variables have to be removed there too"


def test_an_output_file_is_private_and_gets_the_text(hostile: World):
    file = hostile.temporary / "out.env"
    answer = hostile.run("env", "--format", "dotenv", "--output-file", str(file), status=0)
    assert answer.stdout == ""
    assert "AWS_PROFILE=" in file.read_text()
    assert file.stat().st_mode & 0o777 == 0o600


def test_a_secret_of_its_own_env_goes_into_no_file_that_others_read(world: World):
    world.configure(MOCK + "      env: [{key: API_TOKEN, value: t0ps3cret}]\n")
    file = world.temporary / "out.env"
    file.touch(mode=0o644)
    answer = world.run("env", "--format", "dotenv", "--output-file", str(file), status=71)
    assert "chmod 600" in answer.stderr and file.read_text() == ""
    file.chmod(0o600)
    world.run("env", "--format", "dotenv", "--output-file", str(file), status=0)
    assert "t0ps3cret" in file.read_text()


def test_an_unknown_format_is_refused_in_the_known_words(hostile: World):
    answer = hostile.run("env", "--format", "toml")
    assert answer.status == 64
    assert answer.stdout == ""
    assert "unsupported format" in answer.stderr
    assert "toml" in answer.stderr


def test_the_format_may_come_from_the_environment(hostile: World):
    answer = hostile.run("env", env={"ATMOS_AUTH_ENV_FORMAT": "json"}, status=0)
    assert answer.json()["AWS_PROFILE"] == "dev"


def test_login_makes_the_session_first(hostile: World):
    before = hostile.run("env", "--format", "json", status=0).json()
    assert "AWS_CREDENTIAL_EXPIRATION" not in before
    after = hostile.run("env", "--login", "--format", "json", status=0).json()
    assert after["AWS_CREDENTIAL_EXPIRATION"].endswith("Z")


def test_an_error_leaves_nothing_to_evaluate(hostile: World, shell: str):
    answer = hostile.run("env", "--format", shell, "--identity", "nobody-of-that-name")
    assert answer.status == 64
    assert answer.stdout == ""
    assert "identity not found" in answer.stderr
