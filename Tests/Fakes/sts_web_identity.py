"""How STS verifies an identity token: against the OIDC providers that an account has.

An account without a provider takes any JWT, for the tests that are about something else.
"""

from __future__ import annotations

import base64
import datetime
import fnmatch
import json

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from fake_service import Refusal


def unb64url(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def invalid_token(message: str) -> Refusal:
    return Refusal(400, "InvalidIdentityToken", message)


class WebIdentity:
    """Mixed into the STS. `providers` has what IAM knows of an issuer, by its address."""

    providers: dict[str, dict]

    def verify_token(self, role, fields: dict[str, str]) -> None:
        token = fields.get("WebIdentityToken", "")
        if not self.providers and token.count(".") == 2:
            return
        try:
            head_text, claims_text, signature = token.split(".")
            head, claims = json.loads(unb64url(head_text)), json.loads(unb64url(claims_text))
        except ValueError:
            raise invalid_token("The ID Token provided is not a valid JWT. ") from None
        provider = self.providers.get(claims.get("iss"))
        if provider is None:
            raise invalid_token(
                f"No OpenIDConnect provider found in your account for {claims.get('iss')}"
            )
        self.verify_signature(provider["jwks"], head, f"{head_text}.{claims_text}", signature)
        end = datetime.datetime.fromtimestamp(claims["exp"], datetime.timezone.utc)
        now = datetime.datetime.fromtimestamp(self.now(), datetime.timezone.utc)
        if end <= now:
            raise Refusal(
                400,
                "ExpiredTokenException",
                f"Token expired: current date/time {now:%Y-%m-%dT%H:%M:%SZ} must be before the "
                f"expiration date/time {end:%Y-%m-%dT%H:%M:%SZ}",
            )
        audiences = claims["aud"] if isinstance(claims["aud"], list) else [claims["aud"]]
        if not set(audiences) & set(provider["audiences"]):
            raise invalid_token("Incorrect token audience")
        if role.subject is not None and not fnmatch.fnmatchcase(claims["sub"], role.subject):
            raise Refusal(
                403, "AccessDenied", "Not authorized to perform sts:AssumeRoleWithWebIdentity"
            )

    @staticmethod
    def verify_signature(jwks: dict, head: dict, signed: str, signature: str) -> None:
        keys = [key for key in jwks["keys"] if key["kid"] == head.get("kid")]
        if head.get("alg") != "RS256" or not keys:
            raise invalid_token("Couldn't retrieve verification key from your identity provider")
        number = {name: int.from_bytes(unb64url(keys[0][name]), "big") for name in ("n", "e")}
        public = rsa.RSAPublicNumbers(number["e"], number["n"]).public_key()
        try:
            public.verify(unb64url(signature), signed.encode(), padding.PKCS1v15(), hashes.SHA256())
        except InvalidSignature:
            raise invalid_token("The ID Token's signature is not valid") from None
