"""What happens when many programs want the same credential at once."""

from __future__ import annotations

import concurrent.futures
import subprocess
import time

from measuring import Bench, Home, Row, at_most_ms
from services import USERS, StrictSTS

CALLERS = 200
#: Seconds that the service takes for each call.
LATENCY = 0.2
#: The calls that the chain of `USERS` takes.
LINKS = 3


#: One identity behind a login that takes a person.
LOGIN = """\
auth:
  providers:
    corp: {kind: aws/iam-identity-center, start_url: "http://127.0.0.1:9/start", region: eu-west-1}
  identities:
    dev:
      kind: aws/permission-set
      default: true
      via: {provider: corp}
      principal: {name: Admin, account: {id: "111122223333"}}
"""
#: The exit status that says that a login is needed.
LOGIN_NEEDED = 77


def parallel(bench: Bench) -> list[Row]:
    """Many credential processes at once."""
    return expired(bench) + refused(bench)


def expired(bench: Bench) -> list[Row]:
    """200 credential processes at once, on a session that is over."""
    limits = bench.limits["parallel"]
    server = StrictSTS(bench.root, latency=LATENCY)
    try:
        home = Home(bench, "expired", USERS, {"AWS_ENDPOINT_URL_STS": server.url})
        words = ["user", "configure", "--identity", "engineer"]
        words += ["--access-key-id", server.access_key_id]
        home.run(*words, input=server.secret_access_key + "\n")
        command = home.command("credential-process")
        begin = time.perf_counter()
        processes = [
            subprocess.Popen(
                command.arguments,
                cwd=command.directory,
                env=command.environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
            )
            for _ in range(CALLERS)
        ]
        answers = [process.communicate()[0] for process in processes]
        elapsed = time.perf_counter() - begin
        calls = sum(server.calls().values())
    finally:
        server.stop()
    same = all(answers) and len(set(answers)) == 1
    beyond = elapsed - LINKS * LATENCY
    allowed = int(LINKS * limits["calls"])
    return [
        Row(
            f"{CALLERS} × credential-process, calls",
            f"{calls} calls{'' if same else ', answers differ'}",
            f"{CALLERS * LINKS} (one chain each)",
            "-",
            f"{allowed} calls",
            same and calls == allowed,
        ),
        Row(
            f"{CALLERS} × credential-process, all answered",
            f"{elapsed:.2f} s",
            f"{LINKS * LATENCY:.1f} s (STS)",
            f"+ {beyond:.2f} s",
            f"≤ STS + {limits['seconds']:g} s",
            beyond <= limits["seconds"],
        ),
    ]


def refused(bench: Bench) -> list[Row]:
    """50 that would need a person and have no terminal: each says so at once."""
    home = Home(bench, "refused", LOGIN)
    home.run("list")
    command = home.command("credential-process")

    def ask(_: int) -> tuple[float, int]:
        begin = time.perf_counter()
        process = subprocess.run(
            command.arguments,
            cwd=command.directory,
            env=command.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            start_new_session=True,
        )
        return time.perf_counter() - begin, process.returncode

    with concurrent.futures.ThreadPoolExecutor(50) as pool:
        answers = list(pool.map(ask, range(50)))
    if any(status != LOGIN_NEEDED for _, status in answers):
        raise SystemExit(f"not every caller was told to log in: {answers}")
    slowest = max(took for took, _ in answers)
    limit = bench.limits["refused"]["seconds"]
    return [at_most_ms("50 × credential-process, no login, slowest", slowest, limit * 1000)]
