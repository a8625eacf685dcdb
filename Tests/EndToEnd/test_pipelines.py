"""The examples of docs/pipelines, each carried out as far as it can be without its service."""

from __future__ import annotations

import json
import pathlib
import re

import pytest
import yaml

import atlantis
from oidc_issuer import Issuer
from programs import REPOSITORY
from services import StrictSTS
from web_token_world import ISSUER
from world import Answer, World

EXAMPLES = REPOSITORY / "docs/pipelines"
SCRIPT = EXAMPLES / "assume-role.sh"


@pytest.fixture
def server(sts) -> StrictSTS:
    return sts()


@pytest.fixture
def job(world: World, server: StrictSTS, tmp_path: pathlib.Path) -> World:
    """A runner: keys in variables, a stand-in for terraform that shows who it is."""
    programs = tmp_path / "programs"
    programs.mkdir()
    terraform = programs / "terraform"
    terraform.write_text('#!/bin/sh\necho "terraform $* as $AWS_ACCESS_KEY_ID"\n')
    terraform.chmod(0o755)
    world.environment |= {
        "PATH": f"{programs}:{world.variables()['PATH']}",
        "AWS_ENDPOINT_URL_STS": server.url,
        "AWS_ACCESS_KEY_ID": server.access_key_id,
        "AWS_SECRET_ACCESS_KEY": server.secret_access_key,
        "ATMOS_CLI_CONFIG_PATH": None,
        "ATMOS_KEYRING_TYPE": None,
        "ATMOS_KEYRING_PASSWORD": None,
        "CI": "true",
    }
    (world.repository / ".git").mkdir()
    world.write("accounts.json", json.dumps({"prod": "444455556666", "dev": "111122223333"}))
    return world


def assumed(server: StrictSTS) -> list[dict]:
    return [entry for entry in server.log() if entry["action"] == "AssumeRole"]


def bash(world: World, script: str, *arguments: str, **options) -> Answer:
    return world.program("bash", "-c", script, "bash", *arguments, **options)


def test_atlantis(job: World, server: StrictSTS, tmp_path: pathlib.Path):
    """A plan and an apply of a pull request, twice each: two roles, two calls."""
    text = (EXAMPLES / "atlantis.yaml").read_text()
    workflow = yaml.safe_load(text)["workflows"]["accounts"]
    accounts = tmp_path / "accounts.json"
    accounts.write_text(json.dumps({"prod": "444455556666"}))
    pull = {
        "WORKSPACE": "prod",
        "PULL_NUM": "7",
        "USER_NAME": "jane",
        "BASE_REPO_OWNER": "acme",
        "BASE_REPO_NAME": "infra",
    }
    for _ in range(2):
        for stage in ("plan", "apply"):
            steps = workflow[stage]["steps"]
            (line,) = [step["multienv"] for step in steps if isinstance(step, dict)]
            line = line.replace("/atlantis/accounts.json", str(accounts))
            # Atlantis runs a step with sh, and merges its streams.
            answer = job.program("sh", "-c", f"{line} 2>&1", env=pull)
            assert answer.status == 0, str(answer)
            found = atlantis.parse(answer.stdout)
            assert found["AWS_SECRET_ACCESS_KEY"] in server.issued_secrets()
    assert [call["session"] for call in assumed(server)] == ["atlantis-jane-acme-infra-7"] * 2


def test_atlantis_ends_the_run_after_a_failure(job: World):
    step = "atmos-auth assume nobody --accounts accounts.json --role Plan --format multienv"
    answer = job.program("sh", "-c", step)
    assert answer.status == 64
    assert answer.stdout == ""


@pytest.mark.parametrize("role", [True, False], ids=["the binding's role", "a user's keys"])
def test_jenkins(job: World, server: StrictSTS, role: bool):
    """The binding sets two variables of any name; of a role's session the third is literal."""
    text = (EXAMPLES / "Jenkinsfile").read_text()
    (script,) = re.findall(r"sh '''(.*?)'''", text, re.DOTALL)
    of = dict(re.findall(r"(\w+): '?([\w:/-]+)'?[,\]]", text))
    keys = (server.access_key_id, server.secret_access_key, None)
    if role:
        arguments = ["--session-name", of["roleSessionName"]]
        arguments += ["--duration", f"{of['roleSessionDurationSeconds']}s", "--format", "json"]
        answer = job.run("assume", of["roleArn"], *arguments, status=0)
        credentials = json.loads(answer.stdout)["Credentials"]
        keys = [credentials[name] for name in ("AccessKeyId", "SecretAccessKey", "SessionToken")]
    binding = {
        of["accessKeyVariable"]: keys[0],
        of["secretKeyVariable"]: keys[1],
        "AWS_SESSION_TOKEN": keys[2],
        "AWS_ACCESS_KEY_ID": None,
        "AWS_SECRET_ACCESS_KEY": None,
        "BUILD_TAG": "jenkins-infra-12",
        "JENKINS_URL": "https://jenkins.example.com/",
        "CI": None,
    }
    file = job.temporary / "script.sh"
    file.write_text(script.lstrip())
    file.chmod(0o755)
    answer = job.program(str(file), env=binding)
    assert answer.status == 0, str(answer)
    assert re.search(r"terraform plan -input=false -out plan as ASIA\w+", answer.stdout)
    assert assumed(server)[-1]["session"] == "jenkins-infra-12"


def test_github_actions(job: World, server: StrictSTS):
    steps = yaml.safe_load((EXAMPLES / "github-actions.yml").read_text())["jobs"]["plan"]["steps"]
    assume, plan = [step["run"] for step in steps if "run" in step]
    file = job.temporary / "github-env"
    file.touch()
    runner = {
        "GITHUB_ACTIONS": "true",
        "GITHUB_ENV": str(file),
        "GITHUB_REPOSITORY": "acme/infra",
        "GITHUB_ACTOR": "jane",
        "GITHUB_REF": "refs/pull/7/merge",
    }
    answer = bash(job, assume, env=runner)
    assert answer.status == 0, str(answer)
    masked = re.findall(r"^::add-mask::(.+)$", answer.stdout, re.MULTILINE)
    later = dict(line.split("=", 1) for line in file.read_text().splitlines())
    assert later["AWS_SECRET_ACCESS_KEY"] in masked
    assert later["AWS_SESSION_TOKEN"] in masked
    answer = bash(job, plan, env=runner | later)
    assert f"as {later['AWS_ACCESS_KEY_ID']}" in answer.stdout
    assert assumed(server)[-1]["session"] == "github-jane-acme-infra-pull-7"


def test_gitlab(job: World, server: StrictSTS):
    plan = yaml.safe_load((EXAMPLES / "gitlab-ci.yml").read_text())["plan"]
    issuer = Issuer(ISSUER)
    audience = plan["id_tokens"]["AWS_TOKEN"]["aud"]
    server.tell("/__providers", {ISSUER: {"jwks": issuer.jwks(), "audiences": [audience]}})
    server.tell("/__roles", {"arn": plan["variables"]["AWS_ROLE_ARN"], "subject": "project_path:*"})
    directory = {"$CI_PROJECT_DIR": str(job.repository)}
    variables = {
        name: re.sub(r"\$\w+", lambda found: directory[found.group()], value)
        for name, value in plan["variables"].items()
    }
    runner = variables | {
        "AWS_TOKEN": issuer.token("project_path:acme/infra", audience),
        "AWS_ACCESS_KEY_ID": None,
        "AWS_SECRET_ACCESS_KEY": None,
        "GITLAB_CI": "true",
        "GITLAB_USER_LOGIN": "jane",
        "CI_PROJECT_PATH": "acme/infra",
        "CI_MERGE_REQUEST_IID": "7",
    }
    answer = bash(job, "set -eo pipefail\n" + "\n".join(plan["script"]), env=runner)
    assert answer.status == 0, str(answer)
    assert re.search(r"terraform plan -input=false as ASIA\w+", answer.stdout)
    assert assumed(server)[-1]["session"] == "gitlab-jane-acme-infra-mr-7"


def test_a_container(job: World, server: StrictSTS):
    task = {"ACCOUNT": "dev", "ROLE": "Task", "ACCOUNTS_FILE": "accounts.json"}
    answer = job.program(str(EXAMPLES / "container.sh"), "terraform", "apply", env=task)
    assert answer.status == 0, str(answer)
    assert re.search(r"terraform apply as ASIA\w+", answer.stdout)
    failed = job.program(
        str(EXAMPLES / "container.sh"), "terraform", "apply", env=task | {"ACCOUNT": "x"}
    )
    assert failed.status != 0
    assert "terraform" not in failed.stdout


# MARK: assume-role.sh


@pytest.mark.parametrize(
    ("arguments", "variables", "role", "session"),
    [
        (["prod", "Deploy"], {}, "444455556666:role/Deploy", None),
        (["prod", "Deploy", "", "eu-west-1"], {}, "444455556666:role/Deploy", None),
        (["444455556666", "Deploy", "my-session"], {}, "444455556666:role/Deploy", "my-session"),
        (["444455556666", "Deploy", "s1", "1800"], {}, "444455556666:role/Deploy", "s1"),
        (
            ["-duration", "30m", "-format", "bash", "arn:aws:iam::444455556666:role/R"],
            {},
            "444455556666:role/R",
            None,
        ),
        (["--account-id", "444455556666", "--role-name", "R"], {}, "444455556666:role/R", None),
        (["--account=dev", "--role", "R", "--external-id", "42"], {}, "111122223333:role/R", None),
        # The role that coinbase's script takes if none is named.
        (["prod"], {}, "444455556666:role/read", None),
        # An option without a value, and options that beat variables.
        (["--no-color", "prod", "Deploy"], {}, "444455556666:role/Deploy", None),
        (["--account=dev", "--role=R"], {"ACCOUNT": "prod"}, "111122223333:role/R", None),
        (["--account-id=444455556666", "--role-name=R"], {}, "444455556666:role/R", None),
        (["--account", "dev"], {"ACCOUNT": "prod", "ROLE_NAME": "R"}, "111122223333:role/R", None),
        (
            ["--session-name", "s3", "prod", "R"],
            {"SESSION_NAME": "s2"},
            "444455556666:role/R",
            "s3",
        ),
        (["arn:aws:iam::444455556666:role/R"], {"ROLE_NAME": "Q"}, "444455556666:role/R", None),
        # A build's number with a duration behind it is no MFA code.
        (["444455556666", "Deploy", "123456", "1800"], {}, "444455556666:role/Deploy", "123456"),
        (
            [],
            {"ACCOUNT": "dev", "ROLE_NAME": "R", "SESSION_NAME": "s2", "DURATION": "1800"},
            "111122223333:role/R",
            "s2",
        ),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_the_orders_of_arguments(
    job: World, server: StrictSTS, arguments, variables, role, session
):
    answer = job.program(str(SCRIPT), *arguments, env=variables)
    assert answer.status == 0, str(answer)
    assert answer.stderr == ""
    assert all(re.match(r"(export|unset) ", line) for line in answer.stdout.splitlines())
    (call,) = assumed(server)
    if session:
        assert call["session"] == session
    if "1800" in arguments or "DURATION" in variables:
        assert str(call["duration"]) == "1800"
    entry = json.loads(job.run("audit", "export", status=0).stdout)
    account, name = role.split(":role/")
    assert entry["account"] == account
    assert f":assumed-role/{name}/" in entry["principal"]


def test_the_variables_that_prompts_read(job: World, server: StrictSTS):
    names = ["AWS_ACCOUNT_ID", "AWS_ACCOUNT_NAME", "AWS_ACCOUNT_ROLE"]
    show = "; ".join(f'echo "${{{name}}}"' for name in names)
    script = f'export AWS_SECURITY_TOKEN=old; eval "$("{SCRIPT}" prod Deploy)"; {show}'
    answer = bash(job, f'{script}; [ "$AWS_SECURITY_TOKEN" = "$AWS_SESSION_TOKEN" ]')
    assert answer.status == 0, str(answer)
    assert answer.stdout.splitlines() == ["444455556666", "prod", "Deploy"]
    # By its ARN an account has no name.
    arn = "arn:aws:iam::444455556666:role/team/Deploy"
    answer = bash(job, f'eval "$("{SCRIPT}" {arn})"; {show}')
    assert answer.stdout.splitlines() == ["444455556666", "444455556666", "team/Deploy"]


def test_the_accounts_file_decides_the_role_before_the_default(job: World):
    accounts = {"prod": {"id": "444455556666", "role": "Deploy"}}
    job.write("accounts.json", json.dumps(accounts))
    answer = bash(job, f'eval "$("{SCRIPT}" prod)"; echo "$AWS_ACCOUNT_ROLE"')
    assert answer.stdout == "Deploy\n", str(answer)
    accounts["prod"]["role"] = "arn:aws:iam::444455556666:role/${ROLE}"
    job.write("accounts.json", json.dumps(accounts))
    answer = bash(job, f'eval "$("{SCRIPT}" prod)"; echo "$AWS_ACCOUNT_ROLE"')
    assert answer.stdout == "read\n", str(answer)


def test_the_script_knows_the_options_without_a_value(job: World):
    options = job.run("assume", "--help", status=0).stdout.partition("OPTIONS:")[2]
    known = re.findall(r"^  (?:-\w, )?(--[\w-]+)( <)?", options, re.MULTILINE)
    (line,) = re.findall(r"^ +(--no-color .*?)\)", SCRIPT.read_text(), re.MULTILINE)
    assert {name for name, value in known if not value} == set(line.split(" | ")) - {"-h"}


def test_a_program_behind_a_role(job: World):
    answer = job.program(str(SCRIPT), "arn:aws:iam::444455556666:role/R", "terraform", "plan")
    assert re.search(r"terraform plan as ASIA\w+", answer.stdout), str(answer)


def test_sourced_it_sets_variables_and_traces_no_key(job: World, server: StrictSTS):
    script = f'set -eux; . "{SCRIPT}" prod Deploy; set +x; echo "as $AWS_ACCESS_KEY_ID"; set -u'
    answer = bash(job, script)
    assert answer.status == 0, str(answer)
    assert re.search(r"as ASIA\w+", answer.stdout)
    for secret in server.issued_secrets():
        assert secret not in answer.stdout + answer.stderr


def test_a_failure_of_the_script_says_so_and_sets_nothing(job: World):
    answer = job.program(str(SCRIPT), "nobody", "Deploy")
    assert answer.status == 64
    assert answer.stdout == ""
    sourced = bash(job, f'. "{SCRIPT}" nobody Deploy; echo "$? $AWS_ACCESS_KEY_ID"')
    assert sourced.stdout.startswith("64 AKIA")


def test_an_mfa_code_as_the_third_word(job: World, server: StrictSTS):
    role = "arn:aws:iam::444455556666:role/Deploy"
    server.tell("/__roles", {"arn": role, "mfa": True})
    serial = "arn:aws:iam::123456789012:mfa/jane"
    job.write("accounts.json", json.dumps({"prod": {"id": "444455556666", "mfa_serial": serial}}))
    answer = job.program(str(SCRIPT), "prod", "Deploy", "123456")
    assert answer.status == 0, str(answer)
    assert "AWS_SESSION_TOKEN" in answer.stdout
