"""Jobs of GitHub Actions: their token becomes roles, and nothing of it stays or shows."""

from __future__ import annotations

import json

import pytest

from certificates import certificate_for
from github_world import JOB, SUBJECT, GitHub, job
from secret_scan import ProcessWatch, assert_nowhere
from world import World

WHO = ("aws", "sts", "get-caller-identity", "--output", "text", "--query", "Arn")


@pytest.fixture
def github(tmp_path):
    service = GitHub(certificate_for(tmp_path, "localhost"))
    yield service
    service.close()


@pytest.fixture
def server(sts):
    return sts()


@pytest.fixture
def runner(world: World, github: GitHub, server) -> World:
    return job(world, github, server)


def secrets(github: GitHub, server) -> list[str]:
    return [github.request_token, *github.issuer.issued, *server.issued_secrets()]


def test_a_chain_from_a_job_feeds_the_aws_cli(runner: World, github: GitHub, server):
    with ProcessWatch() as watch:
        answer = runner.run("exec", "--", *WHO, status=0)
    assert answer.stdout.startswith("arn:aws:sts::210987654321:assumed-role/deploy/atmos-deploy-")
    calls = [entry for entry in server.log() if entry["action"] != "GetCallerIdentity"]
    assert [call["action"] for call in calls[:2]] == ["AssumeRoleWithWebIdentity", "AssumeRole"]
    assert all(call["status"] == 200 for call in calls)
    assert all(path.startswith("/job/7/idtoken?api-version=2.0&a=%2Fb+c&") for path in github.asked)
    runner.run("--logs-level", "Trace", "exec", "--", "true", status=0)
    assert_nowhere(runner, secrets(github, server), watch)


def test_nothing_is_stored_and_a_rerun_asks_again(runner: World, github: GitHub, server):
    runner.run("login", status=0)
    first = len(github.asked)
    assert first >= 1
    assert not list(runner.state.rglob("*.session")) and not list(runner.home.rglob("*keyring*"))
    github.request_token = "request-token-of-the-rerun-000000"
    rerun = {"ACTIONS_ID_TOKEN_REQUEST_TOKEN": github.request_token}
    runner.run("exec", "--", "true", env=rerun, status=0)
    assert len(github.asked) > first
    assert_nowhere(runner, secrets(github, server))


def test_the_provider_alone(runner: World, github: GitHub):
    answer = runner.run("login", "--provider", "actions", status=0)
    assert "Provider  actions" in answer.stderr and "Expires" in answer.stderr
    assert len(github.asked) == 1


def test_a_token_that_an_earlier_step_fetched(runner: World, github: GitHub):
    token = github.issuer.token(SUBJECT, "sts.amazonaws.com")
    answer = runner.run("credential-process", env={"ACTIONS_ID_TOKEN": token}, status=0)
    assert answer.json()["SessionToken"]
    assert github.asked == []


def test_env_masks_before_anything_else(runner: World, github: GitHub, server):
    file = runner.temporary / "github-env"
    file.touch()
    answer = runner.run(
        "env", "--static", "--format", "github", env={"GITHUB_ENV": str(file)}, status=0
    )
    values = dict(line.split("=", 1) for line in file.read_text().splitlines())
    masked = [line.removeprefix("::add-mask::") for line in answer.stdout.splitlines()]
    assert answer.stdout.count("::add-mask::") == len(masked) == 3
    keys = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")
    assert sorted(masked) == sorted(values[name] for name in keys)
    said = [answer.stderr] + [text for text in runner.transcript if text != answer.stdout]
    assert_nowhere_in_job(runner, secrets(github, server), said, file)
    again = runner.program(*WHO, env=values)
    assert again.stdout.startswith("arn:aws:sts::210987654321:assumed-role/deploy/"), str(again)
    # Masks come before a failure, too.
    broken = runner.run("env", "--static", "--format", "github", env={"GITHUB_ENV": "/nowhere/x"})
    assert broken.status == 71 and broken.stdout.count("::add-mask::") == 3


def assert_nowhere_in_job(runner, wanted, said, file) -> None:
    text = file.read_text()
    file.unlink()
    assert_nowhere(runner, wanted, said=said)
    file.write_text(text)


def test_masks_are_only_for_runners(runner: World):
    file = runner.temporary / "github-env"
    arguments = ("env", "--static", "--format", "github", "--output-file", str(file))
    assert "::add-mask::" in runner.run(*arguments, status=0).stdout
    runner.configure("auth: {identities: {dev: {kind: mock/aws, default: true}}}\n")
    assert "::add-mask::" in runner.run(*arguments, status=0).stdout
    answer = runner.run(*arguments, env={"GITHUB_ACTIONS": None}, status=0)
    assert answer.stdout == ""


def test_a_secret_of_several_lines_is_masked_whole(runner: World):
    runner.configure(
        """\
        auth:
          identities:
            dev:
              kind: mock/aws
              default: true
              env:
                - {key: DEPLOY_PRIVATE_KEY, value: "100%\\nof it"}
                - {key: PLAIN, value: debug}
        """
    )
    file = runner.temporary / "github-env"
    file.touch()
    answer = runner.run("env", "--format", "github", env={"GITHUB_ENV": str(file)}, status=0)
    assert answer.stdout == "::add-mask::100%25%0Aof it\n"


def test_without_the_permission(runner: World):
    for missing in ("ACTIONS_ID_TOKEN_REQUEST_URL", "ACTIONS_ID_TOKEN_REQUEST_TOKEN"):
        said = runner.said("exec", "--", "true", env={missing: None}, status=77)
        assert "permissions:" in said and "id-token: write" in said


def test_outside_actions(runner: World):
    said = runner.said("exec", "--", "true", env={"GITHUB_ACTIONS": None}, status=69)
    assert "GitHub Actions only" in said and "id-token: write" in said


@pytest.mark.parametrize(
    "url",
    [
        "http://token.actions.githubusercontent.com/?a=b",
        "https://token.actions.githubusercontent.com.example.com/?a=b",
        "https://token.actions.githubusercontent.com@localhost:{port}/job/7/idtoken?a=b",
        "https://127.0.0.1:{port}/job/7/idtoken?a=b",
        "https://localhost\\.actions.githubusercontent.com:{port}/?a=b",
        "https://localhost:{port}/#.actions.githubusercontent.com",
    ],
)
def test_the_request_token_goes_to_github_only(runner: World, github: GitHub, url: str):
    runner.run("exec", "--", "true", status=0)
    asked = len(github.asked)
    url = url.replace("{port}", str(github.port))
    said = runner.said("exec", "--", "true", env={"ACTIONS_ID_TOKEN_REQUEST_URL": url}, status=77)
    assert "host" in said or "https" in said
    assert len(github.asked) == asked
    assert github.request_token not in said


def test_another_host_needs_the_configuration(runner: World, github: GitHub):
    runner.configure(JOB.replace(", allowed_hosts: [localhost]", ""))
    said = runner.said("exec", "--", "true", status=77)
    assert "`localhost` is not a host of GitHub Actions" in said and "spec.allowed_hosts" in said
    assert github.asked == []


def test_a_redirection_is_not_followed(runner: World, github: GitHub, tmp_path):
    (tmp_path / "other").mkdir()
    other = GitHub(certificate_for(tmp_path / "other", "localhost"))
    try:
        github.elsewhere = other.url
        github.faults = [302]
        said = runner.said("exec", "--", "true", status=77)
        assert "leads elsewhere" in said
        assert other.asked == []
    finally:
        other.close()


def test_passing_faults_are_tried_again(runner: World, github: GitHub):
    github.faults = [503, 429]
    runner.run("login", "--provider", "actions", status=0)
    assert len(github.asked) == 3


def test_a_job_that_is_over(runner: World, github: GitHub):
    github.request_token = "another-request-token-0000000000"
    said = runner.said("exec", "--", "true", status=77)
    assert "status 401" in said and "id-token: write" in said
    assert len(github.asked) == 1


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"subject": "repo:evil/fork:pull_request"}, "sts:AssumeRoleWithWebIdentity"),
        ({"audience": "https://example.com"}, "audience"),
    ],
)
def test_what_sts_refuses_is_told_with_the_claims(
    runner: World, github: GitHub, change: dict, reason: str
):
    github.subject = change.get("subject", SUBJECT)
    if "audience" in change:
        runner.configure(JOB.replace("sts.amazonaws.com", change["audience"]))
    said = runner.said("exec", "--", "true", status=77)
    assert f"sub `{github.subject}`" in said and reason in said
    assert f"aud `{change.get('audience', 'sts.amazonaws.com')}`" in said
    assert "iss `https://token.actions.githubusercontent.com`" in said and "exp 20" in said
    assert "list-open-id-connect-providers" in said and "thumbprint" in said
    assert_nowhere(runner, github.issuer.issued)


def test_a_token_that_has_ended_is_fetched_again_once(runner: World, github: GitHub):
    github.seconds = -10
    said = runner.said("exec", "--", "true", status=77)
    assert "it has ended" in said
    assert len(github.asked) == 2


def test_an_issuer_that_the_account_does_not_know(runner: World, github: GitHub):
    github.issuer.url = "https://github.example.com/_services/token"
    said = runner.said("exec", "--", "true", status=77)
    assert "No OpenIDConnect provider" in said and "github.example.com" in said


def test_what_cannot_be_sent_with_a_token(runner: World):
    role = '{assume_role: "arn:aws:iam::123456789012:role/base"'
    runner.configure(JOB.replace(role, role + ", tags: {Team: a}"))
    said = runner.said("exec", "--", "true", status=78)
    assert "`principal.tags` cannot be sent with an identity token" in said
    runner.configure(JOB.replace(role, role + ", external_id: abc"))
    answer = runner.run("exec", "--", "true", status=0)
    assert "principal.external_id of `base` is not sent" in answer.stderr


def test_duration_session_name_and_policy_are_sent(runner: World, server):
    role = '{assume_role: "arn:aws:iam::123456789012:role/base"'
    more = ', duration: 2h, session_name: from-ci, policy: \'{"Version": "2012-10-17"}\''
    runner.configure(JOB.replace(role, role + more))
    runner.run("exec", "--", "true", status=0)
    [call] = [entry for entry in server.log() if entry["action"] == "AssumeRoleWithWebIdentity"]
    assert (call["duration"], call["session"], call["status"]) == ("7200", "from-ci", 200)


def test_the_answer_for_sdks(runner: World):
    answer = runner.run("credential-process", status=0)
    assert set(json.loads(answer.stdout)) >= {"AccessKeyId", "SessionToken", "Expiration"}


def test_validate_knows_what_does_not_fit(runner: World):
    runner.configure(JOB.replace("[localhost]", '["https://x/y"]'))
    answer = runner.run("validate", status=78)
    assert "is not a host name" in answer.stdout + answer.stderr
    runner.configure(
        JOB.replace(
            "kind: aws/assume-role\n      via: {provider",
            "kind: aws/permission-set\n      via: {provider",
        )
    )
    answer = runner.run("validate", status=78)
    assert "gives an identity token" in answer.stdout + answer.stderr
