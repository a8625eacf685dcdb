"""Clusters of EKS: what a kubeconfig has in it, what a token is, and that kubectl takes both."""

from __future__ import annotations

import base64
import datetime
import json
import os
import shutil
import urllib.parse

import pytest
import yaml
from botocore.auth import SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from cluster_world import ARN, CLUSTERS, USER, APIServer, place, run_entry, user_of
from identity_center_world import against, browser, opened
from registry_world import AWSAPIs, with_images
from secret_scan import ProcessWatch, assert_nowhere
from terminal import Terminal
from world import World


def token(world: World, *more: str, **options) -> dict:
    arguments = ("eks-token", "--cluster", "main", "--region", "eu-west-1", *more)
    answer = world.run(*arguments, status=0, **options)
    world.transcript.remove(answer.stdout)
    return answer.json()


def test_kubectl_reaches_the_cluster(kube: World, apis: AWSAPIs, cluster: APIServer):
    if shutil.which("kubectl") is None:
        pytest.skip("kubectl is not installed: that it takes our kubeconfig is NOT shown")
    kube.run("login", status=0)
    get = ("kubectl", "get", "configmap", "greeting", "-o", "jsonpath={.data.word}")
    with ProcessWatch() as watch:
        answer = kube.program(
            *get,
            cwd="/",
            env={
                "KUBECONFIG": str(place(kube)),
                "PATH": "/usr/bin",
                "ATMOS_CLI_CONFIG_PATH": None,
            },
        )
    assert answer.stdout == "hello", str(answer) + str(cluster.refusals)
    assert cluster.callers[0].startswith("arn:aws:sts::123456789012:assumed-role/dev/")
    assert_nowhere(kube, apis.issued_secrets(), watch)
    answer = kube.run("exec", "--", *get, status=0)
    assert answer.stdout == "hello"
    cluster.name = "another"
    assert kube.program(*get, env={"KUBECONFIG": str(place(kube))}).status != 0


def test_the_entry(kube: World, cluster: APIServer):
    answer = kube.run("login", status=0)
    assert f"kubectl reaches {ARN} as dev" in answer.stderr
    assert place(kube).stat().st_mode & 0o777 == 0o600
    config = yaml.safe_load(place(kube).read_text())
    assert config["current-context"] == ARN
    [entry] = config["clusters"]
    assert entry["cluster"]["server"] == cluster.url
    assert base64.b64decode(entry["cluster"]["certificate-authority-data"]).startswith(b"-----")
    assert config["contexts"] == [{"name": ARN, "context": {"cluster": ARN, "user": USER}}]
    [user] = config["users"]
    run = user["user"]["exec"]
    assert user["name"] == USER and run["interactiveMode"] == "Never"
    assert os.path.isabs(run["command"])
    assert run["args"][:5] == ["eks-token", "--cluster", "main", "--region", "eu-west-1"]
    assert run["args"][-2:] == ["--identity", "dev"]
    answer = run_entry(kube, run)
    assert answer.status == 0 and answer.json()["kind"] == "ExecCredential"
    before = place(kube).stat()
    kube.run("login", status=0)
    after = place(kube).stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)


@pytest.mark.parametrize("version", ["v1", "v1beta1"])
def test_the_version_that_kubectl_asks_for(kube: World, version: str):
    group = "client.authentication.k8s.io"
    info = {"kind": "ExecCredential", "apiVersion": f"{group}/{version}", "spec": {}}
    found = token(kube, env={"KUBERNETES_EXEC_INFO": json.dumps(info)})
    assert found["apiVersion"] == f"{group}/{version}"
    assert token(kube, env={"KUBERNETES_EXEC_INFO": "nonsense"})["apiVersion"] == f"{group}/v1beta1"


def test_botocore_signs_the_same(kube: World, apis: AWSAPIs):
    keys = kube.run("credential-process", status=0).json()
    kube.transcript.clear()
    text = token(kube)["status"]["token"].removeprefix("k8s-aws-v1.")
    url = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode()
    parts = urllib.parse.urlsplit(url)
    fields = dict(urllib.parse.parse_qsl(parts.query))
    request = AWSRequest(
        "GET",
        f"{apis.url}/?Action=GetCallerIdentity&Version=2011-06-15",
        headers={"x-k8s-aws-id": "main"},
    )
    signer = SigV4QueryAuth(
        Credentials(keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"]),
        "sts",
        "eu-west-1",
        expires=60,
    )
    request.context["timestamp"] = fields["X-Amz-Date"]
    moment = datetime.datetime.strptime(fields["X-Amz-Date"], "%Y%m%dT%H%M%SZ")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("botocore.auth.get_current_datetime", lambda *_, **__: moment, raising=False)
        signer.add_auth(request)
    assert dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(request.url).query)) == fields


def test_a_token_never_outlives_its_keys(world: World, tmp_path):
    """Trap 85: without a time kubectl would keep it for ever."""
    server = AWSAPIs(tmp_path, lifetime=300)
    try:
        with_images(world, server, CLUSTERS.format(more=""))
        keys = world.run("credential-process", status=0).json()
        assert token(world)["status"]["expirationTimestamp"] == keys["Expiration"]
    finally:
        server.stop()


def test_tokens_come_from_the_cache(kube: World, apis: AWSAPIs):
    for _ in range(3):
        found = token(kube)
    assert apis.count("AssumeRole") == 1
    end = datetime.datetime.fromisoformat(found["status"]["expirationTimestamp"])
    left = end - datetime.datetime.now(datetime.timezone.utc)
    assert datetime.timedelta(minutes=13) < left <= datetime.timedelta(minutes=14)


def test_atmos_spellings(kube: World):
    arguments = ("aws", "eks", "token", "--cluster-name", "main", "--region", "eu-west-1")
    answer = kube.run(*arguments, "--identity=dev", status=0)
    assert answer.json()["status"]["token"].startswith("k8s-aws-v1.")
    kube.run("aws", "eks", "update-kubeconfig", "--integration", "main", status=0)
    assert place(kube).exists()
    place(kube).unlink()
    kube.run("eks-kubeconfig", status=0)
    assert place(kube).exists()


def test_nobody_is_asked(kube: World):
    kube.configure(
        CLUSTERS.format(more="").replace("kind: aws/user", "kind: mock, spec: {mfa: true}")
    )
    answer = kube.run("eks-token", "--cluster", "main", "--region", "eu-west-1", status=77)
    assert answer.stdout == "" and "login" in answer.stderr


def test_a_cluster_that_no_integration_names(kube: World):
    kube.configure(CLUSTERS.format(more="").split("  integrations:")[0])
    words = ("aws", "eks", "update-kubeconfig", "--name", "main", "--region", "eu-west-1")
    words += ("-i", "dev", "--alias", "m", "--kubeconfig", "./k/config")
    path = kube.repository / "k/config"
    answer = kube.run(*words, "--dry-run", status=0)
    assert not path.exists() and str(path) in answer.stderr
    kube.run(*words, status=0)
    found = yaml.safe_load(path.read_text())
    assert found == yaml.safe_load(answer.stdout)
    assert found["current-context"] == "m" and found["clusters"][0]["name"] == ARN
    assert run_entry(kube, user_of(path.read_text(), "m")).status == 0
    kube.run("logout", "dev", cwd="/", status=0)
    assert not path.exists()
    assert (
        "no cluster `other`"
        in kube.run("eks-kubeconfig", "--name", "other", "--region", "eu-west-1", status=77).stderr
    )
    for wrong in (["main", "--name", "x", "--region", "y"], ["--name", "x"], ["--alias", "x"]):
        kube.said("eks-kubeconfig", *wrong, status=64)


def test_a_dry_run_shows_what_a_login_writes(kube: World):
    answer = kube.run("eks-kubeconfig", "main", "--dry-run", status=0)
    assert not place(kube).exists() and not list((kube.state).glob("clusters/*"))
    kube.run("login", status=0)
    assert answer.stdout == place(kube).read_text()


@pytest.mark.parametrize("interactive", [False, True])
def test_no_browser_where_kubectl_says_so(world: World, center, interactive: bool):
    """With a person at the terminal and a browser, only what kubectl says keeps it shut."""
    server = center()
    against(world, server)
    log = browser(world, "--click", "allow")
    info = {
        "kind": "ExecCredential",
        "apiVersion": "client.authentication.k8s.io/v1",
        "spec": {"interactive": interactive},
    }
    words = ("eks-token", "--cluster", "main", "--region", "eu-west-1", "-i", "dev")
    terminal = Terminal(world, *words, env={"KUBERNETES_EXEC_INFO": json.dumps(info)})
    terminal.wait(0 if interactive else 77)
    assert opened(log) == interactive
    assert server.calls().get("RegisterClient", 0) == interactive
    if not interactive:
        assert "atmos-auth login" in terminal.shown
    world.transcript.clear()


def test_a_cluster_that_is_not_there_or_not_ready(kube: World, apis: AWSAPIs):
    apis.tell("/__clusters", {"name": "main", "status": "CREATING"})
    answer = kube.run("login", status=0)
    assert "it is CREATING" in answer.stderr and not place(kube).exists()
    kube.configure(CLUSTERS.format(more="").replace("name: main", "name: other"))
    assert "has no cluster `other`" in kube.run("login", status=0).stderr


def test_the_shell_is_led_to_it(kube: World):
    """Trap 90: one variable has a list of paths, the other has one path."""
    values = kube.run("env", "--format", "json", status=0).json()
    assert values["KUBECONFIG"] == f"{place(kube)}:{kube.home}/.kube/config"
    assert values["KUBE_CONFIG_PATH"] == str(place(kube))
    values = kube.run("env", "--format", "json", env={"KUBECONFIG": "/a:/b"}, status=0).json()
    assert values["KUBECONFIG"] == f"{place(kube)}:/a:/b"


def test_a_checkout_is_bound(kube: World):
    kube.is_own = False
    kube.run("login", "dev", status=77)
    assert not place(kube).exists()
    answer = kube.run("allow", "-i", "dev", status=0)
    assert f"writes {place(kube)}" in answer.stderr
    kube.run("allow", "-i", "engineer", "--with-keys", status=0)
    kube.run("login", "dev", status=0)
    [user] = yaml.safe_load(place(kube).read_text())["users"]
    run = user["user"]["exec"]
    assert run_entry(kube, run).status == 0
    kube.configure(CLUSTERS.format(more="").replace("role/dev", "role/other"))
    answer = run_entry(kube, run)
    assert answer.status == 77 and "has changed since it was handed out" in answer.stderr


def test_what_a_checkout_adds_to_an_own_identity_waits_for_allow(kube: World):
    """The login goes on without it."""
    identities, integrations = CLUSTERS.format(more="").split("  integrations:\n")
    own = kube.home / ".atmos/atmos.yaml"
    own.parent.mkdir(mode=0o700)
    own.write_text(identities)
    kube.configure(f"auth:\n  integrations:\n{integrations}")
    kube.is_own = False

    answer = kube.run("login", "dev", status=0)
    assert "not set up" in answer.stderr and "atmos-auth allow --identity dev" in answer.stderr
    assert not place(kube).exists()
    assert "KUBECONFIG" not in kube.run("env", "--format", "json", status=0).json()
    answer = kube.run("eks-kubeconfig", "main", status=77)
    assert "is not allowed yet" in answer.stderr
    assert not place(kube).exists()

    answer = kube.run("allow", "--identity", "dev", status=0)
    assert f"writes {place(kube)}" in answer.stderr
    answer = kube.run("login", "dev", status=0)
    assert "not set up" not in answer.stderr
    assert place(kube).exists()
    values = kube.run("env", "--format", "json", status=0).json()
    assert values["KUBECONFIG"].startswith(str(place(kube)))

    # Another cluster is another question, and the identity still needs none.
    place(kube).unlink()
    kube.configure(f"auth:\n  integrations:\n{integrations.replace('name: main', 'name: other')}")
    assert "not set up" in kube.run("login", "dev", status=0).stderr
    kube.configure(f"auth:\n  integrations:\n{integrations}")
    kube.run("revoke", "-i", "dev", status=0)
    assert "not set up" in kube.run("login", "dev", status=0).stderr
    assert not place(kube).exists()
