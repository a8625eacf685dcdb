"""What the two programs cost when they are run."""

from __future__ import annotations

import pathlib
import re
import shutil
import statistics
import subprocess
import sys

from measuring import (
    TRUE,
    Bench,
    Command,
    Home,
    Row,
    at_most_more,
    at_most_ms,
    at_most_share,
    at_most_times,
    instructions,
    spawn_time,
)
from mock_world import many, single
from registry_world import HOST, IMAGES, AWSAPIs

#: The AWS CLI beside this Python: its version 1, the quicker of the two.
AWS = pathlib.Path(sys.prefix) / "bin/aws"


def question(bench: Bench) -> Command:
    """What a shell asks `atmos-auth-hook` on entering an allowed directory."""
    home = Home(bench, "question", single("8h"))
    directory = home.repository / "dev"
    directory.mkdir()
    (directory / ".atmos-identity").write_text("dev\n")
    home.run("allow", cwd=directory)
    home.run("login")
    words = [bench.hook, "bash", "directory", "80", str(directory)]
    words += [f"{directory}/.atmos-identity", ""]
    answer = subprocess.run(words, env=home.environment, capture_output=True, text=True)
    if "AWS_PROFILE" not in answer.stdout:
        raise SystemExit(f"the hook did not answer for {directory}: {answer}")
    return Command(words, home.environment, directory)


def hook(bench: Bench) -> list[Row]:
    """`atmos-auth-hook` alone, answering for an allowed directory."""
    command = question(bench)
    true = Command([TRUE], command.environment, command.directory)
    times = bench.compare({"hook": command, "true": true})
    limits = bench.limits["hook"]
    rows = [
        at_most_times(
            "atmos-auth-hook, cold", times["hook"], times["true"], "true", limits["times"]
        )
    ]
    count = instructions(command)
    if count is not None:
        millions = count / 1e6
        rows.append(
            Row(
                "atmos-auth-hook, instructions",
                f"{millions:.2f} M",
                "-",
                "-",
                f"≤ {limits['instructions']:g} M",
                millions <= limits["instructions"],
            )
        )
    return rows


def completions(bench: Bench) -> dict[str, Command]:
    """TAB after `atmos-auth login -i team-0009` in each shell, with 1,000 identities."""
    home = Home(bench, "completions", many(1_000))
    line = "atmos-auth login -i team-0009"
    words = {
        "bash": ["__complete", "bash", line, str(len(line)), "team-0009"],
        "zsh": ["__complete", "zsh", *line.split()],
        "fish": ["__complete", "fish", *line.split()],
    }
    for shell, arguments in words.items():
        answer = home.run(*arguments).stdout
        if "team-00095" not in answer:
            raise SystemExit(f"completion for {shell} does not know team-00095: {answer!r}")
    return {shell: home.command(*arguments) for shell, arguments in words.items()}


def tab(bench: Bench) -> list[Row]:
    """TAB among 1,000 identities."""
    commands = completions(bench)
    true = Command([TRUE], commands["bash"].environment, commands["bash"].directory)
    times = bench.compare({**commands, "true": true})
    limit = bench.limits["tab"]["milliseconds"]
    return [
        at_most_ms(f"TAB, 1,000 identities, {shell}", times[shell], limit, times["true"])
        for shell in commands
    ]


def logged_in(bench: Bench) -> Home:
    """A home whose one identity has a session."""
    home = Home(bench, "logged-in", single("8h"))
    home.run("login")
    return home


def docker(bench: Bench) -> Command:
    """What Docker asks for each image that it pulls; the registry's password is there."""
    apis = AWSAPIs(bench.root)
    try:
        home = Home(bench, "images", IMAGES, {"AWS_ENDPOINT_URL": apis.url})
        # Its name is how the program knows that it is asked by Docker.
        program = home.root / "docker-credential-atmos-auth"
        program.symlink_to(bench.tool)
        words = ["user", "configure", "--identity", "engineer"]
        words += ["--access-key-id", apis.access_key_id]
        home.run(*words, input=apis.secret_access_key + "\n")
        home.run("login")
        question = home.root / "question"
        question.write_text(f"https://{HOST}\n")
        command = home.other(str(program), "get", stdin=str(question))
        answers = [
            subprocess.run(
                command.arguments,
                env=command.environment,
                cwd=command.directory,
                input=question.read_text(),
                capture_output=True,
                text=True,
                check=True,
            ).stdout
            for _ in range(2)
        ]
    finally:
        apis.stop()
    # Without the service, from here on.
    if answers[0] != answers[1] or '"Username":"AWS"' not in answers[0]:
        raise SystemExit("Docker's helper does not know the password")
    return command


def terragrunt(bench: Bench) -> Command:
    """What terragrunt asks in the directory of a unit."""
    home = Home(bench, "unit", single("8h"))
    (home.repository / ".atmos-identity").write_text("dev\n")
    home.run("allow")
    home.run("login")
    if "awsCredentials" not in home.run("terragrunt-auth").stdout:
        raise SystemExit("terragrunt-auth gives nothing for the unit")
    return home.command("terragrunt-auth")


def credentials(bench: Bench) -> list[Row]:
    """The cached session, as credential process, as variables, as a token for a cluster and for
    terragrunt; the cached password of a registry, as Docker asks for it."""
    home = logged_in(bench)
    config = home.root / "aws-config"
    config.write_text(
        "[profile peer]\nregion = eu-west-1\n"
        "aws_access_key_id = AKIAPEER\naws_secret_access_key = peer\n"
    )
    ours = {name: home.command(name) for name in ("credential-process", "env")}
    ours["eks-token"] = home.command("eks-token", "--cluster", "bench", "--region", "eu-west-1")
    ours["terragrunt-auth"] = terragrunt(bench)
    ours["docker-credential-atmos-auth get"] = docker(bench)
    true = home.other(TRUE)
    aws = home.other(str(AWS), "configure", "list", AWS_CONFIG_FILE=str(config), AWS_PROFILE="peer")
    # The AWS CLI takes a hundred times as long, so it is given fewer turns, with ours beside it.
    often = bench.compare({**ours, "true": true})
    seldom = bench.compare({**ours, "aws": aws}, rounds=3, runs=3)
    limits = bench.limits["credentials"]
    rows = []
    for name in ours:
        title = f"{name}, session there"
        rows += [
            at_most_times(title, often[name], often["true"], "true", limits["true"]),
            at_most_share(title, seldom[name], seldom["aws"], "aws configure list", limits["aws"]),
        ]
    return rows


def audit(bench: Bench) -> list[Row]:
    """What the line of a hand-out costs."""
    commands = {}
    for mode in ("best-effort", "off"):
        home = Home(bench, mode, single("8h", f"  audit: {mode}\n"))
        home.run("login")
        commands[mode] = home.command("credential-process")
        home.run("credential-process")
        if ("credential-process" in home.run("audit", "export").stdout) != (mode != "off"):
            raise SystemExit(f"`auth.audit: {mode}` does something else")
    times = bench.compare({**commands, "true": home.other(TRUE)})
    limit = bench.limits["audit"]["milliseconds"]
    title = "a hand-out's line in the audit log"
    on, off, true = (times[name] for name in ("best-effort", "off", "true"))
    return [at_most_more(title, on, off, "audit: off", limit, true)]


def execute(bench: Bench) -> list[Row]:
    """`exec -- true` with a session, against `true`."""
    home = logged_in(bench)
    times = bench.compare({"exec": home.command("exec", "--", TRUE), "true": home.other(TRUE)})
    limit = bench.limits["exec"]["milliseconds"]
    title = "exec -- true, session there"
    return [at_most_more(title, times["exec"], times["true"], "true", limit)]


def wrapper(bench: Bench) -> list[Row]:
    """A tool as its directory's identity, by its wrapper and by a shim, against the bare one."""
    home = logged_in(bench)
    (home.repository / ".atmos-identity").write_text("dev\n")
    home.run("allow")
    tools, shims = home.root / "tools", home.root / "shims"
    tools.mkdir()
    shutil.copy(TRUE, tools / "terraform")
    home.run("shims", "install", "--dir", str(shims), "terraform")
    path = f"{tools}:{home.environment['PATH']}"
    bare = home.other(str(tools / "terraform"), "plan")
    ways = {
        "function": home.command("exec", "--wrapper", "--", "terraform", "plan", PATH=path),
        "shim": home.other(str(shims / "terraform"), "plan", PATH=f"{shims}:{path}"),
    }
    times = bench.compare({**ways, "bare": bare})
    limit = bench.limits["exec"]["milliseconds"] + bench.limits["wrapper"]["milliseconds"]
    return [
        at_most_more(f"a tool by its {name}", times[name], times["bare"], "the bare tool", limit)
        for name in ways
    ]


def scale(bench: Bench) -> list[Row]:
    """5,000 identities: `list` and `validate`; hot commands beside those with five."""
    homes = {count: Home(bench, f"home-{count}", many(count)) for count in (5, 5_000)}
    names = {5: "team-00004", 5_000: "team-04999"}
    crowd = homes[5_000]
    rows = []
    limit = bench.limits["scale-list"]["milliseconds"]
    for words in (["list", "--format", "json"], ["validate"]):
        command, true, cold = crowd.command(*words), crowd.other(TRUE), []
        beside: list[float] = []
        for _ in range(2 if bench.quick else 4):
            shutil.rmtree(crowd.root / "home/.cache", ignore_errors=True)
            cold.append(spawn_time(command))
            beside += [spawn_time(true) for _ in range(20)]
        usual = statistics.median(beside)
        rows.append(at_most_ms(f"{words[0]} of 5,000, no index", min(cold), limit, usual))
        warm = bench.compare({"warm": command, "true": true}, runs=5)
        rows.append(at_most_ms(f"{words[0]} of 5,000", warm["warm"], limit, warm["true"]))
    limit = bench.limits["scale-hot"]["times"]
    for words in (
        ["credential-process", "-i"],
        ["env", "-i"],
        ["exec", "-i"],
        ["use", "--shell", "bash"],
        ["whoami", "-i"],
    ):
        program = ["--", TRUE] if words[0] == "exec" else []
        commands = {}
        for count, home in homes.items():
            home.run("login", "-i", names[count])
            commands[str(count)] = home.command(*words, names[count], *program)
        times = bench.compare(commands)
        rows.append(
            at_most_times(f"{words[0]} with 5,000", times["5000"], times["5"], "with 5", limit)
        )
    return rows


def program(bench: Bench) -> list[Row]:
    """What is installed: its size, and what has to be there for it."""
    limit = bench.limits["program"]["megabytes"]
    size = pathlib.Path(bench.tool).stat().st_size / 1e6
    rows = [
        Row(
            "atmos-auth as installed",
            f"{size:.1f} MB",
            "-",
            "-",
            f"≤ {limit:g} MB",
            size <= limit,
        )
    ]
    readelf = shutil.which("readelf")
    if readelf is not None:
        listed = subprocess.run(
            [readelf, "-dW", bench.tool], capture_output=True, text=True, check=True
        ).stdout
        needed = re.findall(r"\(NEEDED\).*\[(.*)\]", listed)
        # glibc's parts; musl has one, or none when linked statically.
        of_c = r"lib(c|m|dl|rt|pthread|util|resolv)\.so.*|ld-linux.*|libc\.musl-.*|ld-musl-.*"
        more = [name for name in needed if not re.fullmatch(of_c, name)]
        rows.append(
            Row(
                "atmos-auth needs",
                " ".join(more) or "the C library",
                "-",
                "-",
                "only the C library",
                not more,
            )
        )
    return rows
