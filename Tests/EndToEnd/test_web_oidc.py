"""Identity tokens from files, variables, addresses and commands."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from azure_pipelines import AUDIENCE as DEVOPS_AUDIENCE
from azure_pipelines import CONNECTION, JOB, AzureDevOps
from certificates import certificate_for
from relay import Relay
from secret_scan import ProcessWatch, assert_nowhere
from web_token_world import CONFIGURATION, ISSUER, SUBJECT, with_token
from world import World

WHO = ("aws", "sts", "get-caller-identity", "--output", "text", "--query", "Arn")
AUDIENCE = "sts.amazonaws.com"


@pytest.fixture
def server(sts):
    return sts()


@pytest.fixture
def answering(tmp_path):
    """Starts a service that answers each request with what a function says."""
    running = []

    def start(body):
        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *arguments) -> None:
                pass

            def do_GET(self) -> None:
                length = int(self.headers.get("Content-Length", 0))
                self.rfile.read(length)
                answer = body(self)
                self.send_response(200 if answer else 403)
                self.send_header("Content-Length", str(len(answer or b"")))
                self.end_headers()
                self.wfile.write(answer or b"")

            do_POST = do_GET

        service = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=service.serve_forever, daemon=True).start()
        running.append(service)
        return f"http://127.0.0.1:{service.server_address[1]}"

    yield start
    for service in running:
        service.shutdown()
        service.server_close()


def test_a_file_is_read_again_each_time(world: World, server):
    world, issuer = with_token(world, server, "token_file: ~/token")
    path = world.home / "token"
    path.write_text(issuer.token(SUBJECT, AUDIENCE) + "\n")
    with ProcessWatch() as watch:
        answer = world.run("exec", "--", *WHO, status=0)
    assert ":assumed-role/deploy/" in answer.stdout
    path.write_text(issuer.token("somebody else", AUDIENCE))
    said = world.said("exec", "--", "true", status=77)
    assert "sub `somebody else`" in said
    path.unlink()
    assert "there is no token file" in world.said("exec", "--", "true", status=77)
    assert_nowhere(world, [*issuer.issued, *server.issued_secrets()], watch)


PRESETS = {
    "gitlab": "GITLAB_OIDC_TOKEN",
    "circleci": "CIRCLE_OIDC_TOKEN_V2",
    "bitbucket": "BITBUCKET_STEP_OIDC_TOKEN",
    "spacelift": "SPACELIFT_OIDC_TOKEN",
    "terraform-cloud": "TFC_WORKLOAD_IDENTITY_TOKEN",
}


@pytest.mark.parametrize("preset", PRESETS)
def test_presets_of_variables(world: World, server, preset: str):
    world, issuer = with_token(world, server, f"preset: {preset}, audience: {AUDIENCE}")
    assert f"{PRESETS[preset]} " in world.said("exec", "--", "true", status=77) + " "
    env = {PRESETS[preset]: issuer.token(SUBJECT, AUDIENCE)}
    world.run("exec", "--", "true", env=env, status=0)
    if preset == "circleci":
        world.run("exec", "--", "true", env={"CIRCLE_OIDC_TOKEN": env[PRESETS[preset]]}, status=0)
    env = {PRESETS[preset]: issuer.token(SUBJECT, "somebody")}
    said = world.said("exec", "--", "true", env=env, status=77)
    assert f"is not for audience `{AUDIENCE}`" in said and "aud `somebody`" in said


def test_the_preset_of_kubernetes(world: World, server):
    world, issuer = with_token(world, server, "preset: kubernetes")
    said = world.said("exec", "--", "true", status=77)
    assert "/var/run/secrets/eks.amazonaws.com/serviceaccount/token" in said
    path, azure = world.home / "projected", world.home / "azure"
    path.write_text(issuer.token(SUBJECT, AUDIENCE))
    azure.write_text(issuer.token("system:serviceaccount:a:b", "api://AzureADTokenExchange"))
    env = {"AWS_WEB_IDENTITY_TOKEN_FILE": str(path)}
    world.run("exec", "--", "true", env=env, status=0)
    # On AKS, whichever webhook's file has the audience.
    world.configure(CONFIGURATION.format(spec=f"preset: kubernetes, audience: {AUDIENCE}"))
    env = {"AWS_WEB_IDENTITY_TOKEN_FILE": str(azure), "AZURE_FEDERATED_TOKEN_FILE": str(path)}
    world.run("exec", "--", "true", env=env, status=0)
    path.unlink()
    said = world.said("exec", "--", "true", env=env, status=77)
    assert f"no token of this pod is for audience `{AUDIENCE}`" in said
    assert "aud `api://AzureADTokenExchange`" in said


def test_the_preset_of_buildkite_and_commands(world: World, server):
    world, issuer = with_token(world, server, f"preset: buildkite, audience: {AUDIENCE}")
    assert "buildkite-agent" in world.said("exec", "--", "true", status=78)
    programs = world.root / "programs"
    programs.mkdir()
    token = world.home / "token"
    token.write_text(issuer.token(SUBJECT, AUDIENCE))
    agent = programs / "buildkite-agent"
    wanted = f"oidc request-token --audience {AUDIENCE}"
    agent.write_text(f'#!/bin/sh\n[ "$*" = "{wanted}" ] || exit 3\ncat "{token}"\n')
    agent.chmod(0o755)
    world.environment["PATH"] = f"{programs}:{world.variables()['PATH']}"
    world.run("exec", "--", "true", status=0)
    world.configure(CONFIGURATION.format(spec=f"token_command: [cat, '{token}']"))
    world.run("exec", "--", "true", status=0)
    world.configure(CONFIGURATION.format(spec="token_command: ['false']"))
    assert "failed with status 1" in world.said("exec", "--", "true", status=77)
    world.configure(CONFIGURATION.format(spec="token_command: [echo, nonsense]"))
    assert "not an identity token" in world.said("exec", "--", "true", status=77)


@pytest.mark.parametrize("form", ["text", "json"])
def test_an_address_with_a_header(world: World, server, answering, form: str):
    world, issuer = with_token(world, server, "token_env: X")
    asked = []

    def body(request):
        asked.append(request.path)
        if request.headers["X-Key"] != "the-key-of-the-service":
            return None
        token = issuer.token(SUBJECT, AUDIENCE)
        return (token if form == "text" else json.dumps({"id": token})).encode()

    url = answering(body)
    spec = (
        f"token_url: '{url}/t?a=b', token_headers: {{X-Key: !env KEY}}, token_field: id, "
        f"audience: {AUDIENCE}"
    )
    world.configure(CONFIGURATION.format(spec=spec))
    env = {"KEY": "the-key-of-the-service"}
    world.run("exec", "--", "true", env=env, status=0)
    assert asked[0] == f"/t?a=b&audience={AUDIENCE}"
    assert "refused a token" in world.said("exec", "--", "true", status=77)
    assert_nowhere(world, ["the-key-of-the-service", *issuer.issued])


def test_azure_devops_is_asked_at_its_own_hosts_only(world: World, server, answering):
    spec = f"preset: azure-devops, audience: {AUDIENCE}, service_connection: abc"
    world, _ = with_token(world, server, spec)
    assert "System.AccessToken" in world.said("exec", "--", "true", status=77)
    asked = []
    url = answering(lambda request: asked.append(request.path) or b"{}")
    for address in (url, "https://dev.azure.com.example.com/x", "https://dev.azure.com@localhost/"):
        env = {"SYSTEM_OIDCREQUESTURI": address, "SYSTEM_ACCESSTOKEN": "the-access-token"}
        said = world.said("exec", "--", "true", env=env, status=77)
        assert "is not an https address of Azure DevOps" in said
    assert asked == []


@pytest.fixture
def pipelines(world: World, server, tmp_path):
    """A world of a job of Azure Pipelines, and the service behind the name dev.azure.com."""
    certificate = certificate_for(tmp_path, "dev.azure.com")
    _, issuer = with_token(world, server, f"preset: azure-devops, audience: '{DEVOPS_AUDIENCE}'")
    known = {"jwks": issuer.jwks(), "audiences": [DEVOPS_AUDIENCE]}
    server.tell("/__providers", {ISSUER: known})
    role = {"arn": "arn:aws:iam::123456789012:role/deploy", "subject": "sc://acme/infra/*"}
    server.tell("/__roles", role)
    service = AzureDevOps(issuer, certificate)
    with Relay(None, behind=service.port) as proxy:
        world.environment |= {
            **service.variables,
            "AZURESUBSCRIPTION_SERVICE_CONNECTION_ID": CONNECTION,
            "HTTPS_PROXY": f"http://127.0.0.1:{proxy.port}",
            "SSL_CERT_FILE": str(certificate[0]),
        }
        yield service
        assert {line.split()[1] for line in proxy.requests} <= {"dev.azure.com:443"}
    service.close()


def test_a_job_of_azure_pipelines_gets_a_token(world: World, server, pipelines: AzureDevOps):
    with ProcessWatch() as watch:
        answer = world.run("exec", "--", *WHO, status=0)
    assert ":assumed-role/deploy/" in answer.stdout
    query = f"?api-version=7.1&serviceConnectionId={CONNECTION}"
    assert set(pipelines.asked) == {f"POST dev.azure.com{JOB}{query}"}
    assert_nowhere(
        world, [*pipelines.issuer.issued, pipelines.access_token, *server.issued_secrets()], watch
    )


def test_the_service_connection_of_the_configuration_comes_first(
    world: World, pipelines: AzureDevOps
):
    spec = f"preset: azure-devops, service_connection: {CONNECTION}"
    world.configure(CONFIGURATION.format(spec=spec))
    env = {"AZURESUBSCRIPTION_SERVICE_CONNECTION_ID": "another"}
    world.run("exec", "--", "true", env=env, status=0)
    world.configure(CONFIGURATION.format(spec="preset: azure-devops"))
    said = world.said("exec", "--", "true", env=env, status=77)
    assert "refused a token (status 404)" in said


def test_an_access_token_that_azure_devops_refuses(world: World, pipelines: AzureDevOps):
    """It says so, and does not lead to a page to sign in at."""
    env = {"SYSTEM_ACCESSTOKEN": "of-another-job"}
    said = world.said("exec", "--", "true", env=env, status=77)
    assert "dev.azure.com refused a token (status 401)" in said
    assert "SYSTEM_ACCESSTOKEN" in said


@pytest.mark.parametrize(
    ("spec", "what"),
    [
        ("audience: x", "does not say where the token is"),
        ("token_env: A, token_file: /b", "two places"),
        ("preset: gitlab, token_env: A", "`spec.preset` and `spec.token_env` are two places"),
        ("preset: kubernetes, token_file: /b", "`spec.preset` and `spec.token_file` are two"),
        ("token_file: relative", "not an absolute path"),
        ("token_url: 'http://example.com'", "must begin with `https://`"),
        ("preset: nothing", "must be one of"),
    ],
)
def test_what_validate_says(world: World, spec: str, what: str):
    world.configure(CONFIGURATION.format(spec=spec))
    answer = world.run("validate", status=78)
    assert what in answer.stdout + answer.stderr
    assert (answer.stdout + answer.stderr).count("error: ") == 1, str(answer)


def test_trap_29_an_external_id_is_not_sent_with_a_token(world: World, server):
    """STS refuses it; the person learns that it has no effect."""
    world, issuer = with_token(world, server, "token_env: X")
    text = CONFIGURATION.format(spec="token_env: X")
    world.configure(text.replace('role/deploy"}', 'role/deploy", external_id: ext-1}'))
    env = {"X": issuer.token(SUBJECT, AUDIENCE)}
    answer = world.run("exec", "--", "true", env=env, status=0)
    assert "principal.external_id of `deploy` is not sent" in answer.stderr


def test_two_places_are_reported_where_the_second_one_is(world: World):
    world.configure(CONFIGURATION.format(spec="preset: gitlab, token_env: X"))
    [error] = world.run("validate", "--format", "json", status=78).json()
    column = (world.repository / "atmos.yaml").read_text().splitlines()[error["line"] - 1]
    assert column[error["column"] - 1 :].startswith("X}")
    said = world.said("exec", "--", "true", env={"GITLAB_OIDC_TOKEN": "x"}, status=78)
    assert "two places for one token" in said


@pytest.mark.parametrize(
    ("spec", "what"),
    [
        ("token_env: A, token_field: id", "`spec.token_field` has no effect without"),
        ("preset: gitlab, token_headers: {A: b}", "`spec.token_headers` has no effect without"),
        ("preset: gitlab, service_connection: a", "without `spec.preset: azure-devops`"),
    ],
)
def test_fields_without_effect(world: World, spec: str, what: str):
    world.configure(CONFIGURATION.format(spec=spec))
    answer = world.run("validate", status=0)
    assert what in answer.stdout + answer.stderr


def test_an_identity_under_extensions(world: World, server):
    """Where atmos, which does not know the provider, does not see it."""
    world, issuer = with_token(world, server, "token_env: X")
    text = CONFIGURATION.format(spec="token_env: X")
    head, tail = text.split("  identities:\n")
    moved = "    identities:\n" + "".join(f"  {line}\n" for line in tail.splitlines())
    world.configure(head + moved)
    answer = world.run("validate", status=0)
    assert "warning" not in answer.stdout + answer.stderr
    env = {"X": issuer.token(SUBJECT, AUDIENCE)}
    assert ":assumed-role/deploy/" in world.run("exec", "--", *WHO, env=env, status=0).stdout
    assert "deploy" in world.run("list", status=0).stdout
    # Nobody else may have the name.
    world.configure(text + moved.replace("    identities:", "  extensions:\n    identities:"))
    assert world.run("validate").status == 78


def test_extensions(world: World):
    text = CONFIGURATION.format(spec="token_env: X")
    world.configure(text)
    answer = world.run("validate", status=0)
    assert "warning" not in answer.stdout + answer.stderr
    flat = text.replace("  extensions:\n    providers:\n      token:", "  providers:\n    token:")
    flat = flat.replace("        kind: web", "      kind: web").replace(
        "        region", "      region"
    )
    world.configure(flat.replace("        spec", "      spec"))
    answer = world.run("validate", status=0)
    assert "atmos does not know kind `web/oidc`" in answer.stdout + answer.stderr
    assert "auth.extensions.providers" in answer.stdout + answer.stderr
    world.configure(
        text.replace("    providers:\n      token", "    nonsense: {}\n    providers:\n      token")
    )
    answer = world.run("validate", status=0)
    assert "extensions.nonsense" in answer.stdout + answer.stderr
