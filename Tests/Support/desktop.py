"""A private D-Bus session, and what may answer on it: gnome-keyring, or nothing that ever does."""

from __future__ import annotations

import os
import pathlib
import signal
import subprocess
import sys
import tempfile

from programs import FAKES, tool
from waiting import PATIENCE, wait_for
from world import World

SERVICE = "org.freedesktop.secrets"
ROOT = "/org/freedesktop/secrets"
LOGIN = f"{ROOT}/collection/login"

# The bus starts no service itself; gnome-keyring's prompter, when a test wants one, is the test's.
CONFIGURATION = """\
<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:dir={directory}</listen>
  <servicedir>{services}</servicedir>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"""


class Desktop:
    """The D-Bus session of one test, with a home of its own for the keyring's files."""

    def __init__(self, directory: pathlib.Path) -> None:
        self.directory = directory
        self.home = directory / "desktop"
        self.services = directory / "services"
        for made in (self.home, self.services):
            made.mkdir(parents=True, mode=0o700)
        configuration = directory / "session.conf"
        # A socket's name may have 108 bytes; a test's directory is too long.
        self.socket = tempfile.TemporaryDirectory(prefix="aa-bus-", dir="/tmp")
        configuration.write_text(
            CONFIGURATION.format(directory=self.socket.name, services=self.services)
        )
        self.processes: list[subprocess.Popen] = []
        self.bus = subprocess.Popen(
            [
                tool("dbus-daemon"),
                f"--config-file={configuration}",
                "--nofork",
                "--print-address=1",
            ],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self.processes.append(self.bus)
        self.address = self.bus.stdout.readline().strip()
        assert self.address, "dbus-daemon did not start"

    @property
    def environment(self) -> dict[str, str]:
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self.home),
            "LANG": "C.UTF-8",
            "XDG_RUNTIME_DIR": str(self.home),
            "DBUS_SESSION_BUS_ADDRESS": self.address,
        }

    def gnome_keyring(self, password: str = "the desktop's password") -> subprocess.Popen:
        """Starts gnome-keyring with an unlocked login keyring."""
        tool("gnome-keyring-daemon")
        daemon = subprocess.Popen(
            [tool("gnome-keyring-daemon"), "--foreground", "--unlock", "--components=secrets"],
            env=self.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=(self.directory / "gnome-keyring.log").open("wb"),
        )
        self.processes.append(daemon)
        daemon.stdin.write(password.encode())
        daemon.stdin.close()
        self.wait_for_service()
        return daemon

    def silent_service(self) -> subprocess.Popen:
        """Starts a service that owns the name and never answers."""
        service = subprocess.Popen(
            [sys.executable, str(FAKES / "silent_secret_service.py")],
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.processes.append(service)
        assert service.stdout.readline().strip() == "ready"
        return service

    def silent_prompter(self) -> None:
        """Lets gnome-keyring find a prompter that starts and never shows anything."""
        script = self.directory / "prompter"
        script.write_text("#!/bin/sh\nexec sleep 600\n")
        script.chmod(0o755)
        (self.services / "prompter.service").write_text(
            f"[D-BUS Service]\nName=org.gnome.keyring.SystemPrompter\nExec={script}\n"
        )
        self._ask_bus("ReloadConfig")

    def call(self, path: str, method: str, *arguments: str) -> str:
        """Calls the Secret Service from outside, as a desktop's own program would."""
        return self._bus_call(SERVICE, path, method, *arguments)

    def _bus_call(self, service: str, path: str, method: str, *arguments: str) -> str:
        words = ["call", "--session", "--dest", service, "--object-path", path]
        done = subprocess.run(
            [tool("gdbus"), *words, "--method", method, *arguments],
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=True,
        )
        return done.stdout

    def _ask_bus(self, method: str, *arguments: str) -> str:
        bus = "org.freedesktop.DBus"
        return self._bus_call(bus, "/org/freedesktop/DBus", f"{bus}.{method}", *arguments)

    def lock(self) -> None:
        self.call(ROOT, "org.freedesktop.Secret.Service.Lock", f"['{LOGIN}']")

    def secret_tool(self, *arguments: str, stdin: str | None = None) -> subprocess.CompletedProcess:
        return subprocess.run(
            [tool("secret-tool"), *arguments],
            env=self.environment,
            input=stdin,
            text=True,
            capture_output=True,
            timeout=PATIENCE,
            check=False,
        )

    def wait_for_service(self) -> None:
        def is_owned() -> bool:
            return "true" in self._ask_bus("NameHasOwner", SERVICE)

        wait_for(is_owned, "no Secret Service came up", PATIENCE)

    def serve(self, world: World) -> None:
        """Makes a world use this desktop's keyring."""
        world.environment.update(
            ATMOS_KEYRING_TYPE="system",
            ATMOS_KEYRING_PASSWORD=None,
            DBUS_SESSION_BUS_ADDRESS=self.address,
        )

    def stop(self) -> None:
        for process in reversed(self.processes):
            if process.poll() is None:
                process.send_signal(signal.SIGCONT)
                process.kill()
            process.wait()
        self.socket.cleanup()
