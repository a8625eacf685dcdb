"""What an STS does beside roles and sessions: AssumeRoot, GetFederationToken."""

from __future__ import annotations

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
    "AssumeRoot": r"TargetPrincipal|TaskPolicyArn\.arn|DurationSeconds",
    "GetFederationToken": (
        r"Name|DurationSeconds|Policy|PolicyArns\.member\.\d+\.arn|Tags\.member\.\d+\.(Key|Value)"
    ),
}


class SpecialActions:
    """Mixed into the STS."""

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
