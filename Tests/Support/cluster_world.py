"""An API server that checks tokens as EKS does, and who reaches it with kubectl."""

from __future__ import annotations

import base64
import json
import pathlib
import urllib.parse
import urllib.request
from http.server import BaseHTTPRequestHandler

import yaml

from registry_world import AWSAPIs
from server import served_by_tls
from world import Answer, World

CLUSTERS = """\
auth:
  realm: e2e
  identities:
    engineer: {{kind: aws/user, credentials: {{region: eu-west-1}}}}
    dev:
      kind: aws/assume-role
      default: true
      via: {{identity: engineer}}
      principal: {{assume_role: "arn:aws:iam::123456789012:role/dev", region: eu-west-1}}
  integrations:
    main:
      kind: aws/eks
      via: {{identity: dev}}
      spec: {{cluster: {{name: main, region: eu-west-1{more}}}}}
"""

ARN = "arn:aws:eks:eu-west-1:123456789012:cluster/main"
USER = "atmos-eks-main-eu-west-1-123456789012/e2e/dev"


def place(world: World) -> pathlib.Path:
    """The kubeconfig that is ours."""
    return world.home / ".config/atmos/kube/config"


def run_entry(world: World, run: dict, **options) -> Answer:
    """Runs the program of a user's entry as kubectl does, in a shell that knows nothing of ours."""
    variables: dict[str, str | None] = {"ATMOS_CLI_CONFIG_PATH": None, "ATMOS_AUTH_REALM": None}
    variables |= {entry["name"]: entry["value"] for entry in run.get("env", [])}
    return world.program(run["command"], *run["args"], env=variables, cwd="/", **options)


def user_of(config: str, context: str) -> dict:
    """The program that gives a context's tokens."""
    found = yaml.safe_load(config)
    [name] = [entry["context"]["user"] for entry in found["contexts"] if entry["name"] == context]
    [user] = [entry["user"]["exec"] for entry in found["users"] if entry["name"] == name]
    return user


class APIServer:
    """Takes whom STS takes a token for, if the token was made for this cluster."""

    def __init__(
        self, apis: AWSAPIs, certificate: tuple[pathlib.Path, pathlib.Path], name: str = "main"
    ) -> None:
        self.apis, self.name = apis, name
        self.callers: list[str] = []
        self.refusals: list[str] = []
        self.server = served_by_tls(lambda request: self.answer(request), certificate)
        self.url = f"https://localhost:{self.server.server_address[1]}"
        self.authority = base64.b64encode(certificate[0].read_bytes()).decode()

    def caller(self, token: str) -> str:
        """What aws-iam-authenticator does: asks STS the question that the token is."""
        if not token.startswith("k8s-aws-v1."):
            raise ValueError("not a token of AWS")
        text = token.removeprefix("k8s-aws-v1.")
        if "=" in text:
            raise ValueError("padded")
        url = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode()
        parts = urllib.parse.urlsplit(url)
        fields = dict(urllib.parse.parse_qsl(parts.query, strict_parsing=True))
        allowed = {"Action", "Version", "X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Date"}
        allowed |= {"X-Amz-Expires", "X-Amz-Security-Token", "X-Amz-Signature"}
        if set(fields) - allowed - {"X-Amz-SignedHeaders"}:
            raise ValueError(f"unexpected fields: {sorted(fields)}")
        if fields["Action"] != "GetCallerIdentity" or not 0 < int(fields["X-Amz-Expires"]) <= 900:
            raise ValueError("not that question")
        if "x-k8s-aws-id" not in fields["X-Amz-SignedHeaders"].split(";"):
            raise ValueError("not for a cluster")
        request = urllib.request.Request(
            url, headers={"x-k8s-aws-id": self.name, "Accept": "application/json"}
        )
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(request, timeout=10) as answer:
            found = json.load(answer)["GetCallerIdentityResponse"]["GetCallerIdentityResult"]
            return found["Arn"]

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        try:
            scheme, _, token = (request.headers["Authorization"] or "").partition(" ")
            if scheme != "Bearer":
                raise ValueError("no token")
            self.callers.append(self.caller(token))
            status, body = 200, self.object(request.path)
        except (ValueError, OSError, KeyError) as reason:
            self.refusals.append(str(reason))
            status = 401
            body = {
                "kind": "Status",
                "apiVersion": "v1",
                "status": "Failure",
                "message": "Unauthorized",
                "reason": "Unauthorized",
                "code": 401,
            }
        data = json.dumps(body).encode()
        request.send_response(status)
        request.send_header("Content-Type", "application/json")
        request.send_header("Content-Length", str(len(data)))
        request.end_headers()
        request.wfile.write(data)

    @staticmethod
    def object(path: str) -> dict:
        if path.startswith("/version"):
            return {"major": "1", "minor": "32", "gitVersion": "v1.32.0-fake"}
        if path.split("?")[0] == "/api/v1/namespaces/default/configmaps/greeting":
            return {
                "kind": "ConfigMap",
                "apiVersion": "v1",
                "metadata": {"name": "greeting", "namespace": "default"},
                "data": {"word": "hello"},
            }
        # What kubectl asks first: which resources there are.
        found = {
            "/api": {"kind": "APIVersions", "versions": ["v1"]},
            "/apis": {"kind": "APIGroupList", "apiVersion": "v1", "groups": []},
            "/api/v1": {
                "kind": "APIResourceList",
                "groupVersion": "v1",
                "resources": [
                    {
                        "name": "configmaps",
                        "singularName": "configmap",
                        "namespaced": True,
                        "kind": "ConfigMap",
                        "verbs": ["get", "list"],
                    }
                ],
            },
        }.get(path.split("?")[0])
        failure = {"kind": "Status", "apiVersion": "v1", "status": "Failure", "code": 404}
        return found or failure

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
