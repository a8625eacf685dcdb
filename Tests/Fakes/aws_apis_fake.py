#!/usr/bin/env python3
"""The fake STS with ECR and EKS beside it: passwords for registries, and where clusters are.

    python aws_apis_fake.py --port 8080 --access-key-id AKIA... --secret-access-key ...

Beside what `sts_fake.py` has:

    GET  /__passwords {"password": epoch seconds of its end, ...}: what registries take
    POST /__clusters  {"name": ..., "endpoint": ..., "authority": base64, "status": "ACTIVE"}

Callers whose role begins with `Plain` have no rights here.
"""

from __future__ import annotations

import base64
import datetime
import hmac
import json
import secrets
import urllib.parse

import sts_fake
from fake_service import Refusal, Server, main, serve
from sts_service import STS

TARGETS = {
    "AmazonEC2ContainerRegistry_V20150921.GetAuthorizationToken": "ecr",
    "SpencerFrontendService.GetAuthorizationToken": "ecr-public",
}


class APIs(STS):
    """Three services with the keys of one."""

    def __init__(self, options) -> None:
        super().__init__(options)
        self.passwords: dict[str, float] = {}
        self.clusters: dict[str, dict] = {}

    def check_region(self, service: str, region: str) -> None:
        if service == "ecr-public" and region != "us-east-1":
            raise Refusal(
                403,
                "SignatureDoesNotMatch",
                f"Credential should be scoped to a valid region, not '{region}'. ",
            )
        super().check_region(service, region)

    def password(self, service: str) -> dict:
        password = secrets.token_urlsafe(900)
        end = int(self.now()) + 43200
        with self.lock:
            self.passwords[password] = end
            self.handed_out.append(password)
        pair = base64.b64encode(f"AWS:{password}".encode()).decode()
        # As AWS writes times: with a fraction.
        data = {"authorizationToken": pair, "expiresAt": end + 0.25}
        return {"authorizationData": data if service == "ecr-public" else [data]}


class Handler(sts_fake.Handler):
    """Speaks JSON for the other two."""

    sts: APIs

    def serve(self, request) -> None:
        target = request.one("x-amz-target")
        if target is None:
            super().serve(request)
            return
        self.answer(target.rsplit(".", 1)[-1], request, TARGETS.get(target))

    def control(self, path: str, body: bytes) -> None:
        if path == "/__clusters":
            cluster = json.loads(body)
            self.sts.clusters[cluster["name"]] = cluster
            self.reply(200, b"{}", "application/json")
        else:
            super().control(path, body)

    def do_GET(self) -> None:
        if self.path == "/__passwords":
            self.reply(200, json.dumps(self.sts.passwords).encode(), "application/json")
        elif "X-Amz-Signature=" in self.path:
            self.presigned(self.read_request())
        elif self.path.startswith("/clusters/"):
            self.answer("DescribeCluster", self.read_request(), "eks")
        else:
            super().do_GET()

    def answer(self, action: str, request, service: str | None) -> None:
        entry = {"action": action, "service": service, "status": 200, "code": None, "caller": None}
        entry |= {"host": request.one("host"), "user_agent": request.one("user-agent")}
        with self.sts.lock:
            self.sts.calls[action] += 1
            self.sts.log.append(entry)
        fault = self.sts.take_fault(action)
        try:
            if fault is not None and self.break_before(fault, entry):
                return
            if service is None:
                raise Refusal(400, "UnknownOperationException", "")
            keys = self.sts.caller(request, service)
            entry["caller"] = keys.arn
            if "/Plain" in keys.arn:
                raise Refusal(
                    400,
                    "AccessDeniedException",
                    f"User: {keys.arn} is not authorized to perform: {service}:{action}",
                )
            if service == "eks":
                answer = self.describe(request, keys.account)
            else:
                answer = self.password(request, service)
        except Refusal as refusal:
            entry["status"], entry["code"] = refusal.status, refusal.code
            body = {"__type": f"com.amazonaws#{refusal.code}", "message": refusal.message}
            self.reply(refusal.status, json.dumps(body).encode(), "application/x-amz-json-1.1")
            return
        self.reply(200, json.dumps(answer).encode(), "application/x-amz-json-1.1")

    def presigned(self, request) -> None:
        """The question of an EKS token: who am I? STS takes it for fifteen minutes."""
        with self.sts.lock:
            self.sts.calls["GetCallerIdentity"] += 1
        try:
            keys = self.question(request)
        except (Refusal, KeyError, ValueError) as reason:
            self.reply(403, str(reason).encode(), "text/plain")
            return
        result = {"Arn": keys.arn, "UserId": keys.user_id, "Account": keys.account}
        body = {"GetCallerIdentityResponse": {"GetCallerIdentityResult": result}}
        self.reply(200, json.dumps(body).encode(), "application/json")

    def question(self, request):
        fields = dict(urllib.parse.parse_qsl(request.query, strict_parsing=True))
        signature = fields.pop("X-Amz-Signature")
        key_id, date, region, service, end = fields["X-Amz-Credential"].split("/")
        stamp = fields["X-Amz-Date"]
        if (service, end, stamp[:8]) != ("sts", "aws4_request", date):
            raise ValueError("the scope is not right")
        keys = self.sts.keys[key_id]
        moment = datetime.datetime.strptime(stamp, "%Y%m%dT%H%M%SZ")
        age = self.sts.now() - moment.replace(tzinfo=datetime.timezone.utc).timestamp()
        if not -300 <= age <= 900:
            raise ValueError("the signature is not of now")
        if keys.token != fields.get("X-Amz-Security-Token"):
            raise ValueError("another session's token")
        if keys.expires is not None and keys.expires <= self.sts.now():
            raise ValueError("the keys have ended")
        quoted = sorted(
            (urllib.parse.quote(name, safe="-_.~"), urllib.parse.quote(value, safe="-_.~"))
            for name, value in fields.items()
        )
        request.query = "&".join(f"{name}={value}" for name, value in quoted)
        names = fields["X-Amz-SignedHeaders"].split(";")
        right = self.sts.signature(request, keys, f"{date}/{region}/sts", names, stamp)
        if not hmac.compare_digest(right, signature):
            raise ValueError("the signature does not match")
        return keys

    def password(self, request, service: str) -> dict:
        if request.body != b"{}" or request.one("content-type") != "application/x-amz-json-1.1":
            raise Refusal(400, "SerializationException", "")
        return self.sts.password(service)

    def describe(self, request, account: str) -> dict:
        name = urllib.parse.unquote(request.path.removeprefix("/clusters/"))
        cluster = self.sts.clusters.get(name)
        if cluster is None:
            raise Refusal(404, "ResourceNotFoundException", f"No cluster found for name: {name}.")
        found = {
            "name": name,
            "arn": f"arn:aws:eks:eu-west-1:{account}:cluster/{name}",
            "status": cluster.get("status", "ACTIVE"),
        }
        if found["status"] == "ACTIVE":
            found["endpoint"] = cluster["endpoint"]
            found["certificateAuthority"] = {"data": cluster["authority"]}
        return {"cluster": found}


def start(options) -> Server:
    apis = APIs(options)
    return serve(type("BoundHandler", (Handler,), {"sts": apis, "book": apis}), options)


if __name__ == "__main__":
    main(start(sts_fake.parser().parse_args()))
