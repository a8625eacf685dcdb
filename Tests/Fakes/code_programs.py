#!/usr/bin/env python3
"""`ykman`, `pass`, `op` and `zenity`, as far as one-time codes go.

The name it is called by chooses the program. Each takes what the real one takes (ykman 5, pass
with pass-otp 1.2, op 2, zenity 3), refuses the rest in its words and with its status, and makes
real codes of RFC 6238. What there is on the key, in the store or in the vault is read from the JSON
file named by FAKE_CODES:

    {"ykman": {"devices": [{"serial": "1", "accounts": {"name": {"seed": ..., "touch": "late"}}}]},
     "pass": {"has_otp": true, "entries": {"aws/jane": "BASE32"}},
     "op": {"signed_in": true, "items": {"AWS": "BASE32"}},
     "zenity": {"answers": ["123456"]}}
"""

from __future__ import annotations

import datetime
import json
import os
import pathlib
import sys
import time

from sts_service import Device

STATE = pathlib.Path(os.environ["FAKE_CODES"])


def code_of(seed: str, period: int = 30) -> str:
    return Device("", seed, period).codes(time.time())[1]


def fail(message: str, status: int = 1):
    print(message, file=sys.stderr)
    sys.exit(status)


def ykman(words: list[str], state: dict) -> None:
    devices = state["devices"]
    if words[:1] == ["--device"]:
        devices = [device for device in devices if device["serial"] == words[1]]
        if not devices:
            fail(f"ERROR: Failed connecting to a YubiKey with serial: {words[1]}.")
        words = words[2:]
    if words[:3] != ["oath", "accounts", "code"]:
        fail(f"Usage: ykman [OPTIONS] COMMAND [ARGS]...\n\nError: No such command '{words[0]}'.", 2)
    options = [word for word in words[3:] if word.startswith("-")]
    queries = [word for word in words[3:] if not word.startswith("-")]
    for option in options:
        if option not in ("-s", "--single", "-H", "--show-hidden"):
            fail(f"Error: No such option: {option}", 2)
    if len(queries) > 1:
        fail(f"Error: Got unexpected extra argument ({queries[1]})", 2)
    if not devices:
        fail("ERROR: No YubiKey detected!")
    if len(devices) > 1:
        fail("ERROR: Multiple YubiKeys detected. Use --device SERIAL to specify which one to use.")
    accounts = devices[0]["accounts"]
    query = queries[0].lower() if queries else ""
    found = [name for name in accounts if query in name.lower()]
    if query in [name.lower() for name in found]:
        found = [name for name in found if name.lower() == query]
    is_single = "-s" in options or "--single" in options
    if is_single and not found:
        fail("ERROR: No matching account found.")
    if is_single and len(found) > 1:
        fail("Error: Multiple matches, please make the query more specific.\n\n" + "\n".join(found))
    for name in found:
        account = accounts[name]
        if account.get("touch"):
            print("Touch your YubiKey...", file=sys.stderr, flush=True)
            if account["touch"] == "late":
                fail("ERROR: Touch account timed out!")
        code = code_of(account["seed"])
        print(code if is_single else f"{name}  {code}")


def password_store(words: list[str], state: dict) -> None:
    if words[:1] != ["otp"] or not state["has_otp"]:
        fail(f"Error: {words[0]} is not in the password store.")
    words = words[1:]
    if words[:1] == ["code"]:
        words = words[1:]
    if len(words) != 1 or words[0].startswith("-"):
        fail("Usage: pass otp [code] [--clip,-c] [--quiet,-q] pass-name")
    seed = state["entries"].get(words[0])
    if seed is None:
        fail(f"Error: {words[0]} is not in the password store.")
    print(code_of(seed))


def one_password(words: list[str], state: dict) -> None:
    def error(text: str):
        fail(f"[ERROR] {datetime.datetime.now():%Y/%m/%d %H:%M:%S} {text}")

    if not state["signed_in"]:
        error("You are not currently signed in. Please run `op signin --help` for instructions")
    if words[:1] == ["read"]:
        if len(words) != 2 or not words[1].startswith("op://"):
            error("invalid secret reference")
        item = words[1].removeprefix("op://").split("/")[1]
        if not words[1].endswith("?attribute=otp") or item not in state["items"]:
            error(f"could not read secret '{words[1]}': could not find item {item}")
    elif words[:2] == ["item", "get"] and len(words) == 4 and words[3] == "--otp":
        item = words[2]
        if item not in state["items"]:
            error(f'"{item}" isn\'t an item. Specify the item with its UUID, name, or domain.')
    else:
        error(f"unknown command or flag: {' '.join(words)}")
    print(code_of(state["items"][item]))


def zenity(words: list[str], state: dict) -> None:
    if not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        fail("(zenity:1): Gtk-WARNING **: cannot open display: ")
    if "--entry" not in words:
        fail("You must specify a dialog type. See 'zenity --help' for details", 255)
    for word in words:
        if word.split("=")[0] not in ("--entry", "--title", "--text", "--hide-text"):
            fail("This option is not available. Please see --help for all possible usages.", 255)
    print('Gtk-Message: Failed to load module "canberra-gtk-module"', file=sys.stderr)
    if not state["answers"]:
        sys.exit(1)
    whole = json.loads(STATE.read_text())
    answer = whole["zenity"]["answers"].pop(0)
    STATE.write_text(json.dumps(whole))
    print(answer)


PROGRAMS = {"ykman": ykman, "pass": password_store, "op": one_password, "zenity": zenity}


def main() -> None:
    name = pathlib.Path(sys.argv[0]).name
    PROGRAMS[name](sys.argv[1:], json.loads(STATE.read_text())[name])


if __name__ == "__main__":
    main()
