"""Stubs in the place of terraform and its like, which note what they are started with."""

from __future__ import annotations

import json
import pathlib

from world import World

#: It notes its arguments and environment byte by byte, and ends as the test says.
STUB = """\
#!/usr/bin/env python3
import json, os, sys
note = {
    "argv": [word.hex() for word in map(os.fsencode, sys.argv[1:])],
    "name": sys.argv[0],
    "environment": {k.hex(): v.hex() for k, v in os.environb.items()},
    "directory": os.getcwd(),
    "pid": os.getpid(),
}
with open(os.environ["NOTES"], "a") as notes:
    notes.write(json.dumps(note) + "\\n")
print("ran", os.path.basename(sys.argv[0]), flush=True)
if os.environ.get("THEN"):
    os.execvp("sh", ["sh", "-c", os.environ.pop("THEN")])
if "wait" in sys.argv:
    import time
    time.sleep(60)
sys.exit(int(os.environ.get("STATUS", "0")))
"""


class Note:
    """What one start of a stub got."""

    def __init__(self, line: str) -> None:
        note = json.loads(line)
        self.arguments = [bytes.fromhex(word) for word in note["argv"]]
        self.name = note["name"]
        self.directory = note["directory"]
        self.pid = note["pid"]
        self.bytes = {bytes.fromhex(k): bytes.fromhex(v) for k, v in note["environment"].items()}
        self.environment = {
            k.decode(errors="replace"): v.decode(errors="replace") for k, v in self.bytes.items()
        }

    @property
    def identity(self) -> str | None:
        """Who the program acts as."""
        return self.environment.get("AWS_PROFILE")


class Tools:
    """A directory of stubs on the PATH of a world."""

    def __init__(self, world: World, *names: str) -> None:
        self.world = world
        self.directory = world.root / "tools"
        self.directory.mkdir()
        self.notes_file = world.root / "notes"
        for name in names:
            self.add(name)
        world.environment["NOTES"] = str(self.notes_file)
        world.environment["PATH"] = f"{self.directory}:{world.variables()['PATH']}"

    def add(self, name: str) -> pathlib.Path:
        path = self.directory / name
        path.write_text(STUB)
        path.chmod(0o755)
        return path

    def notes(self) -> list[Note]:
        """What the stubs got since this was asked last."""
        if not self.notes_file.exists():
            return []
        lines = self.notes_file.read_text().splitlines()
        self.notes_file.unlink()
        return [Note(line) for line in lines]

    def only(self) -> Note:
        """What the one stub got that was started."""
        notes = self.notes()
        assert len(notes) == 1, f"{len(notes)} programs were started"
        return notes[0]
