"""What a person is shown to sign in with: an address, a code, a QR code, the clipboard."""

from __future__ import annotations

import base64
import re

import pytest
import qrcode
import qrcode.util

from identity_center_world import against, allow_everything, team
from terminal import Terminal, plain
from world import World

LOOKS = {"TERM": "xterm-256color", "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8"}
DARK = {"█": (True, True), "▀": (True, False), "▄": (False, True), " ": (False, False)}


@pytest.fixture
def shown(world: World, center):
    """What a login without a browser shows, in a world of that look."""
    server = center()
    against(world, server, team())
    allow_everything(server)

    def show(*arguments: str, **environment: str) -> str:
        terminal = Terminal(
            world, "login", "--no-browser", *arguments, env={**LOOKS, **environment}
        )
        terminal.wait(0)
        return terminal.text.replace("\r", "")

    return show


def address(text: str) -> str:
    [found] = set(re.findall(r"^https?://\S+", plain(text), re.MULTILINE))
    return found


def test_a_qr_code_is_what_another_encoder_draws(shown):
    text = shown("--qr")
    lines = re.findall("\x1b\\[30;107m([^\x1b]+)\x1b\\[0m", text)
    rows: list[list[bool]] = []
    for line in lines:
        rows.append([DARK[character][0] for character in line])
        rows.append([DARK[character][1] for character in line])
    margin = next(index for index, row in enumerate(rows) if any(row))
    size = max(index for index, row in enumerate(rows) if any(row)) - margin + 1
    drawn = [row[margin : margin + size] for row in rows[margin : margin + size]]
    expected = []
    for level in (qrcode.constants.ERROR_CORRECT_M, qrcode.constants.ERROR_CORRECT_L):
        for mask in range(8):
            code = qrcode.QRCode(
                version=(size - 17) // 4, error_correction=level, mask_pattern=mask, border=0
            )
            code.add_data(qrcode.util.QRData(address(text).encode(), mode=4))
            try:
                code.make(fit=False)
            except qrcode.exceptions.DataOverflowError:
                continue
            expected.append([[bool(module) for module in row] for row in code.modules])
    assert drawn in expected


def test_what_will_be_pasted_is_in_the_clipboard(shown):
    text = shown()
    copied = re.findall("\x1b\\]52;c;([A-Za-z0-9+/=]+)\x07", text)
    assert [base64.b64decode(one).decode() for one in copied] == [address(text)]


@pytest.mark.parametrize(
    "environment", [{"ATMOS_AUTH_CLIPBOARD": "off"}, {"TERM": "linux"}, {"TERM": "dumb"}]
)
def test_the_clipboard_is_left_alone(world: World, shown, environment):
    text = shown(**environment)
    assert address(text) and "\x1b]52" not in text
    world.run("logout", "--all", status=0)
    assert "\x1b]52" in shown()


def test_tmux_is_told_in_both_ways(shown):
    text = shown(TMUX="/tmp/tmux-0/default,1,0")
    assert text.count("\x1b]52;c;") == 2 and "\x1bPtmux;\x1b\x1b]52;c;" in text
