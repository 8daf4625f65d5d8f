# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Kubeconfigs that others wrote, as the Secret of a hosted cluster holds them: what in them is refused, whoever uses
them.

Whoever may write that Secret must not run commands on this machine, nor have its files sent to a server of theirs, nor
stall the reader.
"""

from __future__ import annotations

from typing import Any

try:
    import yaml
except ImportError:  # reported when one is to be read
    yaml = None  # type: ignore[assignment]
from .._kernel.errors import ApiError, Failure

MAX_BYTES = 512 * 1024  # the operator's own are 10 to 20 KiB
_MAX_DEPTH = 16
_USER = {"client-certificate-data", "client-key-data", "token", "username", "password"}
_CLUSTER = {
    "server",
    "certificate-authority-data",
    "insecure-skip-tls-verify",
    "tls-server-name",
    "proxy-url",
    "disable-compression",
}
_IGNORED = {"extensions"}


def parsed(content: bytes) -> dict[str, Any]:
    """The kubeconfig, when it holds all it needs by itself. Raises ApiError (no_credentials) that says what is refused.

    Every cluster and every user is looked at, not only those of the current context: the file may be used with another
    one.
    """
    if yaml is None:
        raise _refused("cannot be read: the Python library PyYAML cannot be imported")
    if len(content) > MAX_BYTES:
        raise _refused(f"has more than {MAX_BYTES // 1024} KiB")
    try:
        _look_at_events(content)
        config = yaml.load(content, Loader=yaml.SafeLoader)
    except (yaml.YAMLError, ValueError, RecursionError):
        raise _refused("is no valid YAML") from None
    if not isinstance(config, dict):
        raise _refused("is empty or no kubeconfig")
    for user in _entries(config, "users", "user"):
        _only(user, _USER, "user")
    for cluster in _entries(config, "clusters", "cluster"):
        _only(cluster, _CLUSTER, "cluster")
    return config


def _look_at_events(content: bytes) -> None:
    """Aliases blow up, tags make objects, and of a key that is given twice readers take different ones."""
    depth = 0
    # of each open collection: whether it is a mapping, its keys, how many nodes it has
    keys: list[tuple[bool, list[str], int]] = []
    for event in yaml.parse(content, Loader=yaml.SafeLoader):
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise _refused("has YAML aliases, which are not followed")
        if getattr(event, "tag", None):
            raise _refused("has YAML tags, which are not followed")
        if isinstance(event, (yaml.ScalarEvent, yaml.CollectionStartEvent)) and keys:
            mapping, seen, count = keys[-1]
            if mapping and count % 2 == 0:
                key = getattr(event, "value", None)
                if key is None or key in seen or key == "<<":
                    raise _refused("has a key twice, or one that is no text")
                seen.append(key)
            keys[-1] = mapping, seen, count + 1
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            keys.append((isinstance(event, yaml.MappingStartEvent), [], 0))
            if depth > _MAX_DEPTH:
                raise _refused(f"is nested more than {_MAX_DEPTH} deep")
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
            keys.pop()


def _entries(config: dict[str, Any], section: str, key: str) -> list[dict[str, Any]]:
    found = config.get(section) or []
    if not isinstance(found, list) or not all(
        isinstance(e, dict) and isinstance(e.get(key) or {}, dict) for e in found
    ):
        raise _refused(f"is malformed: {section} is no list of named entries")
    return [entry.get(key) or {} for entry in found]


def _only(section: dict[str, Any], known: set[str], what: str) -> None:
    if {"exec", "auth-provider"} & set(section):
        raise _refused("has an exec plugin or an auth provider, which is not run")
    files = sorted(key for key in set(section) if f"{key}-data" in known or key == "tokenFile")
    if files:
        raise _refused(f"names a file of the machine that reads it ({files[0]})")
    others = sorted(str(key)[:40] for key in set(section) - known - _IGNORED)
    if others:
        raise _refused(f"has a {what} with {others[0]!r}, which the kubeconfig of a hosted cluster does not need")


def _refused(cause: str) -> ApiError:
    step = "Do not use it: find out who wrote that Secret. Without the Secret the operator makes a new one."
    return ApiError(Failure("untrusted_kubeconfig", f"the kubeconfig in the Secret {cause}", next_step=step))
