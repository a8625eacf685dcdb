"""Responses of a SAML identity provider, signed, and what STS demands of them.

Both halves use libraries that others wrote (lxml, cryptography, signxml): what STS accepts here has
a signature that anybody else would accept, too.
"""

from __future__ import annotations

import base64
import dataclasses
import datetime
import secrets

from lxml import etree
from signxml import XMLSigner, XMLVerifier, methods
from signxml.exceptions import InvalidInput, InvalidSignature

from fake_service import Refusal

PROTOCOL = "urn:oasis:names:tc:SAML:2.0:protocol"
ASSERTION = "urn:oasis:names:tc:SAML:2.0:assertion"
NAMES = {"samlp": PROTOCOL, "saml": ASSERTION}
SUCCESS = "urn:oasis:names:tc:SAML:2.0:status:Success"
AUDIENCE = "urn:amazon:webservices"
SIGN_IN = "https://signin.aws.amazon.com/saml"
ATTRIBUTES = "https://aws.amazon.com/SAML/Attributes/"


@dataclasses.dataclass
class Identity:
    """The key of an identity provider, its certificate, and what it calls itself."""

    issuer: str
    key: bytes
    certificate: str


def make_identity(issuer: str) -> Identity:
    """A new identity provider."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import rsa

    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "idp")])
    now = datetime.datetime.now(datetime.timezone.utc)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    return Identity(
        issuer,
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        ),
        certificate.public_bytes(serialization.Encoding.PEM).decode(),
    )


@dataclasses.dataclass
class Response:
    """What a response says; the defaults are those of a login that works."""

    identity: Identity
    roles: list[str]
    user: str = "jane@example.com"
    audience: str = AUDIENCE
    recipient: str = SIGN_IN
    #: Seconds from now.
    issued: float = 0
    lifetime: float = 300
    status: str = SUCCESS
    message: str = ""
    is_encrypted: bool = False
    is_signed: bool = True
    session_duration: int | None = None

    def encoded(self) -> str:
        """The response in base64."""
        return base64.b64encode(self.document()).decode()

    def document(self) -> bytes:
        now = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=self.issued)

        def time(seconds: float) -> str:
            return (now + datetime.timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")

        response = etree.Element(
            f"{{{PROTOCOL}}}Response",
            {
                "ID": f"_{secrets.token_hex(16)}",
                "Version": "2.0",
                "IssueInstant": time(0),
                "Destination": self.recipient,
            },
            nsmap=NAMES,
        )
        self.add(response, "saml:Issuer", self.identity.issuer)
        status = self.add(response, "samlp:Status")
        self.add(status, "samlp:StatusCode", Value=self.status)
        if self.message:
            self.add(status, "samlp:StatusMessage", self.message)
        if self.is_encrypted:
            self.add(response, "saml:EncryptedAssertion")
        elif self.status == SUCCESS:
            response.append(self.assertion(time))
        return etree.tostring(response, xml_declaration=True, encoding="UTF-8")

    def assertion(self, time) -> etree._Element:
        assertion = etree.Element(
            f"{{{ASSERTION}}}Assertion",
            {"ID": f"_{secrets.token_hex(16)}", "Version": "2.0", "IssueInstant": time(0)},
            nsmap=NAMES,
        )
        self.add(assertion, "saml:Issuer", self.identity.issuer)
        subject = self.add(assertion, "saml:Subject")
        self.add(subject, "saml:NameID", self.user)
        confirmation = self.add(
            subject,
            "saml:SubjectConfirmation",
            Method="urn:oasis:names:tc:SAML:2.0:cm:bearer",
        )
        self.add(
            confirmation,
            "saml:SubjectConfirmationData",
            Recipient=self.recipient,
            NotOnOrAfter=time(self.lifetime),
        )
        conditions = self.add(
            assertion,
            "saml:Conditions",
            NotBefore=time(-60),
            NotOnOrAfter=time(self.lifetime),
        )
        audience = self.add(conditions, "saml:AudienceRestriction")
        self.add(audience, "saml:Audience", self.audience)
        statement = self.add(assertion, "saml:AttributeStatement")
        self.attribute(statement, "RoleSessionName", [self.user])
        self.attribute(statement, "Role", self.roles)
        if self.session_duration is not None:
            self.attribute(statement, "SessionDuration", [str(self.session_duration)])
        if not self.is_signed:
            return assertion
        signer = XMLSigner(method=methods.enveloped, c14n_algorithm=EXCLUSIVE)
        return signer.sign(assertion, key=self.identity.key, cert=self.identity.certificate)

    @staticmethod
    def add(parent, name: str, text: str | None = None, **attributes: str) -> etree._Element:
        prefix, _, local = name.partition(":")
        child = etree.SubElement(parent, f"{{{NAMES[prefix]}}}{local}", attributes)
        child.text = text
        return child

    def attribute(self, statement, name: str, values: list[str]) -> None:
        attribute = self.add(statement, "saml:Attribute", Name=ATTRIBUTES + name)
        for value in values:
            self.add(attribute, "saml:AttributeValue", value)


EXCLUSIVE = "http://www.w3.org/2001/10/xml-exc-c14n#"


def refused(message: str, code: str = "InvalidIdentityToken", status: int = 400) -> Refusal:
    return Refusal(status, code, message)


def verified(encoded: str, issuer: str, certificate: str, now: float) -> etree._Element:
    """The assertion of a response, if STS accepts it.

    Only what the signature covers is looked at, as STS does.
    """
    if not 4 <= len(encoded) <= 100_000:
        raise Refusal(400, "ValidationError", "samlAssertion: length must be 4 to 100000")
    try:
        document = base64.b64decode(encoded, validate=True)
    except ValueError:
        raise refused("Invalid base64 SAMLResponse") from None
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = etree.fromstring(document, parser)
    except etree.XMLSyntaxError:
        raise refused("Response is not well-formed XML") from None
    if root.tag != f"{{{PROTOCOL}}}Response":
        raise refused("there is no Response")
    code = root.find("samlp:Status/samlp:StatusCode", NAMES)
    if code is None or code.get("Value") != SUCCESS:
        raise refused("SAML Assertion is not for a successful authentication")
    try:
        assertion = XMLVerifier().verify(document, x509_cert=certificate).signed_xml
    except (InvalidSignature, InvalidInput):
        raise refused("Response signature invalid") from None
    if assertion is None or assertion.tag != f"{{{ASSERTION}}}Assertion":
        raise refused("the assertion is not what is signed")
    if assertion.findtext("saml:Issuer", namespaces=NAMES) != issuer:
        raise refused("Issuer not present in specified provider")
    check_times(assertion, now)
    audience = assertion.findtext(
        "saml:Conditions/saml:AudienceRestriction/saml:Audience", namespaces=NAMES
    )
    if audience != AUDIENCE:
        raise refused("Audience does not match")
    data = assertion.find(
        "saml:Subject/saml:SubjectConfirmation/saml:SubjectConfirmationData", NAMES
    )
    if data is None or data.get("Recipient") != SIGN_IN:
        raise refused("Recipient does not match")
    return assertion


def check_times(assertion, now: float) -> None:
    def time(text: str | None) -> float:
        if text is None:
            raise refused("a time is missing")
        parsed = datetime.datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ")
        return parsed.replace(tzinfo=datetime.timezone.utc).timestamp()

    conditions = assertion.find("saml:Conditions", NAMES)
    if conditions is None:
        raise refused("there are no Conditions")
    if now < time(conditions.get("NotBefore")):
        raise refused("the assertion is not valid yet")
    over = now >= time(conditions.get("NotOnOrAfter"))
    if over or now - time(assertion.get("IssueInstant")) > 300:
        raise refused(
            "Token must be redeemed within 5 minutes of issuance", "ExpiredTokenException"
        )


def values(assertion, name: str) -> list[str]:
    """The values of one of AWS' attributes."""
    path = f"saml:AttributeStatement/saml:Attribute[@Name='{ATTRIBUTES}{name}']/saml:AttributeValue"
    return [(value.text or "").strip() for value in assertion.findall(path, NAMES)]
