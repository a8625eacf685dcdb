"""A job of Azure Pipelines: what its agent sets, and the service that gives it tokens.

It refuses as Azure DevOps does: https://learn.microsoft.com/rest/api/azure/devops/distributedtask/oidctoken
"""

from __future__ import annotations

import json
import pathlib
import secrets
import urllib.parse
from http.server import BaseHTTPRequestHandler

from oidc_issuer import Issuer
from server import served_by_tls

#: The audience of every token; it cannot be chosen.
AUDIENCE = "api://AzureADTokenExchange"
SUBJECT = "sc://acme/infra/aws"
CONNECTION = "6f0d1c1e-7d8c-4f5a-9b38-0d4a3c2b1a00"
JOB = (
    "/acme/2f7d0f2e-11f2-4d2c-8f2a-7a5d6c1b0e9f/_apis/distributedtask/hubs/build"
    "/plans/0e6a7c1b-2b44-4c63-9a53-9f1d2c3b4a55/jobs/12f1170f-54f2-53f3-20dd-22fc7dff55f9/oidctoken"
)


class AzureDevOps:
    """The service at dev.azure.com, which takes the job's own access token only, over TLS."""

    def __init__(self, issuer: Issuer, certificate: tuple[pathlib.Path, pathlib.Path]) -> None:
        self.issuer = issuer
        self.access_token = "access-token-" + secrets.token_hex(16)
        self.asked: list[str] = []
        self.server = served_by_tls(
            lambda request: self.answer(request), certificate, ("GET", "POST")
        )
        self.port = self.server.server_address[1]

    @property
    def variables(self) -> dict[str, str]:
        """What a step has whose `env` passes the access token on."""
        return {
            "SYSTEM_OIDCREQUESTURI": f"https://dev.azure.com{JOB}",
            "SYSTEM_ACCESSTOKEN": self.access_token,
        }

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        self.asked.append(f"{request.command} {request.headers['Host']}{request.path}")
        request.rfile.read(int(request.headers.get("Content-Length", 0)))
        path, _, query = request.path.partition("?")
        fields = urllib.parse.parse_qs(query)
        status, body = self._answer(request, path, fields)
        text = json.dumps(body).encode()
        request.send_response(status)
        if status == 302:
            request.send_header("Location", "https://spsprodweu1.vssps.visualstudio.com/_signin")
        request.send_header("Content-Type", "application/json; charset=utf-8")
        request.send_header("Content-Length", str(len(text)))
        request.end_headers()
        request.wfile.write(text)

    def _answer(self, request, path: str, fields: dict[str, list[str]]) -> tuple[int, dict]:
        if request.headers["Authorization"] != f"Bearer {self.access_token}":
            # A browser would be led to the page where people sign in.
            is_program = request.headers["X-TFS-FedAuthRedirect"] == "Suppress"
            return (401 if is_program else 302), {}
        if path != JOB:
            return 404, {"message": "The controller for path was not found."}
        if request.command != "POST":
            said = f"The requested resource does not support http method '{request.command}'."
            return 405, {"count": 1, "value": {"Message": said}}
        if fields.get("api-version") not in (["7.1"], ["7.1-preview.1"]):
            return 400, {
                "message": 'No api-version was supplied for the "POST" request.',
                "typeKey": "VssVersionNotSpecifiedException",
            }
        if fields.get("serviceConnectionId") != [CONNECTION]:
            return 404, {"typeKey": "ServiceEndpointNotFoundException"}
        return 200, {"oidcToken": self.issuer.token(SUBJECT, AUDIENCE)}

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
