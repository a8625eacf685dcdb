"""`validate`: every fault of every file at once, with place, line and suggestion."""

from __future__ import annotations

import re

import pytest

from mock_world import STACKS, single
from world import World

FAULTY = """\
auth:
  realm: e2e
  providers:
    sandbox: {kind: mock/aws}
    broken: {kind: mock/awz}
  identities:
    a:
      kind: aws/assume-role
      via: {identity: b}
      principal: {assume_role: "arn:aws:iam::111122223333:role/a"}
    b:
      kind: aws/assume-role
      via: {identity: a}
      principal: {assume_role: "arn:aws:iam::111122223333:role/b"}
    no-via:
      kind: aws/assume-role
      principal: {assume_role: "arn:aws:iam::111122223333:role/c"}
    bad-arn:
      kind: aws/assume-role
      via: {provider: sandbox}
      principal: {assume_role: "arn:aws:iam::12:role/c"}
    lost:
      kind: mock/aws
      via: {provider: sandbxo}
    first: {kind: mock/aws, default: true, via: {provider: sandbox}}
    second: {kind: mock/aws, default: true, via: {provider: sandbox}}
    typo:
      kind: mock/aws
      via: {provider: sandbox}
      principle: {account: {id: 111122223333}}
"""


def test_a_good_configuration_is_called_valid(world: World):
    world.configure(STACKS)
    answer = world.run("validate", status=0)
    assert "Authentication configuration is valid" in answer.stdout + answer.stderr


def test_every_fault_is_reported_in_one_run(world: World):
    world.configure(FAULTY)
    answer = world.run("validate", status=78)
    assert answer.stdout == ""
    for line, words in {
        5: "did you mean `mock/aws`",
        9: "a → b → a",  # the cycle, as the path
        15: "no `via`",
        21: "arn:aws:iam::12:role/c",
        24: "did you mean `sandbox`",
        26: "`first`, `second`",  # both defaults are named
        30: "did you mean `principal`",
    }.items():
        report = re.search(
            rf"^atmos\.yaml:{line}:\d+: (error|warning): .*\n(  .*\n)+", answer.stderr, re.M
        )
        assert report, (line, answer.stderr)
        assert words in report.group(), report.group()


def test_each_fault_shows_the_line_it_is_on(world: World):
    world.configure(FAULTY)
    answer = world.run("validate", status=78)
    assert "broken: {kind: mock/awz}" in answer.stdout + answer.stderr


def test_an_unknown_key_is_a_warning_with_a_suggestion(world: World):
    world.configure(single(extra="      principle: {account: {id: 1}}\n"))
    answer = world.run("validate", status=0)
    text = answer.stdout + answer.stderr
    assert "atmos.yaml:12:7: warning:" in text
    assert "did you mean `principal`" in text


def test_json_lists_the_same_faults_with_codes(world: World):
    file = world.configure(FAULTY)
    answer = world.run("validate", "--format", "json", status=78)
    report = answer.json()
    places = {(item["file"], item["line"]) for item in report}
    assert {(str(file), line) for line in (5, 9, 15, 21, 24, 26, 30)} == places
    for item in report:
        assert set(item) >= {"severity", "code", "message", "file", "line", "column"}
        assert item["severity"] in ("error", "warning")


def test_json_of_a_good_configuration(world: World):
    world.configure(STACKS)
    assert world.run("validate", "--format", "json", status=0).json() == []


def test_faults_of_several_files_come_together(world: World):
    world.configure(single())
    world.write(
        "atmos.d/more.yaml",
        """\
        auth:
          identities:
            lost: {kind: mock/aws, via: {provider: nowhere}}
        """,
    )
    world.write(
        "atmos.d/third.yaml",
        """\
        auth:
          identities:
            odd: {kind: no/such-kind}
        """,
    )
    text = world.run("validate", status=78).stderr
    assert "atmos.d/more.yaml:3:" in text and "atmos.d/third.yaml:3:" in text


@pytest.mark.parametrize(
    "section",
    [
        "components: {terraform: {base_path: !env [X, y]}}\n",
        "stacks: !terraform.output vpc prod id\n",
        "stores: {a: !store b c}\nsettings: {x: !template '{{ .y }}'}\n",
        "commands:\n  - name: x\n    steps: [!unknown tag]\n",
    ],
)
def test_other_sections_may_use_any_tag(world: World, section: str):
    world.configure(single() + section)
    assert "is valid" in str(world.run("validate", status=0))


def test_an_unquoted_account_id_is_an_account_id(world: World):
    world.configure(single().replace("id: 111122223333", "id: 012345678901"))
    world.run("validate", status=0)
    world.run("login", status=0)
    assert world.run("whoami", "--output", "json", status=0).json()["account"] == "012345678901"


def test_hostile_text_of_a_file_does_not_reach_the_terminal(world: World):
    world.configure('auth:\n  identities:\n    "x\\e]0;owned\\a\\e[2J": {kind: "no\\u202esuch"}\n')
    answer = world.run("validate", status=78)
    text = answer.stdout + answer.stderr
    assert "\x1b" not in text and "\x07" not in text and "\u202e" not in text


def test_without_any_configuration_it_says_where_it_looked(world: World):
    answer = world.run("validate")
    assert answer.status == 78, str(answer)
    assert "atmos.yaml" in answer.stderr


def test_the_variable_of_atmos_makes_it_verbose(world: World):
    file = world.configure(single())
    answer = world.run("validate", env={"ATMOS_AUTH_VALIDATE_VERBOSE": "true"}, status=0)
    assert f"Read:\n  {file}\n" in answer.stderr
    assert "Read:" not in world.run("validate", status=0).stderr


@pytest.mark.parametrize("account", ["{}", "{name: ''}", "{id: '', name: ''}"])
def test_a_permission_set_without_an_account_is_told(world: World, account: str):
    world.configure(f"""\
auth:
  providers:
    sso:
      kind: aws/iam-identity-center
      start_url: https://a.awsapps.com/start
      region: eu-west-1
  identities:
    dev:
      kind: aws/permission-set
      via: {{provider: sso}}
      principal: {{name: Admin, account: {account}}}
""")
    answer = world.run("validate", status=78)
    assert "`principal.account.id` or `principal.account.name` is missing" in answer.stderr
