"""Virtual MFA devices, as an IAM keeps them and an STS asks for their codes."""

from __future__ import annotations

import base64
import dataclasses
import datetime
import hashlib
import hmac
import re
import secrets

from fake_service import Refusal, denied
from sts_service import WRONG_CODE, WRONG_DEVICE, Keys

PERIOD = 30

DEVICE_PARAMETERS = {
    "CreateVirtualMFADevice": r"Path|VirtualMFADeviceName|Tags\.member\.\d+\.(Key|Value)",
    "EnableMFADevice": r"UserName|SerialNumber|AuthenticationCode[12]",
    "ListMFADevices": r"UserName|Marker|MaxItems",
    "DeactivateMFADevice": r"UserName|SerialNumber",
    "DeleteVirtualMFADevice": r"SerialNumber",
}


@dataclasses.dataclass
class Device:
    """A virtual MFA device."""

    serial: str
    seed: bytes
    user: str | None = None
    enabled: float = 0


def code_of(seed: bytes, window: int) -> str:
    """RFC 6238 with SHA-1 and six digits."""
    digest = hmac.new(seed, window.to_bytes(8, "big"), hashlib.sha1).digest()
    at = digest[-1] & 15
    return f"{(int.from_bytes(digest[at : at + 4], 'big') & 0x7FFFFFFF) % 1000000:06}"


def stamp(moment: float) -> str:
    return datetime.datetime.fromtimestamp(moment, datetime.timezone.utc).strftime(
        "%Y-%m-%dT%H:%M:%SZ"
    )


def missing(what: str) -> Refusal:
    return Refusal(404, "NoSuchEntity", f"{what} cannot be found.")


class Devices:
    """Mixed into the IAM."""

    def check_code(self, fields: dict[str, str], keys: Keys) -> None:
        device = self.devices.get(fields.get("SerialNumber", ""))
        if device is None:
            super().check_code(fields, keys)
            return
        if device.user != keys.arn.rsplit("/", 1)[-1]:
            raise denied(WRONG_DEVICE)
        now = int(self.now()) // PERIOD
        for window in (now - 1, now, now + 1):
            if code_of(device.seed, window) == fields.get("TokenCode"):
                self.use_up(device, window)
                return
        raise denied(WRONG_CODE)

    def use_up(self, device: Device, window: int) -> None:
        with self.lock:
            if (device.serial, window) in self.used_codes:
                raise denied(WRONG_CODE)
            self.used_codes.add((device.serial, window))

    def create_virtual_mfa_device(self, fields: dict[str, str], name: str) -> str:
        label = fields.get("VirtualMFADeviceName", "")
        if not re.fullmatch(r"[\w+=,.@-]{1,226}", label, re.ASCII):
            raise Refusal(
                400, "ValidationError", f"Value '{label}' at 'virtualMFADeviceName' is not valid"
            )
        serial = f"arn:aws:iam::{self.options.account}:mfa{fields.get('Path', '/')}{label}"
        if serial in self.devices:
            raise Refusal(
                409,
                "EntityAlreadyExists",
                "MFADevice entity at the same path and name already exists.",
            )
        device = self.devices[serial] = Device(serial, secrets.token_bytes(40))
        seed = base64.b32encode(device.seed)
        with self.lock:
            self.handed_out.append(seed.decode())
        # Blobs are in base64 on the wire, this one in base32 below that.
        return (
            f"<VirtualMFADevice><SerialNumber>{serial}</SerialNumber>"
            f"<Base32StringSeed>{base64.b64encode(seed).decode()}</Base32StringSeed>"
            f"<QRCodePNG>{base64.b64encode(b'no picture').decode()}</QRCodePNG></VirtualMFADevice>"
        )

    def enable_mfa_device(self, fields: dict[str, str], name: str) -> None:
        device = self.devices.get(fields.get("SerialNumber", ""))
        codes = [fields.get(f"AuthenticationCode{number}", "") for number in (1, 2)]
        if "UserName" not in fields or not all(re.fullmatch(r"\d{6}", code) for code in codes):
            raise Refusal(400, "ValidationError", "a code has six digits, and there are two")
        if device is None:
            raise missing(f"VirtualMFADevice with serial number {fields.get('SerialNumber')}")
        if device.user is not None:
            raise Refusal(409, "EntityAlreadyExists", "MFA Device already in use by this user.")
        if sum(other.user == name for other in self.devices.values()) >= 8:
            raise Refusal(409, "LimitExceeded", "Cannot exceed quota for MFADevicesPerUser: 8")
        now = int(self.now()) // PERIOD
        for window in (now - 2, now - 1, now):
            if [code_of(device.seed, window), code_of(device.seed, window + 1)] == codes:
                break
        else:
            raise Refusal(
                403, "InvalidAuthenticationCode", "Authentication code for device is not valid."
            )
        with self.lock:
            self.used_codes |= {(device.serial, window), (device.serial, window + 1)}
        device.user, device.enabled = name, self.now()

    def list_mfa_devices(self, fields: dict[str, str], name: str) -> str:
        serials = [device.serial for device in self.devices.values() if device.user == name]
        # What the user had from the start was not made here.
        serials += sorted(
            {
                keys.mfa
                for keys in self.keys.values()
                if keys.mfa and keys.kind == "user" and keys.arn.endswith(f"/{name}")
            }
        )
        members = "".join(
            f"<member><UserName>{name}</UserName><SerialNumber>{serial}</SerialNumber>"
            f"<EnableDate>{stamp(self.now())}</EnableDate></member>"
            for serial in serials
        )
        return f"<IsTruncated>false</IsTruncated><MFADevices>{members}</MFADevices>"

    def deactivate_mfa_device(self, fields: dict[str, str], name: str) -> None:
        device = self.devices.get(fields.get("SerialNumber", ""))
        if device is None or device.user != name:
            raise missing(f"MFADevice with serial number {fields.get('SerialNumber')}")
        device.user = None

    def delete_virtual_mfa_device(self, fields: dict[str, str], name: str) -> None:
        device = self.devices.get(fields.get("SerialNumber", ""))
        if device is None:
            raise missing(f"VirtualMFADevice with serial number {fields.get('SerialNumber')}")
        if device.user is not None:
            raise Refusal(
                409, "DeleteConflict", "Cannot delete entity, must deactivate the device first."
            )
        del self.devices[device.serial]
