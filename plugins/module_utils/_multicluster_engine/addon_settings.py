# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What the hypershift add-on reads: variables, install flags, images, credentials. Source: platform_facts#1.6.

Flags are two texts with words between single spaces, and variables a list: both are read, changed by name and written,
others' entries stay.
"""

from __future__ import annotations

import base64
import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from .._kernel.errors import Failure
from .._kernel.kinds import ADD_ON_CONFIG, CONFIG_MAP
from .._kernel.objects import Object, lookup

CONFIG, FLAGS, IMAGES = (
    "hypershift-addon-deploy-config",
    "hypershift-operator-install-flags",
    "hypershift-override-images",
)
ADD, REMOVE = "installFlagsToAdd", "installFlagsToRemove"
TELEMETRY = "--enable-uwm-telemetry-remote-write"
VARIABLES = ("hcMaxNumber", "hcThresholdNumber", "autoImportDisabled", "disableHOManagement")
OVERRIDES = ("hypershift-operator", "cluster-api-provider-agent", "cluster-api-provider-kubevirt")
_IGNORED = frozenset({"--image-refs", "--hypershift-image", "--namespace"})
_BACKUP = "cluster.open-cluster-management.io/backup"


@dataclass(frozen=True)
class Flag:
    """name with its dashes; value None for a flag without one; words as they stand in the text."""

    name: str
    value: str | None
    words: str


def parse(text: str) -> list[Flag]:
    """``--flag value``, ``--flag=value`` and ``--flag``; words that belong to no flag are kept as they are."""
    found: list[Flag] = []
    words = text.split()
    while words:
        word = words.pop(0)
        name, equals, value = word.partition("=")
        if equals or not word.startswith("--") or not words or words[0].startswith("--"):
            found.append(Flag(name, value if equals else None, word))
        else:
            value = words.pop(0)
            found.append(Flag(name, value, f"{word} {value}"))
    return found


def flag(name: str, value: Any) -> Flag:
    text = "" if value is None else _text(value)
    return Flag(name, text or None, f"{name}={text}" if text else name)


def flags_after(data: Object, add: Object, remove: Iterable[str], clear: Iterable[str]) -> Object:
    """The two texts with only these flags changed."""
    gone, taken = set(clear), list(remove)
    wanted = [flag(n, v) for n, v in add.items()]
    names = {f.name for f in wanted}
    added = parse(str(data.get(ADD) or ""))
    removed = parse(str(data.get(REMOVE) or ""))
    kept = [_replaced(f, wanted) for f in added if f.name not in gone and f.name not in taken]
    kept += [f for f in wanted if f.name not in {k.name for k in added}]
    left = [f for f in removed if f.name not in gone and f.name not in names]
    left += [flag(n, None) for n in taken if n not in {f.name for f in removed}]
    return {ADD: " ".join(f.words for f in kept), REMOVE: " ".join(f.words for f in left)}


def _replaced(found: Flag, wanted: list[Flag]) -> Flag:
    """Ours in its place; one that says the same in other words stays as it is."""
    ours = next((f for f in wanted if f.name == found.name), None)
    return found if ours is None or (ours.value or "true") == (found.value or "true") else ours


def flag_refusals(add: Object, remove: list[str], clear: list[str]) -> list[Failure]:
    found, ref = [], CONFIG_MAP.ref(None, FLAGS)
    for name in sorted({*add, *remove, *clear}):
        if not name.startswith("--") or any(c in name for c in " ="):
            found.append(
                _bad(
                    ref,
                    f"'{name}' is no name of a flag",
                    "Give it with both dashes and without value, for example --metrics-set.",
                )
            )
        elif name in _IGNORED:
            found.append(_bad(ref, f"the add-on ignores {name}", "Leave it out; images are set with override_images."))
    for name, value in add.items():
        if isinstance(value, str) and any(c.isspace() for c in value):
            found.append(
                _bad(
                    ref,
                    f"the value of {name} has a space in it, and flags are separated by spaces",
                    "Write it without spaces.",
                )
            )
    lists = [set(add), set(remove), set(clear)]
    for name in sorted((lists[0] & lists[1]) | (lists[0] & lists[2]) | (lists[1] & lists[2])):
        found.append(_bad(ref, f"{name} is named in more than one of add, remove and clear", "Name it once."))
    return found


def _bad(ref: str, cause: str, step: str) -> Failure:
    return Failure("invalid_option", cause, ref, next_step=step)


def variables_after(config: Object | None, wanted: Object) -> list[Object] | None:
    """The whole list with only these variables changed (None takes one out); None when all is so already."""
    have = [dict(v) for v in lookup(config or {}, ("spec", "customizedVariables")) or [] if isinstance(v, dict)]
    text = {str(k): None if v is None else _text(v) for k, v in wanted.items()}
    result = [
        {**v, "value": text.get(str(v.get("name")), v.get("value"))}
        for v in have
        if text.get(str(v.get("name")), "") is not None
    ]
    names = {v.get("name") for v in have}
    result += [
        {"name": name, "value": value} for name, value in text.items() if name not in names and value is not None
    ]
    return None if result == have else result


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def variable_refusals(wanted: Object) -> list[Failure]:
    found = []
    for name in ("hcMaxNumber", "hcThresholdNumber"):
        if wanted.get(name) is not None and not str(wanted[name]).isdigit():
            ref = ADD_ON_CONFIG.ref(None, CONFIG)
            found.append(
                _bad(ref, f"variable {name} is '{wanted[name]}', but it counts hosted clusters", "Give a whole number.")
            )
    return found


def name_notes(what: str, given: Object, known: Iterable[str]) -> list[str]:
    """Names that look like a slip of a known one. No refusal: newer add-ons know more. One that is taken out may be
    any."""
    spelled = {name.lower(): name for name in known}
    found = []
    for name in sorted(str(n) for n, value in given.items() if value is not None and n not in spelled.values()):
        near = difflib.get_close_matches(name.lower(), spelled, 1)
        found += [f"{what} {name} is not known here. Did you mean {spelled[near[0]]}?"] if near else []
    return found


def variables_of(config: Object | None) -> dict[str, str]:
    listed = lookup(config or {}, ("spec", "customizedVariables")) or []
    return {str(v.get("name")): str(v.get("value") or "") for v in listed if isinstance(v, dict)}


@dataclass(frozen=True)
class AddonCredentials:
    """One Secret that the add-on reads. keys: option to key of the Secret. label: value of the label that has the hub
    back it up."""

    secret: str
    keys: dict[str, str]
    label: str
    why: str


CREDENTIALS = {
    "oidc_s3": AddonCredentials(
        "hypershift-operator-oidc-provider-s3-credentials",
        {"bucket": "bucket", "region": "region", "credentials": "credentials"},
        "true",
        "the operator publishes OIDC documents of AWS clusters in that bucket",
    ),
    "private_link": AddonCredentials(
        "hypershift-operator-private-link-credentials",
        {
            "region": "region",
            "access_key_id": "aws-access-key-id",
            "secret_access_key": "aws-secret-access-key",
            "credentials": "credentials",
        },
        "",
        "the operator makes endpoint services for private AWS clusters",
    ),
    "external_dns": AddonCredentials(
        "hypershift-operator-external-dns-credentials",
        {
            "provider": "provider",
            "domain_filter": "domain-filter",
            "credentials": "credentials",
            "access_key_id": "aws-access-key-id",
            "secret_access_key": "aws-secret-access-key",
            "txt_owner_id": "txt-owner-id",
        },
        "",
        "external-dns publishes the names of service endpoints",
    ),
}


def secret_body(which: str, given: Object) -> Object:
    """metadata.labels and data (base64) of that Secret."""
    known = CREDENTIALS[which]
    data = {known.keys[k]: base64.b64encode(str(v).encode()).decode() for k, v in given.items() if v is not None}
    return {"metadata": {"labels": {_BACKUP: known.label}}, "data": data}


def credential_refusals(which: str, given: Object) -> list[Failure]:
    """What the add-on needs in that Secret: a pair of keys, or a credentials file."""
    pair = given.get("access_key_id") and given.get("secret_access_key")
    if which == "oidc_s3" or given.get("credentials") or pair:
        return []
    step = f"Give {which}.credentials, or both {which}.access_key_id and {which}.secret_access_key."
    return [Failure("invalid_option", f"{which} has no credentials", CREDENTIALS[which].secret, next_step=step)]
