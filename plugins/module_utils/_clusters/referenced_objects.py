# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Secrets and ConfigMaps that a HostedCluster names: made from content, inherited from the hub, or checked to exist."""

from __future__ import annotations

import base64
import json
from typing import Any

from .._kernel.changes import ChangeSet
from .._kernel.kinds import CONFIG_MAP, MACHINE_CONFIG, SECRET, Kind
from .._kernel.objects import lookup
from .._kernel.ports.hub import Hub
from .content_changes import rolls_by_content
from .manifest import AUTO_CREATED_LABEL, REFERENCES, cluster_secret, reference_name, reference_option

HUB_PULL_SECRET = ("openshift-config", "pull-secret", ".dockerconfigjson")
HUB_SSH_MACHINE_CONFIG = "99-worker-ssh"
ENCRYPTION_KEY_BYTES = 32


class References:
    """Plans the objects behind the reference options of one hosted cluster."""

    def __init__(self, hub: Hub, options: dict[str, Any], changes: ChangeSet) -> None:
        self._hub = hub
        self._options = options
        self._changes = changes
        self._namespace: str = options["namespace"]
        self._live: dict[str, dict[str, Any] | None] = {}
        for option in REFERENCES:
            name = reference_name(options, option)
            if (name and self._is_made(option)) or (name and self._must_exist(option)):
                self._live[option] = hub.get(self._kind(option), self._namespace, name)

    def known_infra_id(self) -> str:
        """infraID of an earlier, interrupted run: its objects carry it as a label."""
        for live in self._live.values():
            infra = (lookup(live, ("metadata", "labels")) or {}).get(AUTO_CREATED_LABEL)
            if infra:
                return str(infra)
        return ""

    def plan(self, infra_id: str) -> None:
        for option, live in self._live.items():
            if self._is_made(option):
                self._plan_one(option, live, infra_id)
            elif live is None:
                kind, name = self._kind(option), reference_name(self._options, option)
                self._changes.refuse(
                    "referenced_object_missing",
                    f"option {option}.name names an object that does not exist",
                    f"Create it, or give {option}.content.",
                    object_ref=kind.ref(self._namespace, name),
                )

    def _plan_one(self, option: str, live: dict[str, Any] | None, infra_id: str) -> None:
        given, kind = reference_option(self._options, option), self._kind(option)
        name, key = reference_name(self._options, option), REFERENCES[option][2]
        if given.get("content") is None and live is not None:
            return  # generated or inherited once: never moved again
        content = self._content(option, given)
        if content is None:
            return
        value = content.decode() if kind is CONFIG_MAP else base64.b64encode(content).decode()
        if live is None:
            why = f"{option} of the hosted cluster"
            self._changes.create(kind, cluster_secret(kind.kind, name, self._namespace, infra_id, key, value), why)
        elif not _same(kind, option, lookup(live, ("data", key)), content):
            if option == "etcd_encryption":
                self._changes.refuse(
                    "encryption_key_differs",
                    "option etcd_encryption.content differs from the key in use; replacing it would make etcd and every"
                    " snapshot unreadable",
                    "Keep the present key; rotate with a new Secret under another name.",
                    object_ref=kind.ref(self._namespace, name),
                )
                return
            why = f"{option} has new content" + ("" if rolls_by_content(option) else " (rolls no nodes)")
            self._changes.patch(kind, live, {"data": {key: value}}, why)

    def _content(self, option: str, given: dict[str, Any]) -> bytes | None:
        if given.get("content") is not None:
            return self._decoded(option, str(given["content"]))
        if given.get("generate"):
            return self._hub.random_bytes(ENCRYPTION_KEY_BYTES)
        return self._pull_secret() if option == "pull_secret" else self._ssh_key()

    def _decoded(self, option: str, content: str) -> bytes | None:
        if option == "pull_secret" and not _is_object(content):
            self._changes.refuse(
                "invalid_option",
                "option pull_secret.content is not a JSON object",
                'Give the content of the pull secret file: {"auths": {"<registry>": {"auth": "<base64>"}}}.',
            )
            return None
        if option != "etcd_encryption":
            return content.encode()
        try:
            key = base64.b64decode(content, validate=True)
        except ValueError:
            key = b""
        if len(key) == ENCRYPTION_KEY_BYTES:
            return key
        self._changes.refuse(
            "invalid_option",
            "option etcd_encryption.content is not a base64 text of 32 bytes",
            "Make one with: openssl rand -base64 32.",
        )
        return None

    def _pull_secret(self) -> bytes | None:
        namespace, name, key = HUB_PULL_SECRET
        secret = self._hub.get(SECRET, namespace, name)
        encoded = lookup(secret, ("data", key))
        if not encoded:
            self._changes.refuse(
                "nothing_to_inherit",
                "option pull_secret.inherit: the management cluster has no such pull secret",
                "Give pull_secret.content or pull_secret.name.",
                SECRET.ref(namespace, name),
            )
            return None
        return base64.b64decode(encoded)

    def _ssh_key(self) -> bytes | None:
        config = self._hub.get(MACHINE_CONFIG, None, HUB_SSH_MACHINE_CONFIG)
        users = lookup(config, ("spec", "config", "passwd", "users")) or []
        keys = [k for user in users for k in user.get("sshAuthorizedKeys") or []]
        if not keys:
            self._changes.refuse(
                "nothing_to_inherit",
                "option ssh_key.inherit: the management cluster has no SSH key for its workers",
                "Give ssh_key.content or ssh_key.name.",
                MACHINE_CONFIG.ref(None, HUB_SSH_MACHINE_CONFIG),
            )
            return None
        return "\n".join(keys).encode()

    def _is_made(self, option: str) -> bool:
        given = reference_option(self._options, option)
        return given.get("content") is not None or bool(given.get("inherit")) or bool(given.get("generate"))

    def _must_exist(self, option: str) -> bool:
        return bool(reference_option(self._options, option).get("name"))

    def _kind(self, option: str) -> Kind:
        return REFERENCES[option][3]


def _same(kind: Kind, option: str, held: Any, content: bytes) -> bool:
    """A file that an editor or another tool has ended with a newline, or without, says the same; a key is exact."""
    try:
        there = str(held or "").encode() if kind is CONFIG_MAP else base64.b64decode(str(held or ""))
    except ValueError:
        return False
    if option == "etcd_encryption":
        return there == content
    return there.rstrip(b"\r\n") == content.rstrip(b"\r\n")


def _is_object(text: str) -> bool:
    """A text that is none would be stored all the same, and the control plane would never come up."""
    try:
        return isinstance(json.loads(text), dict)
    except ValueError:
        return False
