"""Signature Version 4 as a service verifies it; no botocore in here."""

from __future__ import annotations

import datetime
import hashlib
import hmac
import re
import urllib.parse

from fake_service import Refusal, Request


class Signatures:
    """Mixed into the STS, which knows the keys and the time."""

    def caller(self, request: Request, expected: str = "sts"):
        """Who signed the request; raises what AWS answers to a signature that is not right.

        `expected` is the service that it has to be signed for.
        """
        authorization = request.one("authorization")
        if authorization is None:
            raise Refusal(
                403, "MissingAuthenticationToken", "Request is missing Authentication Token"
            )
        match = re.fullmatch(
            r"AWS4-HMAC-SHA256 "
            r"Credential=([^/, ]+)/(\d{8})/([a-z0-9-]+)/([a-z0-9-]+)/aws4_request, "
            r"SignedHeaders=([a-z0-9;-]+), Signature=([0-9a-f]{64})",
            authorization,
        )
        if not match:
            raise Refusal(400, "IncompleteSignature", "Authorization header is not well-formed")
        key_id, date, region, service, signed, signature = match.groups()
        if service != expected:
            raise Refusal(
                403,
                "SignatureDoesNotMatch",
                f"Credential should be scoped to correct service: '{expected}'. ",
            )
        self.check_region(expected, region)
        names = signed.split(";")
        if names != sorted(set(names)) or "host" not in names or "x-amz-date" not in names:
            raise Refusal(400, "IncompleteSignature", "SignedHeaders lacks host or x-amz-date")
        for header in ("content-type", "x-amz-security-token"):
            if request.one(header) is not None and header not in names:
                raise Refusal(403, "SignatureDoesNotMatch", f"'{header}' must be a 'SignedHeader'")

        keys = self.known_keys(key_id, expected)
        if keys is None:
            raise Refusal(
                403,
                "InvalidClientTokenId",
                "The security token included in the request is invalid.",
            )
        stamp = request.one("x-amz-date") or ""
        if not re.fullmatch(r"\d{8}T\d{6}Z", stamp) or stamp[:8] != date:
            raise Refusal(
                403,
                "SignatureDoesNotMatch",
                f"Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date: "
                f"'{date}' != '{stamp[:8]}'.",
            )
        right = self.signature(request, keys, f"{date}/{region}/{service}", names, stamp)
        if not hmac.compare_digest(right, signature):
            raise Refusal(
                403,
                "SignatureDoesNotMatch",
                "The request signature we calculated does not match the signature you provided. "
                "Check your AWS Secret Access Key and signing method. Consult the service "
                "documentation for details.",
            )
        self.check_clock(stamp)
        if keys.token is not None or request.one("x-amz-security-token") is not None:
            if keys.token != request.one("x-amz-security-token"):
                raise Refusal(
                    403,
                    "InvalidClientTokenId",
                    "The security token included in the request is invalid",
                )
            if keys.expires is not None and keys.expires <= self.now():
                raise Refusal(
                    403, "ExpiredToken", "The security token included in the request is expired"
                )
        return keys

    def known_keys(self, key_id: str, service: str):
        """The keys of an id, as a service knows them; None for keys that it does not know."""
        return self.keys.get(key_id)

    def check_region(self, service: str, region: str) -> None:
        """Regional services take signatures for any region here."""

    def check_clock(self, stamp: str) -> None:
        moment = datetime.datetime.strptime(stamp, "%Y%m%dT%H%M%SZ").replace(
            tzinfo=datetime.timezone.utc
        )
        server = datetime.datetime.fromtimestamp(self.now(), datetime.timezone.utc)
        spelled = server.strftime("%Y%m%dT%H%M%SZ")
        allowed = datetime.timedelta(minutes=5)
        if moment < server - allowed:
            edge = (server - allowed).strftime("%Y%m%dT%H%M%SZ")
            raise Refusal(
                403,
                "SignatureDoesNotMatch",
                f"Signature expired: {stamp} is now earlier than {edge} ({spelled} - 5 min.)",
            )
        if moment > server + allowed:
            edge = (server + allowed).strftime("%Y%m%dT%H%M%SZ")
            raise Refusal(
                403,
                "SignatureDoesNotMatch",
                f"Signature not yet current: {stamp} is still later than {edge} "
                f"({spelled} + 5 min.)",
            )

    @staticmethod
    def signature(request: Request, keys, place: str, names: list[str], stamp: str) -> str:
        headers = "".join(
            name
            + ":"
            + ",".join(" ".join(value.split()) for value in request.headers.get(name, []))
            + "\n"
            for name in names
        )
        path = urllib.parse.quote(request.path or "/", safe="/-_.~")
        canonical = "\n".join(
            [
                request.method,
                path,
                request.query,
                headers,
                ";".join(names),
                hashlib.sha256(request.body).hexdigest(),
            ]
        )
        scope = f"{place}/aws4_request"
        text = "\n".join(
            ["AWS4-HMAC-SHA256", stamp, scope, hashlib.sha256(canonical.encode()).hexdigest()]
        )
        key = ("AWS4" + keys.secret_access_key).encode()
        for part in scope.split("/"):
            key = hmac.new(key, part.encode(), hashlib.sha256).digest()
        return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
