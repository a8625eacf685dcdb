"""What an STS does beside roles and sessions: AssumeRoot, GetFederationToken, SAML."""

from __future__ import annotations

import hashlib
import re

from fake_service import Refusal, denied, invalid

TASKS = {
    f"arn:aws:iam::aws:policy/root-task/{name}"
    for name in (
        "IAMAuditRootUserCredentials",
        "IAMCreateRootUserPassword",
        "IAMDeleteRootUserCredentials",
        "S3UnlockBucketPolicy",
        "SQSUnlockQueuePolicy",
    )
}

SPECIAL_PARAMETERS = {
    "AssumeRoleWithSAML": (
        r"RoleArn|PrincipalArn|SAMLAssertion|DurationSeconds|Policy|PolicyArns\.member\.\d+\.arn"
    ),
    "AssumeRoot": r"TargetPrincipal|TaskPolicyArn\.arn|DurationSeconds",
    "GetFederationToken": (
        r"Name|DurationSeconds|Policy|PolicyArns\.member\.\d+\.arn|Tags\.member\.\d+\.(Key|Value)"
    ),
}


class SpecialActions:
    """Mixed into the STS."""

    def assume_role_with_saml(self, fields: dict[str, str]) -> str:
        # Only tests of SAML pay for lxml.
        import saml_assertions

        arn, provider = fields.get("RoleArn", ""), fields.get("PrincipalArn", "")
        match = re.fullmatch(r"arn:(aws[a-z-]*):iam::(\d{12}):role/([\w+=,.@/-]+)", arn)
        if not match or ":saml-provider/" not in provider:
            raise invalid(f"{arn} or {provider} is invalid")
        if provider not in self.saml_providers:
            raise Refusal(400, "InvalidIdentityToken", "Specified provider doesn't exist")
        known = self.saml_providers[provider]
        assertion = saml_assertions.verified(
            fields.get("SAMLAssertion", ""), known["issuer"], known["certificate"], self.now()
        )
        offered = [
            {part.strip() for part in re.split(r",(?=\s*arn:)", value)}
            for value in saml_assertions.values(assertion, "Role")
        ]
        name = match.group(3).rsplit("/", 1)[-1]
        if {arn, provider} not in offered or name.startswith("Denied"):
            raise denied("Not authorized to perform sts:AssumeRoleWithSAML")
        sessions = saml_assertions.values(assertion, "RoleSessionName")
        if len(sessions) != 1 or not re.fullmatch(r"[\w+=,.@-]{2,64}", sessions[0], re.ASCII):
            raise Refusal(
                400, "InvalidIdentityToken", "RoleSessionName is required in AuthnResponse"
            )
        seconds = self.duration(fields, 3600, 43200)
        role = self.roles.get(arn)
        if role is not None and seconds > role.max_duration:
            raise invalid(
                "The requested DurationSeconds exceeds the MaxSessionDuration set for this role."
            )
        assumed = f"arn:{match.group(1)}:sts::{match.group(2)}:assumed-role/{name}/{sessions[0]}"
        role_id = "AROA" + hashlib.sha256(arn.encode()).hexdigest()[:17].upper()
        user = (
            f"<AssumedRoleUser><AssumedRoleId>{role_id}:{sessions[0]}</AssumedRoleId>"
            f"<Arn>{assumed}</Arn></AssumedRoleUser>"
        )
        return user + self.hand_out(seconds, assumed, f"{role_id}:{sessions[0]}", "role")

    def accounts_of_response(self, response: str) -> list[str]:
        """The accounts of the roles that a response offers, which any known provider has signed."""
        import saml_assertions

        known = next(iter(self.saml_providers.values()))
        assertion = saml_assertions.verified(
            response, known["issuer"], known["certificate"], self.now()
        )
        found = re.findall(
            r"arn:aws[a-z-]*:iam::(\d{12}):role/",
            " ".join(saml_assertions.values(assertion, "Role")),
        )
        return sorted(set(found))

    def assume_root(self, fields: dict[str, str], keys, host: str) -> str:
        # The global endpoint does not offer it. Its refusal is not documented; any will do.
        if host.split(":")[0] == "sts.amazonaws.com":
            raise Refusal(400, "InvalidAction", "AssumeRoot is offered by regional endpoints only")
        target = fields.get("TargetPrincipal", "")
        if not re.fullmatch(r"\d{12}", target):
            raise invalid(f"{target} is no account id")
        task = fields.get("TaskPolicyArn.arn", "")
        if task not in TASKS:
            raise denied(f"The task policy {task} is not one of the root task policies")
        text = fields.get("DurationSeconds", "900")
        if not text.isdigit() or int(text) > 900:
            raise invalid(
                f"1 validation error detected: Value '{text}' at 'durationSeconds' failed to "
                "satisfy constraint: Member must have value less than or equal to 900"
            )
        # Accounts that begin with 000 are not in the organisation.
        if target.startswith("000") or keys.kind == "root":
            raise denied(
                f"User: {keys.arn} is not authorized to perform: sts:AssumeRoot on resource: "
                f"arn:aws:iam::{target}:root"
            )
        arn = f"arn:aws:sts::{target}:assumed-root"
        return self.hand_out(int(text), arn, target, "root", chained=keys.kind != "user")

    def get_federation_token(self, fields: dict[str, str], keys) -> str:
        if keys.kind != "user":
            raise denied("Cannot call GetFederationToken with session credentials")
        name = fields.get("Name", "")
        if not re.fullmatch(r"[\w+=,.@-]{2,32}", name, re.ASCII):
            raise invalid(f"Value '{name}' at 'name' failed to satisfy constraint")
        seconds = self.duration(fields, 43200, 129600)
        arn = f"arn:aws:sts::{keys.account}:federated-user/{name}"
        user = (
            f"<FederatedUser><Arn>{arn}</Arn><FederatedUserId>{keys.account}:{name}"
            "</FederatedUserId></FederatedUser>"
        )
        # Without a policy it may do nothing, and the console shows nothing.
        return user + self.hand_out(seconds, arn, f"{keys.account}:{name}", "federation")
