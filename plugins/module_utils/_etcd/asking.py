# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Why a member of etcd could not be asked.

A question that did not reach a member says nothing of the member: neither that it is well nor that it has failed.
"""

from __future__ import annotations

import re

# The account has no right; an admission policy or webhook says no; no answer came; nothing stands behind exec; what
# came is no answer.
FORBIDDEN, DENIED, SILENT, ABSENT, UNREADABLE = "forbidden", "denied", "silent", "absent", "unreadable"
_DENIED = re.compile(r"denied (?:the )?request", re.IGNORECASE)
_POLICY = re.compile(r"(ValidatingAdmissionPolicy|admission webhook) ['\"]([^'\"]+)['\"]")
WORDS = 300


def short(text: object, limit: int = WORDS) -> str:
    """One printable line of what somebody else has written."""
    told = "".join(c if c.isprintable() else " " for c in str(text)[: limit * 8])
    told = " ".join(told.split())
    return told if len(told) <= limit else f"{told[: limit - 3]}..."


def kind_of(status: int, cause: str) -> str:
    """status: of HTTP, 0 when none came; cause: the API server's words."""
    if _DENIED.search(cause):
        return DENIED
    if status in (401, 403):
        return FORBIDDEN
    return ABSENT if status in (400, 404) else SILENT


def policy_in(cause: str) -> str:
    """Who denied it, by kind and name, as the API server words it; empty when it does not."""
    found = _POLICY.search(cause)
    return f"{found[1]} {found[2]}" if found else ""


def remedy(kind: str, cause: str, names: str, namespace: str) -> str:
    """What makes it possible to ask, as one sentence."""
    if kind == FORBIDDEN:
        return (
            f"Grant verb create on pods/exec in namespace {namespace} (docs/rbac.md; kubectl auth can-i create pods"
            f" --subresource=exec -n {namespace} tells whether it is there), then run again."
        )
    if kind == DENIED:
        return (
            f"Have {policy_in(cause) or 'the admission policy'} allow pods/exec in namespace {namespace} to this"
            " account, then run again."
        )
    if kind == SILENT:
        return (
            f"Look at the node of {names}, its kubelet and the way to it, then run again; once the Node object of a"
            " node that is gone for good is removed, its pods are seen to be gone."
        )
    return f"See what runs in container etcd of {names} (kubectl logs, kubectl exec), then run again."
