# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Kubeconfigs that others wrote: what is refused, in any cluster or user of it, and that it costs nothing."""

from __future__ import annotations

import base64
import json
import tracemalloc
from typing import Any

import pytest
import yaml
from ansible_collections.hypershift.core.plugins.module_utils._kernel.errors import ApiError
from ansible_collections.hypershift.core.plugins.module_utils._kube.connection import connect_to
from ansible_collections.hypershift.core.plugins.module_utils._kube.foreign_kubeconfig import MAX_BYTES, parsed

DATA = base64.b64encode(b"pem").decode()
GOOD: dict[str, Any] = {
    "apiVersion": "v1",
    "kind": "Config",
    "current-context": "admin",
    "contexts": [{"name": "admin", "context": {"cluster": "cluster", "user": "admin", "namespace": "default"}}],
    "clusters": [{"name": "cluster", "cluster": {"server": "https://api.demo.example.com:6443", "certificate-authority-data": DATA}}],
    "users": [{"name": "admin", "user": {"client-certificate-data": DATA, "client-key-data": DATA}}],
    "preferences": {},
}


def with_user(**user: Any) -> str:
    """As the second user, which the current context does not name."""
    return yaml.safe_dump({**GOOD, "users": [*GOOD["users"], {"name": "other", "user": user}]})


def with_cluster(**cluster: Any) -> str:
    return yaml.safe_dump({**GOOD, "clusters": [*GOOD["clusters"], {"name": "other", "cluster": {"server": "https://x", **cluster}}]})


BOMB = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{c}: &{c} [{','.join([f'*{p}'] * 9)}]\n" for p, c in zip("abcdefg", "bcdefgh", strict=True)
)
DUPLICATE = yaml.safe_dump({**GOOD, "users": []}) + "users:\n- name: admin\n  user: {exec: {command: sh}}\nusers: []\n"
INNER_DUPLICATE = '{"users": [{"name": "a", "user": {"exec": {"command": "sh"}}, "user": {"token": "t"}}]}'

REFUSED = {
    "exec": (with_user(exec={"command": "sh", "args": ["-c", "touch /nowhere"]}), "exec plugin or an auth provider, which is not run"),
    "auth provider": (with_user(**{"auth-provider": {"name": "gcp", "config": {"cmd-path": "sh"}}}), "exec plugin or an auth provider"),
    "token file": (with_user(tokenFile="/var/run/token"), "names a file of the machine that reads it (tokenFile)"),
    "certificate file": (with_user(**{"client-certificate": "/etc/x"}), "names a file of the machine that reads it (client-certificate)"),
    "key file": (with_user(**{"client-key": "/root/.ssh/id_rsa"}), "names a file of the machine that reads it (client-key)"),
    "CA file": (with_cluster(**{"certificate-authority": "/etc/shadow"}), "names a file of the machine that reads it (certificate-authority)"),
    "impersonation": (with_user(**{"as": "system:admin"}), "has a user with 'as'"),
    "what nobody knows yet": (with_user(**{"run-before": "sh"}), "has a user with 'run-before'"),
    "aliases": (BOMB, "has YAML aliases"),
    "anchor alone": ("users: &u []\n", "has YAML aliases"),
    "merge key": ("users:\n- user: {<<: {exec: {}}}\n", "has a key twice, or one that is no text"),
    "tag": ("users: !!python/object/apply:os.system ['true']\n", "has YAML tags"),
    "key twice": (DUPLICATE, "has a key twice"),
    "inner key twice": (INNER_DUPLICATE, "has a key twice"),
    "list as key": ("? [a]\n: b\n", "has a key twice, or one that is no text"),
    "deep": ("[" * 100_000, "is nested more than 16 deep"),
    "deep JSON": ('{"a":' * 5_000, "is nested more than 16 deep"),
    "long": ("x" * (MAX_BYTES + 1), "has more than 512 KiB"),
    "no mapping": ("[]", "is empty or no kubeconfig"),
    "empty": ("", "is empty or no kubeconfig"),
    "broken": ("a: [", "is no valid YAML"),
    "binary": ("\x00\x01", "is no valid YAML"),
    "users is a text": ("users: sh\n", "is malformed: users is no list of named entries"),
    "user is a list": ("users: [[exec]]\n", "is malformed"),
    "user's content is a text": ("users: [{name: a, user: exec}]\n", "is malformed"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_refused(name: str) -> None:
    text, says = REFUSED[name]
    tracemalloc.start()
    with pytest.raises(ApiError) as caught:
        parsed(text.encode())
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    failure = caught.value.failure
    assert failure.code == "untrusted_kubeconfig" and says in failure.cause and len(failure.cause) < 200 and failure.next_step
    assert peak < 20 * MAX_BYTES
    with pytest.raises(ApiError):
        connect_to(text.encode())


@pytest.mark.parametrize("text", [yaml.safe_dump(GOOD), json.dumps(GOOD), json.dumps(GOOD, indent=2)])
def test_what_the_operator_writes_is_taken(text: str) -> None:
    assert parsed(text.encode()) == GOOD


@pytest.mark.parametrize("user", [{"token": "t"}, {"username": "u", "password": "p"}])
def test_other_users_that_hold_everything_are_taken(user: dict[str, str]) -> None:
    assert parsed(with_user(**user).encode())["users"][1]["user"] == user
