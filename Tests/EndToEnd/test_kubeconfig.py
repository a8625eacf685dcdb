"""Kubeconfigs: what stays of a person's own, and which are left alone."""

from __future__ import annotations

import pathlib
import re
import shutil

import pytest
import yaml

from cluster_world import ARN, CLUSTERS, USER, APIServer, place
from registry_world import AWSAPIs
from world import World


def configure(world: World, more: str) -> None:
    world.configure(CLUSTERS.format(more=more))


def at(world: World, name: str, text: str) -> pathlib.Path:
    """A kubeconfig of the person's, which the integration writes to."""
    path = world.home / name
    path.write_bytes(text.encode())
    configure(world, f", kubeconfig: {{path: {path}}}")
    return path


OTHERS = """\
# mine
apiVersion: v1
kind: Config
clusters:
# the old one
- cluster:
    server: https://old.example.com   # stays
    unknown: [1, {a: b}]
  name: old
contexts:
- context: {cluster: old, user: me}
  name: old
current-context: old
extensions:
- extension: {x: 1}
  name: something
preferences: {}
users:
- name: me
  user:
    token: "0123"
# the end
"""


def test_other_entries_and_comments_stay(kube: World):
    path = at(kube, "config", OTHERS)
    kube.run("login", status=0)
    text = path.read_text()
    assert [line for line in OTHERS.splitlines() if line not in text.splitlines()] == [
        "current-context: old"
    ]
    config = yaml.safe_load(text)
    assert [entry["name"] for entry in config["clusters"]] == ["old", ARN]
    assert config["current-context"] == ARN
    kube.run("logout", "dev", status=0)
    assert path.read_text() == OTHERS


def test_windows_line_ends_stay(kube: World):
    path = at(kube, "config", OTHERS.replace("\n", "\r\n"))
    kube.run("login", status=0)
    assert not re.search(rb"[^\r]\n", path.read_bytes())
    assert yaml.safe_load(path.read_text())["current-context"] == ARN
    kube.run("logout", "dev", status=0)
    assert path.read_bytes() == OTHERS.replace("\n", "\r\n").encode()


def test_windows_line_ends_stay_in_empty_lists(kube: World):
    before = "apiVersion: v1\r\nclusters: []\r\ncontexts: []\r\nusers: []\r\n"
    path = at(kube, "config", before + 'current-context: ""\r\n')
    for words in (["login"], ["logout", "dev"]):
        kube.run(*words, status=0)
        assert not re.search(rb"[^\r]\n", path.read_bytes())
    assert path.read_bytes().decode() == before + 'current-context: ""\r\n'


def test_comments_behind_what_changes_stay(kube: World, apis: AWSAPIs, cluster: APIServer):
    before = (
        "clusters: # ours\ncontexts: [] # 'theirs'\nusers:\t# none\n"
        "current-context: 'it''s # me' # or not\n"
    )
    path = at(kube, "config", before)
    kube.run("login", status=0)
    lines = path.read_text().splitlines()
    for line in ("clusters: # ours", "contexts: # 'theirs'", "users: # none"):
        assert line in lines
    assert lines[-1].endswith(" # or not")
    path.write_text(path.read_text().replace(cluster.url, f"{cluster.url} # here"))
    moved = "https://localhost:1"
    apis.tell("/__clusters", {"name": "main", "endpoint": moved, "authority": cluster.authority})
    kube.run("login", status=0)
    assert f"    server: {moved} # here" in path.read_text().splitlines()
    kube.run("logout", "dev", status=0)
    assert path.read_text().splitlines() == [
        "clusters: [] # ours",
        "contexts: [] # 'theirs'",
        "users: [] # none",
        'current-context: "" # or not',
    ]


def test_what_a_person_added_to_our_entry_stays(kube: World, apis: AWSAPIs, cluster: APIServer):
    path = at(kube, "config", OTHERS)
    kube.run("login", status=0)
    if shutil.which("kubectl"):
        kube.program(
            "kubectl", "config", "set-context", ARN, "--namespace", "team",
            env={"KUBECONFIG": str(path)},
        )  # fmt: skip
    else:
        path.write_text(
            path.read_text().replace(f"    user: {USER}", f"    namespace: team\n    user: {USER}")
        )
    moved = "https://localhost:1"
    apis.tell("/__clusters", {"name": "main", "endpoint": moved, "authority": cluster.authority})
    kube.run("login", status=0)
    config = yaml.safe_load(path.read_text())
    [context] = [entry for entry in config["contexts"] if entry["name"] == ARN]
    assert context["context"]["namespace"] == "team"
    [entry] = [entry for entry in config["clusters"] if entry["name"] == ARN]
    assert entry["cluster"]["server"] == moved


def test_alias_and_mode(kube: World):
    path = kube.home / "config"
    configure(kube, f', alias: prod, kubeconfig: {{path: {path}, mode: "0640"}}')
    kube.run("login", status=0)
    assert path.stat().st_mode & 0o777 == 0o640
    config = yaml.safe_load(path.read_text())
    assert config["current-context"] == "prod" == config["contexts"][0]["name"]
    configure(kube, ', kubeconfig: {mode: "rw"}')
    assert kube.run("validate").status == 78


def test_update_error_and_replace(kube: World):
    path = at(kube, "config", OTHERS)
    configure(kube, f", alias: old, kubeconfig: {{path: {path}, update: error}}")
    answer = kube.run("login", status=0)
    assert "already has context `old`" in answer.stderr
    assert path.read_text() == OTHERS
    configure(kube, f", kubeconfig: {{path: {path}, update: replace}}")
    kube.run("login", status=0)
    assert [entry["name"] for entry in yaml.safe_load(path.read_text())["clusters"]] == [ARN]


def test_logout_removes_a_file_that_it_made(kube: World):
    kube.run("login", status=0)
    assert place(kube).exists()
    kube.run("logout", "dev", status=0)
    assert not place(kube).exists()
    assert not list(kube.home.rglob("*.lock")) or not place(kube).with_suffix(".lock").exists()


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("clusters: {a: b}\n", "not a list"),
        ("clusters: [{name: a}]\n", "braces or brackets"),
        ('{"clusters": [], "users": []}', "braces"),
        ("a: 1\n---\nb: 2\n", "several documents"),
        ("users: []\nusers: []\n", "again"),
        ("- a\n", "not a map"),
        ("a: [\n", "cannot be read"),
        ("a: " + "[" * 300 + "]" * 300 + "\n", "deep"),
        ("\ufeffa: 1\n", "byte order mark"),
        ("a: " + "x" * (5 << 20), "larger than"),
    ],
    ids=[
        "map", "flow", "json", "documents", "duplicate", "list", "broken", "deep", "bom", "huge",
    ],
)  # fmt: skip
def test_a_kubeconfig_that_cannot_be_changed_stays(kube: World, text: str, what: str):
    path = at(kube, "config", text)
    answer = kube.run("login", status=0)
    assert "warning: integration main" in answer.stderr and what in answer.stderr
    assert path.read_bytes() == text.encode()
    assert "`atmos-auth eks-kubeconfig main` repeats it" in answer.stderr


def test_a_lock_of_kubectl_is_respected(kube: World):
    path = at(kube, "config", OTHERS)
    lock = path.with_name("config.lock")
    lock.touch()
    answer = kube.run("login", status=0)
    assert "is locked by another program" in answer.stderr and str(lock) in answer.stderr
    assert path.read_text() == OTHERS and lock.exists()
    lock.unlink()
    kube.run("eks-kubeconfig", "main", status=0)
    assert not lock.exists()


def test_a_lock_of_a_link_is_respected(kube: World):
    """kubectl locks the name that it was given; others come by the file's own."""
    real = at(kube, "config", OTHERS)
    link = kube.home / "link"
    link.symlink_to(real)
    configure(kube, f", kubeconfig: {{path: {link}}}")
    for name in ("link.lock", "config.lock"):
        lock = kube.home / name
        lock.touch()
        answer = kube.run("login", status=0)
        assert "is locked by another program" in answer.stderr and str(lock) in answer.stderr
        assert real.read_text() == OTHERS and list(kube.home.glob("*.lock")) == [lock]
        lock.unlink()
    kube.run("eks-kubeconfig", "main", status=0)
    assert ARN in real.read_text() and not list(kube.home.glob("*.lock"))


def test_read_only_and_links(kube: World):
    path = at(kube, "config", OTHERS)
    path.chmod(0o400)
    answer = kube.run("login", status=0)
    assert "read-only" in answer.stderr and path.read_text() == OTHERS
    path.chmod(0o600)
    link = kube.home / "link"
    link.symlink_to(path)
    configure(kube, f", kubeconfig: {{path: {link}}}")
    kube.run("login", status=0)
    assert link.is_symlink() and ARN in path.read_text()
