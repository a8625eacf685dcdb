"""Proofs of possession (DPoP, RFC 9449) as the fake sign-in checks them."""

from __future__ import annotations

import base64
import hashlib
import json

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.hashes import SHA256

#: How far the time of a proof may be off, in seconds.
TOLERANCE = 300


class WrongProof(Exception):
    """Why a proof is not taken."""


def base64url(text: str) -> bytes:
    """Decodes base64url as JOSE writes it: without padding, and in one way only."""
    data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if base64.urlsafe_b64encode(data).rstrip(b"=").decode() != text:
        raise WrongProof("it is not base64url")
    return data


def thumbprint(key: dict) -> str:
    """RFC 7638."""
    plain = json.dumps({name: key[name] for name in sorted(key)}, separators=(",", ":"))
    return hashlib.sha256(plain.encode()).hexdigest()


class Proofs:
    """The proofs that were taken; each is taken once."""

    def __init__(self) -> None:
        self.seen: set[str] = set()

    def check(self, values: list[str], method: str, url: str, now: float) -> str:
        """The thumbprint of the key that a request is proven with; else `WrongProof`."""
        if len(values) != 1:
            raise WrongProof(f"there are {len(values)} DPoP headers")
        parts = values[0].split(".")
        if len(parts) != 3:
            raise WrongProof("it is not a compact JWS")
        try:
            header, claims = (json.loads(base64url(part)) for part in parts[:2])
            signature = base64url(parts[2])
        except ValueError as error:
            raise WrongProof("it cannot be read") from error
        key = header.get("jwk")
        if set(header) != {"typ", "alg", "jwk"} or header["typ"] != "dpop+jwt":
            raise WrongProof("the header is not that of a proof")
        if header["alg"] != "ES256" or not isinstance(key, dict):
            raise WrongProof("the algorithm has to be ES256")
        if set(key) != {"kty", "crv", "x", "y"} or (key["kty"], key["crv"]) != ("EC", "P-256"):
            raise WrongProof("the key has to be a public one on P-256, and nothing else")
        self.verify(key, ".".join(parts[:2]).encode(), signature)
        if set(claims) != {"jti", "htm", "htu", "iat"}:
            raise WrongProof("the claims are not those of a proof")
        if (claims["htm"], claims["htu"]) != (method, url):
            raise WrongProof(f"it is for {claims['htm']} {claims['htu']}, not {method} {url}")
        if not isinstance(claims["iat"], int) or abs(claims["iat"] - now) > TOLERANCE:
            raise WrongProof("it is not of now")
        if not isinstance(claims["jti"], str) or len(claims["jti"]) < 16:
            raise WrongProof("its id can be guessed")
        if claims["jti"] in self.seen:
            raise WrongProof("it was shown before")
        self.seen.add(claims["jti"])
        return thumbprint(key)

    @staticmethod
    def verify(key: dict, signed: bytes, signature: bytes) -> None:
        x, y = base64url(key["x"]), base64url(key["y"])
        if (len(x), len(y), len(signature)) != (32, 32, 64):
            raise WrongProof("coordinates have 32 bytes, and a signature 64")
        numbers = [int.from_bytes(part, "big") for part in (x, y, signature[:32], signature[32:])]
        try:
            public = ec.EllipticCurvePublicNumbers(*numbers[:2], ec.SECP256R1()).public_key()
            encoded = utils.encode_dss_signature(*numbers[2:])
            public.verify(encoded, signed, ec.ECDSA(SHA256()))
        except (ValueError, InvalidSignature) as error:
            raise WrongProof("the signature is not of this key") from error
