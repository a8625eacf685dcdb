"""`iam_role` in the files of terragrunt's units: who acts, and whose session terragrunt is given.

A stub is in terragrunt's place. Where it matters it does what terragrunt does with such a role: it
assumes it from what it was given, with the real AWS CLI.
"""

from __future__ import annotations

import pathlib

import pytest

from mfa_world import Coded
from policy_world import DEPLOY, Deployed
from programs import tool
from services import against
from terminal import Terminal
from tool_world import Tools
from world import Answer, World

ROLE = "arn:aws:iam::210987654321:role/deploy"
BASE = "arn:aws:iam::123456789012:role/base"


def wrapped(world: World, *words: str, cwd: pathlib.Path | None = None, **options) -> Answer:
    options.setdefault("status", 0)
    return world.run("exec", "--wrapper", "--", "terragrunt", *words, cwd=cwd, **options)


def unit(world: World, directory: str, text: str) -> pathlib.Path:
    return world.write(f"{directory}/terragrunt.hcl", text).parent


def naming(role: str) -> str:
    return f'iam_role = "{role}"\n'


@pytest.fixture
def roles(world: World, sts) -> World:
    """Two roles of which one may only be assumed from the other, as AWS has it."""
    world.service = sts()
    against(world, world.service)
    configuration = (world.repository / "atmos.yaml").read_text()
    world.configure(configuration.replace('role/base"}', 'role/base", session_name: one}'))
    caller = "arn:aws:sts::123456789012:assumed-role/base/one"
    world.service.tell("/__roles", {"arn": ROLE, "trusts": [caller]})
    return world


@pytest.fixture
def terragrunt(roles: World) -> Tools:
    return Tools(roles, "terragrunt")


ASSUMING = (
    f"{tool('aws')} sts assume-role --role-arn {ROLE} --role-session-name terragrunt"
    " --query AssumedRoleUser.Arn --output text"
)


def test_terragrunt_can_assume_the_role_of_its_files(roles: World, terragrunt: Tools):
    live = roles.repository / "live"
    roles.write(
        "live/root.hcl",
        'locals { id = "210987654321" }\n'
        + naming("arn:aws:iam::${local.id}:role/${basename(get_terragrunt_dir())}"),
    )
    directory = unit(roles, "live/deploy", 'include { path = find_in_parent_folders("root.hcl") }')
    for words, cwd in (
        (["plan"], directory),
        (["--working-dir", "deploy", "plan"], live),
        (["run", "--all", "plan"], live),
        (["plan", "--config", str(directory / "terragrunt.hcl")], roles.repository),
    ):
        answer = wrapped(roles, *words, cwd=cwd, env={"THEN": ASSUMING})
        assert answer.stderr == ""
        assert answer.stdout.endswith(":assumed-role/deploy/terragrunt\n")
        note = terragrunt.only()
        assert note.identity == "base"
        assert note.arguments == [word.encode() for word in words]
        assert note.environment["AWS_REGION"] == "eu-west-1", "the region is that of the role"
    # From the role itself, AWS refuses.
    refused = roles.run(
        "exec", "-i", "deploy", "--", "sh", "-c", ASSUMING, cwd=directory, env={"THEN": ""}
    )
    assert "AccessDenied" in refused.stderr


def test_the_published_file_with_its_length_and_name(roles: World, terragrunt: Tools):
    """https://terragrunt.gruntwork.io/docs/features/aws-auth: terragrunt itself uses these two."""
    directory = unit(
        roles,
        "unit",
        naming(ROLE)
        + "iam_assume_role_duration = 14400\n"
        + 'iam_assume_role_session_name = "terragrunt-session"\n',
    )
    then = ASSUMING.replace("-name terragrunt", "-name terragrunt-session")
    answer = wrapped(roles, "plan", cwd=directory, env={"THEN": then})
    assert answer.stderr == ""
    assert answer.stdout.endswith(":assumed-role/deploy/terragrunt-session\n")
    assert terragrunt.only().identity == "base"
    # From a session of a role AWS gives an hour at most, as docs/terragrunt.md says.
    refused = wrapped(
        roles,
        "plan",
        cwd=directory,
        env={"THEN": f"{then} --duration-seconds 14400"},
        status=None,
    )
    assert "1 hour" in refused.stderr


def test_an_account_in_a_file_of_yaml(roles: World, terragrunt: Tools):
    roles.write(
        "live/account.yaml", '# of the team\nname: prod\nids: ["210987654321"]\nnumber: 0123\n'
    )
    text = 'locals { account = yamldecode(file(find_in_parent_folders("account.yaml"))) }\n'
    named = naming("arn:aws:iam::${local.account.ids[0]}:role/deploy")
    wrapped(roles, "plan", cwd=unit(roles, "live/unit", text + named))
    assert terragrunt.only().identity == "base"
    ambiguous = naming("arn:aws:iam::${local.account.number}:role/deploy")
    answer = wrapped(roles, "plan", cwd=unit(roles, "live/other", text + ambiguous))
    assert "`yamldecode()` without quotes" in answer.stderr
    assert terragrunt.only().identity is None


@pytest.mark.parametrize("name", ["deploy", "base"])
def test_whoever_is_named_terragrunt_gets_what_it_can_assume_the_role_from(
    roles: World, terragrunt: Tools, name
):
    directory = unit(roles, "unit", naming(ROLE))
    roles.run("exec", "-i", name, "--", "terragrunt", "plan", cwd=directory, status=0)
    assert terragrunt.only().identity == "base"
    wrapped(roles, "plan", cwd=directory, env={"ATMOS_IDENTITY": name})
    assert terragrunt.only().identity == "base"
    roles.run("allow", cwd=roles.select("unit", name), status=0)
    wrapped(roles, "plan", cwd=directory)
    assert terragrunt.only().identity == "base"
    # Commands that need no credentials are left alone.
    wrapped(roles, "version", cwd=directory)
    assert terragrunt.only().identity is None


def test_an_option_beats_the_files_and_is_not_lost_to_them(roles: World, terragrunt: Tools):
    other = unit(roles, "other", naming("arn:aws:iam::123456789012:role/other"))
    words = ["plan", "--iam-assume-role", ROLE]
    assert wrapped(roles, *words, cwd=other).stderr == ""
    note = terragrunt.only()
    # Without the option terragrunt would assume the role of the file.
    assert note.identity == "base"
    assert note.arguments == [word.encode() for word in words]
    wrapped(roles, "plan", cwd=other, env={"TG_IAM_ASSUME_ROLE": ROLE})
    note = terragrunt.only()
    assert note.identity == "base"
    assert note.environment["TG_IAM_ASSUME_ROLE"] == ROLE
    silent = unit(roles, "silent", "iam_assume_role_duration = 900\n")
    wrapped(roles, *words, cwd=silent)
    note = terragrunt.only()
    assert (note.identity, note.arguments) == ("deploy", [b"plan"])


def test_what_is_left_to_terragrunt(roles: World, terragrunt: Tools):
    for text, said in (
        (naming("arn:aws:iam::1:role/other"), "no identity has the role that {unit}:1 names"),
        ('\niam_role = run_cmd("secret")\n', "({unit}:2: `run_cmd()`), so terragrunt assumes"),
        ('iam_role = "${dependency.a.outputs.x}"\n', "{unit}:1: `dependency.a`"),
        (naming(ROLE) + 'iam_web_identity_token = "secret"\n', ""),
        ("iam_role = {\n", "a bracket without an end"),
        ("inputs = {}\n", ""),
    ):
        directory = unit(roles, "unit", text)
        answer = wrapped(roles, "plan", cwd=directory)
        assert said.format(unit=directory / "terragrunt.hcl") in answer.stderr
        assert (answer.stderr == "") == (said == "")
        assert "secret" not in answer.stderr
        assert terragrunt.only().identity is None
        # Whoever is named acts.
        wrapped(roles, "plan", cwd=directory, env={"ATMOS_IDENTITY": "deploy"})
        assert terragrunt.only().identity == "deploy"


def test_units_with_different_roles(roles: World, terragrunt: Tools):
    one = unit(roles, "live/one", naming(ROLE))
    other = unit(roles, "live/other", naming(BASE))
    none = unit(roles, "live/none", "")
    answer = wrapped(roles, "run", "--all", "plan", cwd=one.parent)
    assert "have different roles, so terragrunt assumes its roles itself" in answer.stderr
    assert terragrunt.only().identity is None
    # For each unit terragrunt asks, and then assumes the role of the unit.
    for directory, identity in ((one, "base"), (other, "engineer"), (none, None)):
        found = roles.run("terragrunt-auth", cwd=directory, status=0).json()
        assert found.get("envs", {}).get("ATMOS_IDENTITY") == identity
        for named in ("base", "deploy"):
            found = roles.run(
                "terragrunt-auth", cwd=directory, env={"ATMOS_IDENTITY": named}, status=0
            ).json()
            assert found["envs"]["ATMOS_IDENTITY"] == (identity or named)
    roles.run("allow", cwd=roles.select("live/one", "deploy"), status=0)
    found = roles.run("terragrunt-auth", cwd=one, status=0).json()
    assert found["envs"]["ATMOS_IDENTITY"] == "base", "the role is not assumed twice"


def test_a_checkout_chooses_nobody_before_it_is_allowed(roles: World, terragrunt: Tools):
    own = roles.home / ".atmos/atmos.yaml"
    own.parent.mkdir(mode=0o700)
    own.write_text((roles.repository / "atmos.yaml").read_text())
    (roles.repository / "atmos.yaml").unlink()
    roles.is_own = False
    directory = unit(roles, "unit", 'include { path = find_in_parent_folders("root.hcl") }')
    roles.write("root.hcl", naming(ROLE))
    answer = wrapped(roles, "plan", cwd=directory, status=77)
    assert f"`atmos-auth allow {directory}`" in answer.stderr
    assert terragrunt.notes() == []
    assert roles.run("terragrunt-auth", cwd=directory, status=77).stdout == ""
    # Who was named is given, as without such files.
    for name in ("engineer", "base"):
        found = roles.run("terragrunt-auth", cwd=directory, env={"ATMOS_IDENTITY": name}, status=0)
        assert found.json()["envs"]["ATMOS_IDENTITY"] == name
    shown = roles.run("allow", str(directory), status=0).stderr
    assert "selects deploy" in shown
    assert str(roles.repository / "root.hcl") in shown
    assert ROLE in shown
    wrapped(roles, "plan", cwd=directory)
    assert terragrunt.only().identity == "base"
    assert roles.run("terragrunt-auth", cwd=directory, status=0).json()["awsCredentials"]
    # Another role is another choice, and so is another unit.
    roles.write("root.hcl", naming(BASE))
    wrapped(roles, "plan", cwd=directory, status=77)
    roles.write("root.hcl", naming(ROLE))
    wrapped(roles, "plan", cwd=directory)
    terragrunt.notes()
    wrapped(roles, "plan", cwd=unit(roles, "second", naming(ROLE)), status=77)
    roles.run("revoke", str(directory), status=0)
    wrapped(roles, "plan", cwd=directory, status=77)
    # All units of a directory are a choice of their own.
    answer = wrapped(roles, "run-all", "plan", cwd=roles.repository, status=77)
    assert f"`atmos-auth allow {roles.repository}`" in answer.stderr
    roles.run("allow", str(roles.repository), status=0)
    wrapped(roles, "run-all", "plan", cwd=roles.repository)
    assert terragrunt.only().identity == "base"
    roles.run("revoke", str(roles.repository), status=0)
    wrapped(roles, "run-all", "plan", cwd=roles.repository, status=77)
    # In a job it counts as allowed, but reaches nothing of a person's.
    answer = wrapped(roles, "plan", cwd=directory, env={"CI": "true"}, status=None)
    assert "not allowed" not in answer.stderr


def test_allow_all_allows_units(roles: World, terragrunt: Tools):
    roles.is_own = False
    first = unit(roles, "live/first", naming(ROLE))
    unit(roles, "live/second", 'iam_role = run_cmd("x")\n')
    wrapped(roles, "plan", cwd=first, status=77)
    shown = roles.run("allow", "--all", status=0).stderr
    assert f"for {first} selects deploy" in shown
    wrapped(roles, "plan", cwd=first)
    assert terragrunt.only().identity == "base"


def test_a_protected_role_is_never_chosen_by_a_unit_alone(roles: World, terragrunt: Tools):
    text = (roles.repository / "atmos.yaml").read_text()
    roles.configure(text.replace("default: true", "protected: true"))
    directory = unit(roles, "unit", naming(ROLE))
    answer = wrapped(roles, "apply", cwd=directory, status=77)
    assert "as `deploy` asks for the name" in answer.stderr
    assert terragrunt.notes() == []
    assert "protected" in roles.run("terragrunt-auth", cwd=directory, status=77).stderr
    # That somebody acts from whom the role is assumed says nothing of the role.
    answer = roles.run("terragrunt-auth", cwd=directory, env={"ATMOS_IDENTITY": "base"}, status=77)
    assert "start terragrunt as it: `atmos-auth exec -i deploy -- terragrunt`" in answer.stderr
    # A plan is asked nothing about.
    asking = {"THEN": f"{roles.binary} terragrunt-auth"}
    planned = wrapped(roles, "plan", cwd=directory, env=asking)
    assert '"ATMOS_IDENTITY":"base"' in planned.stdout
    # An apply is, once, and by whatever way it is given somebody else's session.
    for words in (
        ["-i", "base", "--", "terragrunt", "apply"],
        ["--session-duration", "15m", "-i", "base", "--", "terragrunt", "apply"],
        ["-i", "deploy", "--", "terragrunt", "apply"],
    ):
        refused = roles.run("exec", *words, cwd=directory, status=77)
        assert "as `deploy` asks for the name" in refused.stderr
        env = asking if words[0] == "-i" else {}
        terminal = Terminal(roles, "exec", *words, cwd=directory, env=env)
        terminal.answer("as deploy, which is protected. Type its name to go on: ", "deploy")
        terminal.wait(0)
        if words[0] == "-i":
            assert '"ATMOS_IDENTITY":"base"' in terminal.shown
    assert {note.identity for note in terragrunt.notes()} == {"base"}


def test_a_program_with_less_is_asked_about_the_role_as_well(roles: World, terragrunt: Tools):
    text = (roles.repository / "atmos.yaml").read_text()
    roles.configure(text.replace("default: true", "protected: true"))
    directory = unit(roles, "unit", naming(ROLE))
    inner = f"{roles.binary} exec --wrapper -- terragrunt"
    script = f"{inner} plan; {inner} apply; echo status $?"
    words = ["exec", "--session-duration", "15m", "-i", "base", "--", "sh", "-c", script]
    answer = roles.run(*words, cwd=directory, status=0)
    assert "status 77" in answer.stdout and "as `deploy` asks for the name" in answer.stderr
    assert [note.arguments for note in terragrunt.notes()] == [[b"plan"]]


def test_different_roles_of_units_hold_each(roles: World, terragrunt: Tools):
    text = (roles.repository / "atmos.yaml").read_text()
    more = "    other: {kind: aws/assume-role, protected: true, via: {identity: base}, principal: "
    more += '{assume_role: "arn:aws:iam::210987654321:role/other"}}\n'
    roles.configure(text.replace("default: true", "protected: true") + more)
    one = unit(roles, "live/one", naming(ROLE))
    unit(roles, "live/two", naming("arn:aws:iam::210987654321:role/other"))
    base = {"ATMOS_IDENTITY": "base"}
    words = ["run", "--all", "apply"]
    assert "asks for the name" in wrapped(roles, *words, cwd=one.parent, env=base, status=77).stderr
    assert terragrunt.notes() == []
    wrapped(roles, "run", "--all", "plan", cwd=one.parent, env=base)
    assert terragrunt.only().identity == "base"
    asking = {"THEN": f"cd one && {roles.binary} terragrunt-auth", **base}
    terminal = Terminal(
        roles, "exec", "--wrapper", "--", "terragrunt", *words, cwd=one.parent, env=asking
    )
    for name in ("deploy", "other"):
        terminal.answer(f"as {name}, which is protected. Type its name to go on: ", name)
    terminal.wait(0)
    assert '"ATMOS_IDENTITY":"base"' in terminal.shown
    assert terragrunt.only().identity == "base"


def test_the_repl_runs_terragrunt_as_exec_does(roles: World, terragrunt: Tools):
    text = (roles.repository / "atmos.yaml").read_text()
    roles.configure(text.replace("default: true", "protected: true"))
    directory = unit(roles, "unit", naming(ROLE))
    for line in ("exec terragrunt apply", "!terragrunt apply"):
        refused = roles.run("repl", "-i", "base", stdin=f"{line}\n", cwd=directory, status=77)
        assert "as `deploy` asks for the name" in refused.stderr
    assert terragrunt.notes() == []
    # By a shim tofu gets what terragrunt gives it.
    terragrunt.add("tofu")
    shims = roles.root / "shims"
    roles.run("shims", "install", "--dir", str(shims), "tofu", "terragrunt", status=0)
    path = f"{shims}:{roles.variables()['PATH']}"
    then = {"THEN": "AWS_PROFILE=role tofu plan", "PATH": path}
    for line in ("exec terragrunt plan", "!terragrunt plan"):
        roles.run("repl", "-i", "deploy", stdin=f"{line}\n", cwd=directory, env=then, status=0)
        assert [note.identity for note in terragrunt.notes()] == ["base", "role"]


def test_the_level_of_the_role_holds(coded: Coded):
    deploy = Deployed(coded)
    path = coded.programs / "terragrunt"
    path.write_text((coded.programs / "terraform").read_text())
    path.chmod(0o755)
    deploy.configure("{policy: applies-only}")
    deploy.log_in()
    directory = unit(deploy.world, "unit", naming(DEPLOY))
    planned = wrapped(deploy.world, "plan", cwd=directory)
    assert "ran terragrunt plan" in planned.stdout
    # Also for who is named from whom terragrunt assumes that role.
    for variables in ({}, {"ATMOS_IDENTITY": "jane"}, {"ATMOS_IDENTITY": "deploy"}):
        refused = wrapped(
            deploy.world, "apply", "-auto-approve", cwd=directory, env=variables, status=77
        )
        assert "as `deploy` asks for an MFA code" in refused.stderr
    assert deploy.codes() == 1
