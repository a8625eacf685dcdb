"""`assume`: roles for pipelines, from accounts files and whatever the job offers."""

from __future__ import annotations

import concurrent.futures
import json
import pathlib
import shutil

import pytest

import atlantis
import host_keys
from oidc_issuer import Issuer
from pseudoterminal import Pseudoterminal
from services import StrictSTS, against
from web_token_world import ISSUER
from world import World

ROLE = "arn:aws:iam::444455556666:role/Deploy"
KEYS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")


@pytest.fixture
def server(sts) -> StrictSTS:
    return sts()


@pytest.fixture
def job(world: World, server: StrictSTS) -> World:
    """A job with a user's keys in its variables, and no configuration."""
    world.environment |= {
        "AWS_ENDPOINT_URL_STS": server.url,
        "AWS_ACCESS_KEY_ID": server.access_key_id,
        "AWS_SECRET_ACCESS_KEY": server.secret_access_key,
        "ATMOS_CLI_CONFIG_PATH": None,
        "ATMOS_KEYRING_TYPE": None,
        "ATMOS_KEYRING_PASSWORD": None,
    }
    return world


def accounts(world: World, content, name: str = "accounts.json") -> pathlib.Path:
    return world.write(name, content if isinstance(content, str) else json.dumps(content))


def calls(server: StrictSTS) -> list[dict]:
    return [entry for entry in server.log() if entry["action"] != "GetCallerIdentity"]


def who(world: World, *arguments: str, **options) -> str:
    """The role that one gets, by the ARN in the answer."""
    answer = world.run("assume", *arguments, "--format", "json", status=0, **options)
    assert answer.stderr == "", str(answer)
    return answer.json()["AssumedRoleUser"]["Arn"]


# MARK: The role


def test_json_is_what_aws_prints(job: World):
    for _ in range(2):  # Made, and remembered.
        answer = job.run("assume", ROLE, "--format", "json", status=0).json()
        assert list(answer) == ["Credentials", "AssumedRoleUser"]
        who = answer["AssumedRoleUser"]
        assert list(who) == ["AssumedRoleId", "Arn"]
        assert who["AssumedRoleId"].startswith("AROA")
        assert who["AssumedRoleId"].split(":")[1] == who["Arn"].split("/")[-1]


def test_by_arn_by_number_and_by_name(job: World, server: StrictSTS):
    accounts(job, {"prod": "444455556666"})
    for words in (
        [ROLE],
        ["444455556666", "Deploy"],
        ["prod", "Deploy"],
        ["PROD", "role/Deploy"],
        ["--account", "prod", "--role", "Deploy"],
        ["--account", "prod", "Deploy"],
        ["--role", ROLE],
        ["prod", ROLE],
    ):
        arn = who(job, *words, "--accounts", "accounts.json")
        assert arn.startswith("arn:aws:sts::444455556666:assumed-role/Deploy/"), words
    assert server.calls() == {"AssumeRole": 1}, "all of them are one session"


@pytest.mark.parametrize(
    "content",
    [
        {"prod": "444455556666"},
        {"prod": 444455556666},
        {"prod": {"id": "444455556666"}},
        {"prod": {"AccountId": "444455556666", "profile": "p", "region": "eu-west-1"}},
        {"prod": {"account_id": 444455556666, "role": "Deploy"}},
        {"prod": {"arn": ROLE}},
        {"prod": {"role_arn": "arn:aws:iam::444455556666:role/${ROLE}"}},
        {"accounts": {"prod": "444455556666", "dev": {"account_id": "111122223333"}}},
        {"acme": {"default_role": "R", "accounts": {"prod": "444455556666"}}},
        [{"name": "prod", "id": "444455556666"}, {"accountName": "dev", "id": "111122223333"}],
        {"aws_accounts": [{"name": "prod", "number": "444455556666"}]},
        {"Accounts": [{"Id": "444455556666", "Name": "prod", "Status": "ACTIVE"}]},
    ],
    ids=lambda content: json.dumps(content)[:40],
)
def test_the_shapes_of_accounts_files(job: World, content):
    accounts(job, content)
    arn = who(job, "prod", "Deploy", "--accounts", "accounts.json")
    assert arn.startswith("arn:aws:sts::444455556666:assumed-role/Deploy/")


def test_what_the_file_says_of_an_account(job: World, server: StrictSTS):
    server.tell("/__roles", {"arn": ROLE, "external_id": "42"})
    entry = {
        "id": "444455556666",
        "role": "Deploy",
        "external_id": "42",
        "duration": "30m",
        "session_name": "from-the-file",
        "region": "eu-west-1",
    }
    accounts(job, {"prod": entry, "zeros": 5566, "x": "1234567890"})
    job.said("assume", "prod", "--accounts", "accounts.json", status=78)
    accounts(job, {"prod": entry, "zeros": 1234567890})
    arn = who(job, "prod", "--accounts", "accounts.json")
    assert arn.endswith("/from-the-file")
    assert calls(server)[-1]["duration"] in (1800, "1800")
    lines = job.run("assume", "prod", "--accounts", "accounts.json", status=0).stdout
    assert "export AWS_REGION='eu-west-1'" in lines
    assert who(job, "zeros", "R", "--accounts", "accounts.json").split(":")[4] == "001234567890"


def test_files_that_are_none(job: World):
    for content, reason in (
        ({"prod": {"aws_secret_access_key": "x", "id": "444455556666"}}, "holds access keys"),
        ({"a": "AKIAIOSFODNN7EXAMPLE"}, "holds access keys"),
        ({"alice": 12, "bob": 7}, "no account number for `alice`"),
        ("not json", "is not JSON"),
        ({}, "lists no AWS account"),
        ({"Accounts": [{"Id": "444455556666", "Name": "prod", "Status": "SUSPENDED"}]}, "lists no"),
    ):
        accounts(job, content)
        said = job.said("assume", "prod", "R", "--accounts", "accounts.json", status=78)
        assert reason in said
        assert "AKIAIOSFODNN7EXAMPLE" not in said


def test_unknown_accounts_list_what_is_near(job: World):
    accounts(job, {"production": "444455556666", "staging": "111122223333"}, "list.json")
    said = job.said("assume", "produktion", "R", "--accounts", "list.json")
    assert "did you mean `production`?" in said
    assert "`staging`" in job.said("assume", "zzz", "R", "--accounts", "list.json")
    assert "there is no accounts file" in job.said("assume", "prod", "R")
    assert "no such accounts file" in job.said("assume", "prod", "R", "--accounts", "nowhere.json")
    assert "no role is named" in job.said("assume", "staging", "--accounts", "list.json")
    job.said("assume", status=64)
    job.said("assume", "arn:aws:s3:::bucket", status=64)
    job.said("assume", ROLE, "--duration", "1m", status=64)
    job.said("assume", ROLE, "--format", "xml", status=64)


def test_where_the_file_is_found(job: World):
    (job.home / ".aws").mkdir()
    (job.home / ".aws/accounts").write_text('{"prod": "111122223333"}')
    assert "111122223333" in who(job, "prod", "R")
    accounts(job, {"prod": "222233334444"}, "lists/a.json")
    (job.home / ".atmos").mkdir()
    setting = f"auth: {{accounts: {job.repository}/lists/a.json}}\n"
    (job.home / ".atmos/atmos.yaml").write_text(setting)
    assert "222233334444" in who(job, "prod", "R")
    accounts(job, {"prod": "333344445555"}, "b.json")
    assert "333344445555" in who(job, "prod", "R", env={"ACCOUNTS_FILE": "b.json"})
    assert "222233334444" in who(job, "prod", "R", "--accounts", "lists/a.json")


# MARK: Trust


@pytest.fixture
def checkout(job: World) -> World:
    (job.repository / ".git").mkdir()
    job.configure("auth: {realm: e2e}\n")
    accounts(job, {"prod": "444455556666"})
    return job


def test_a_checkouts_file_is_not_used_before_it_is_allowed(checkout: World, server: StrictSTS):
    for options in ([], ["--accounts", "accounts.json"]):
        said = checkout.said("assume", "prod", "Deploy", *options, status=77)
        assert ROLE in said
    assert server.calls() == {}
    # The role's ARN is the person's own choice.
    who(checkout, ROLE)


def test_at_a_terminal_it_is_asked_once(checkout: World):
    def typed() -> Pseudoterminal:
        return Pseudoterminal(
            checkout.binary,
            ["assume", "prod", "Deploy"],
            env=checkout.variables(),
            cwd=str(checkout.repository),
        )

    terminal = typed()
    terminal.expect_exact("[y/N]")
    terminal.sendline("y")
    assert terminal.end() == 0
    terminal = typed()
    assert terminal.end() == 0
    who(checkout, "prod", "Deploy")
    # Another account under the same name asks again.
    accounts(checkout, {"prod": "999988887777"})
    assert "999988887777" in checkout.said("assume", "prod", "Deploy", status=77)


def test_in_a_job_it_counts_as_allowed(checkout: World):
    assert "444455556666" in who(checkout, "prod", "Deploy", env={"CI": "true"})
    strict = {"CI": "true", "ATMOS_AUTH_TRUST": "strict"}
    checkout.said("assume", "prod", "Deploy", env=strict, status=77)


def test_an_account_is_allowed_beforehand(checkout: World, server: StrictSTS):
    hint = "`atmos-auth allow --account prod --role Deploy` allows it"
    assert hint in checkout.said("assume", "prod", "Deploy", status=77)
    shown = checkout.run("allow", "--account", "prod", "--role", "Deploy", status=0).stderr
    assert "accounts.json says of account prod:" in shown and f"role = {ROLE}" in shown
    assert "fingerprint" in shown and "allowed, until `atmos-auth revoke`" in shown
    assert server.calls() == {}, "nothing is sent"
    who(checkout, "prod", "Deploy")
    who(checkout, "PROD", "Deploy")
    # The region that is typed is the person's own choice; the role is part of what was allowed.
    who(checkout, "prod", "Deploy", "--region", "eu-west-1")
    checkout.said("assume", "prod", "Admin", status=77)
    checkout.said("assume", "prod", "Deploy", "--region", "cn-north-1", status=77)
    accounts(checkout, {"prod": "999988887777"})
    checkout.said("assume", "prod", "Deploy", status=77)
    shown = checkout.run("allow", "--account", "prod", "--role", "Deploy", status=0).stderr
    assert f"- role = {ROLE}" in shown and "+ role = arn:aws:iam::999988887777" in shown


@pytest.mark.parametrize(
    "command",
    [["revoke", "--account", "prod"], ["deny", "--account", "Prod"], ["revoke"]],
)
def test_what_was_allowed_of_an_account_is_taken_back(checkout: World, command: list[str]):
    checkout.run("allow", "--account", "prod", "--role", "Deploy", status=0)
    said = checkout.run(*command, status=0).stderr
    assert "revoked `account prod`" in said or command == ["revoke"], said
    checkout.said("assume", "prod", "Deploy", status=77)
    said = checkout.run("revoke", "--account", "prod", status=0).stderr
    assert "`account prod` was not allowed here" in said


def test_what_needs_no_allowing_of_accounts(checkout: World):
    said = checkout.run("allow", "--account", "444455556666", "--role", "R", status=0).stderr
    assert "needs no allowing" in said
    mine = checkout.home / ".aws/accounts.json"
    mine.parent.mkdir(exist_ok=True)
    mine.write_text('{"mine": "111122223333"}')
    options = ["--accounts", str(mine), "--role", "R"]
    said = checkout.run("allow", "--account", "mine", *options, status=0).stderr
    assert "needs no allowing" in said
    assert "unknown account" in checkout.said("allow", "--account", "nowhere", "--role", "R")
    assert "no role is named" in checkout.said("allow", "--account", "prod")
    assert "need an account" in checkout.said("allow", "--role", "R")
    other = ["--fingerprint", "0" * 64]
    checkout.said("allow", "--account", "prod", "--role", "Deploy", *other, status=77)
    checkout.said("assume", "prod", "Deploy", status=77)
    alone = {"ATMOS_INTERACTIVE": "false"}
    checkout.said("allow", "--account", "prod", "--role", "Deploy", env=alone, status=77)


def test_an_account_of_a_checkout_without_a_configuration(checkout: World):
    (checkout.repository / "atmos.yaml").unlink()
    checkout.run("allow", "--account", "prod", "--role", "Deploy", status=0)
    who(checkout, "prod", "Deploy")
    checkout.run("revoke", "--account", "prod", status=0)
    checkout.said("assume", "prod", "Deploy", status=77)


# MARK: The base


def test_keys_of_a_binding(job: World, server: StrictSTS):
    binding = {
        "AWS_ACCESS_KEY_ID": "AKIAOFSOMEBODYELSE00",
        "AWS_SECRET_ACCESS_KEY": "other",
        "AWS_SESSION_TOKEN": "left over of another block",
        "MY_KEY": server.access_key_id,
        "MY_SECRET": server.secret_access_key,
    }
    names = ["--access-key-var", "MY_KEY", "--secret-key-var", "MY_SECRET"]
    who(job, ROLE, *names, env=binding)
    said = job.said("assume", ROLE, *names, status=77)
    assert "MY_KEY has no key in it" in said
    job.said("assume", ROLE, "--access-key-var", "MY_KEY", status=64)


def test_session_keys_without_their_token_are_explained(job: World, server: StrictSTS):
    base = job.run("assume", ROLE, "--format", "json", status=0).json()["Credentials"]
    session = {
        "AWS_ACCESS_KEY_ID": base["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": base["SecretAccessKey"],
    }
    said = job.said("assume", ROLE, env=session, status=77)
    assert "its token is missing" in said
    assert "withAWS" in said
    assert base["SecretAccessKey"] not in said
    other = ["--session-token-var", "T", "--access-key-var", "K", "--secret-key-var", "S"]
    binding = {"K": base["AccessKeyId"], "S": base["SecretAccessKey"], "T": base["SessionToken"]}
    arn = who(job, "arn:aws:iam::444455556666:role/Next", *other, env=binding)
    assert ":assumed-role/Next/" in arn


def test_with_an_identity(world: World, server: StrictSTS):
    against(world, server)
    arn = who(world, ROLE, "-i", "engineer")
    assert ":assumed-role/Deploy/" in arn
    before = server.calls()
    who(world, ROLE, "-i", "engineer")
    assert server.calls() == before
    assert world.run("assume", ROLE, status=77).stdout == ""


def test_web_identity_makes_two_calls_and_then_none(job: World, server: StrictSTS):
    issuer = Issuer(ISSUER)
    audience = "sts.amazonaws.com"
    server.tell("/__providers", {ISSUER: {"jwks": issuer.jwks(), "audiences": [audience]}})
    base = "arn:aws:iam::111122223333:role/Pipeline"
    server.tell("/__roles", {"arn": base, "subject": "*"})
    token = job.temporary / "token"
    token.write_text(issuer.token("project_path:acme/infra", audience))
    pod = {
        "AWS_ACCESS_KEY_ID": None,
        "AWS_SECRET_ACCESS_KEY": None,
        "AWS_WEB_IDENTITY_TOKEN_FILE": str(token),
        "AWS_ROLE_ARN": base,
    }
    for _ in range(3):
        assert ":assumed-role/Deploy/" in who(job, ROLE, env=pod)
    assert [call["action"] for call in calls(server)] == ["AssumeRoleWithWebIdentity", "AssumeRole"]


@pytest.mark.parametrize("place", ["container", "instance"])
def test_the_keys_of_a_container_and_of_an_instance(job: World, server: StrictSTS, place: str):
    base = "arn:aws:iam::111122223333:role/Runner"
    issued = job.run("assume", base, "--format", "json", status=0).json()["Credentials"]
    keys = {
        "AccessKeyId": issued["AccessKeyId"],
        "SecretAccessKey": issued["SecretAccessKey"],
        "Token": issued["SessionToken"],
    }
    host = (
        host_keys.container(keys, job.temporary / "token")
        if place == "container"
        else host_keys.instance(keys, "Runner")
    )
    with host as variables:
        runner = variables | {"AWS_ACCESS_KEY_ID": None, "AWS_SECRET_ACCESS_KEY": None}
        for _ in range(2):
            assert ":assumed-role/Deploy/" in who(job, ROLE, env=runner)
        script = f'eval "$("{job.binary}" assume {ROLE})"; env'
        found = job.program("bash", "-c", script, env=runner).stdout
        assert "AWS_ACCESS_KEY_ID=ASIA" in found
        assert "AWS_CONTAINER_CREDENTIALS_FULL_URI" not in found
    # One call for the runner's keys, made above, and one for the role.
    assert [call["action"] for call in calls(server)] == ["AssumeRole"] * 2


def test_nothing_to_start_from(job: World):
    nothing = {"AWS_ACCESS_KEY_ID": None, "AWS_SECRET_ACCESS_KEY": None}
    said = job.said("assume", ROLE, env=nothing, status=77)
    assert "no AWS credentials to assume the role with" in said
    said = job.said("assume", ROLE, env={"AWS_SECRET_ACCESS_KEY": None}, status=78)
    assert said.index("set both, or unset both") < said.index("or name an identity with `-i NAME`")
    assert "-i NAME" in said


# MARK: Session names


@pytest.mark.parametrize(
    ("variables", "name"),
    [
        (
            {
                "PULL_NUM": "7",
                "USER_NAME": "jane",
                "BASE_REPO_OWNER": "acme",
                "BASE_REPO_NAME": "infra",
            },
            "atlantis-jane-acme-infra-7",
        ),
        (
            {"PULL_NUM": "7", "USER_NAME": "$(id);é ", "BASE_REPO_NAME": "i"},
            "atlantis---id-----i-7",
        ),
        ({"BUILD_TAG": "jenkins-a/b%2Fc-12"}, "jenkins-a-b-2Fc-12"),
        ({"JOB_NAME": "deploy", "BUILD_NUMBER": "12"}, "jenkins-deploy-12"),
        (
            {
                "GITHUB_ACTIONS": "true",
                "GITHUB_ACTOR": "jane",
                "GITHUB_REPOSITORY": "acme/infra",
                "GITHUB_REF": "refs/pull/7/merge",
            },
            "github-jane-acme-infra-pull-7",
        ),
        (
            {"GITLAB_CI": "true", "CI_PROJECT_PATH": "acme/infra", "CI_PIPELINE_ID": "99"},
            "gitlab-acme-infra-99",
        ),
        ({}, "atmos-auth-someone"),
        ({"PULL_NUM": "123", "BASE_REPO_NAME": "r" * 100}, f"atlantis-{'r' * 51}-123"),
    ],
)
def test_session_names_of_pipelines(job: World, variables, name):
    assert who(job, ROLE, env=variables).rsplit("/", 1)[1] == name
    assert who(job, ROLE, "--session-name", "my own!", env=variables).endswith("/my-own")


# MARK: One call


def test_runs_at_once_make_one_call(job: World, server: StrictSTS):
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        found = set(pool.map(lambda _: job.run("assume", ROLE, status=0).stdout, range(24)))
    assert len(found) == 1
    assert server.calls() == {"AssumeRole": 1}


def test_what_differs_is_another_session(job: World, server: StrictSTS):
    for options in (
        [],
        ["--session-name", "a"],
        ["--duration", "30m"],
        ["--external-id", "42"],
        ["--region", "eu-west-1"],
    ):
        who(job, ROLE, *options)
        who(job, ROLE, *options)
    assert server.calls() == {"AssumeRole": 5}


def test_the_kept_session_is_sealed_with_the_base(job: World, server: StrictSTS):
    job.run("assume", ROLE, status=0)
    secrets = server.issued_secrets()
    for path in job.files():
        content = path.read_bytes()
        assert not any(secret.encode() in content for secret in secrets), path
    server.tell(
        "/__users",
        {"name": "other", "access_key_id": "AKIAOTHEROTHEROTHER1", "secret_access_key": "z" * 40},
    )
    other = {"AWS_ACCESS_KEY_ID": "AKIAOTHEROTHEROTHER1", "AWS_SECRET_ACCESS_KEY": "z" * 40}
    job.run("assume", ROLE, status=0, env=other)
    assert server.calls() == {"AssumeRole": 2}


# MARK: Formats


def test_export_lines_set_and_clear(job: World, server: StrictSTS):
    stale = {"AWS_PROFILE": "other", "AWS_SECURITY_TOKEN": "stale", "AWS_REGION": "eu-west-1"}
    script = f'set -eu; lines=$("{job.binary}" assume {ROLE}); eval "$lines"; env'
    answer = job.program("bash", "-c", script, env=stale)
    assert answer.status == 0, str(answer)
    names = dict(line.split("=", 1) for line in answer.stdout.splitlines() if "=" in line)
    assert names["AWS_SECRET_ACCESS_KEY"] in server.issued_secrets()
    assert names["AWS_REGION"] == "eu-west-1"
    assert "AWS_PROFILE" not in names
    assert "AWS_SECURITY_TOKEN" not in names


def test_multienv_is_what_atlantis_reads(job: World, server: StrictSTS):
    answer = job.run("assume", ROLE, "--format", "multienv", status=0, env={"AWS_PROFILE": "x"})
    found = atlantis.parse(answer.stdout + answer.stderr)
    assert found["AWS_SECRET_ACCESS_KEY"] in server.issued_secrets()
    assert found["AWS_SESSION_TOKEN"] in server.issued_secrets()
    assert found["AWS_PROFILE"] == ""
    assert answer.stdout.count("\n") == 1


def test_the_other_formats(job: World, server: StrictSTS):
    def form(name: str, **options) -> str:
        return job.run("assume", ROLE, "--format", name, status=0, **options).stdout

    secret = job.run("assume", ROLE, "--format", "json", status=0).json()["Credentials"]
    for name in ("env", "dotenv"):
        assert f"AWS_SESSION_TOKEN={secret['SessionToken']}" in form(name).replace("'", "")
    answer = json.loads(form("credential-process"))
    assert answer["Version"] == 1
    assert answer["SecretAccessKey"] == secret["SecretAccessKey"]
    target = job.temporary / "github-env"
    target.touch()
    shown = form("github", env={"GITHUB_ENV": str(target), "GITHUB_ACTIONS": "true"})
    github = target.read_text()
    assert shown.startswith("::add-mask::")
    assert "AWS_SECRET_ACCESS_KEY=" in github
    assert "set -gx AWS_ACCESS_KEY_ID" in form("fish")


@pytest.mark.parametrize(
    "name", ["export", "dotenv", "env", "multienv", "json", "credential-process"]
)
def test_a_failure_prints_nothing(job: World, name: str):
    answer = job.run("assume", "arn:aws:iam::444455556666:role/Denied", "--format", name)
    assert answer.status == 77, str(answer)
    assert answer.stdout == ""
    assert answer.stderr != ""


def test_hints_name_options_and_no_definition(job: World):
    said = job.said("assume", "arn:aws:iam::444455556666:role/Denied", status=77)
    assert "`--external-id`" in said and "`--mfa-serial`" in said
    assert "principal." not in said
    wrong = {"AWS_SECRET_ACCESS_KEY": "wrong"}
    said = job.said("assume", ROLE, env=wrong, status=77)
    assert "the secret access key does not belong to" in said
    assert "-i Deploy" not in said


def test_it_is_written_down(job: World):
    job.run("assume", ROLE, "--session-name", "pr-7", status=0)
    (line,) = job.run("audit", "export", status=0).stdout.splitlines()
    entry = json.loads(line)
    assert entry["way"] == "assume"
    assert entry["account"] == "444455556666"
    assert entry["session"] == "pr-7"
    assert entry["chain"] == ["Deploy"]


def test_the_real_cli_takes_them(job: World, server: StrictSTS):
    if shutil.which("aws", path=job.variables()["PATH"]) is None:
        pytest.skip("the AWS CLI is not installed")
    script = (
        f'eval "$("{job.binary}" assume {ROLE} --session-name cli)" && '
        "aws sts get-caller-identity --output text --query Arn"
    )
    answer = job.program("bash", "-c", script, env={"AWS_REGION": "eu-west-1"})
    assert answer.stdout.strip() == "arn:aws:sts::444455556666:assumed-role/Deploy/cli", str(answer)
