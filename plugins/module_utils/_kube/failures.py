# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""HTTP answers and transport errors to failures a person can act on."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from .._kernel.errors import ApiError, ConflictError, Failure
from .._kernel.kinds import SECRET, Kind
from .._kernel.printable import shortened
from .._kernel.redaction import scrubbed, secret_words

_VERBS = {"GET": "get", "POST": "create", "PATCH": "patch", "PUT": "update", "DELETE": "delete"}


def verb_of(method: str, name: str | None, watch: bool = False) -> str:
    """RBAC verb of a request."""
    if method == "GET":
        return "watch" if watch else ("get" if name else "list")
    return _VERBS[method]


def parse_status(body: bytes | bytearray) -> dict[str, Any]:
    """The Status object of an error answer, or an empty one: proxies answer in HTML."""
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return data if isinstance(data, dict) else {}


@dataclass(frozen=True)
class HttpRequest:
    """What was asked of whom, for messages."""

    verb: str
    kind: Kind
    server: str
    namespace: str | None = None
    name: str = ""

    @property
    def ref(self) -> str:
        return self.kind.ref(self.namespace, self.name) if self.name else self.kind.resource

    @property
    def where(self) -> str:
        return f"in namespace {self.namespace}" if self.namespace and self.kind.namespaced else "cluster-wide"


# HTTP status -> (code, cause, next step); the texts may use verb, resource, where, server, status and text.
_ANSWERS: dict[int, tuple[str, str, str]] = {
    401: (
        "unauthorized",
        "{server} did not accept the credentials (expired or revoked token, or unknown certificate)",
        "Renew the token or the kubeconfig and run again.",
    ),
    403: (
        "missing_permission",
        "the account may not {verb} {resource} {where}: {text}",
        "Grant verb {verb} on {resource} {where} (docs/rbac.md), then run again.",
    ),
    404: (
        "not_found",
        "it was not found: {text}",
        "Check the name, and that HyperShift is installed on this management cluster.",
    ),
    409: ("conflict", "it was changed by somebody else meanwhile: {text}", "Run again."),
}
# Also a 403, although no right is missing.
_TERMINATING = "because it is being terminated"
_ENDING = ("deleting", "the namespace is being deleted: {text}", "Wait until it is gone, then run again.")
# Webhooks and policies say what they like, also what else is in the Secret.
_DENIED = re.compile(r"(denied (?:the )?request).*", re.DOTALL)
_NOT_REPEATED = r"\1 (its words are not repeated, they may quote the Secret)"
_REJECTED = ("rejected", "the API server refused it: {text}", "Correct the option that fills this field.")
_UNAVAILABLE = (
    "api_unavailable",
    "{server} answered {status}: {text}",
    "Look at the management cluster's API server, then run again.",
)


def http_error(
    status: int, body: bytes | bytearray, request: HttpRequest, retry_after: float = 0.0, sent: Any = None
) -> ApiError:
    """ApiError (or ConflictError) for an HTTP status of 400 and more. sent: the object that it is about, which the
    server may repeat."""
    answer = parse_status(body)
    text = scrubbed(
        str(answer.get("message") or body[:200].decode("utf-8", "replace")), secret_words(sent, request.kind.kind)
    )
    text = _tidy(_DENIED.sub(_NOT_REPEATED, text) if request.kind is SECRET else text)
    code, cause, next_step = _ANSWERS.get(status) or (_REJECTED if status in (400, 413, 415, 422) else _UNAVAILABLE)
    if status == 403 and _TERMINATING in text:
        code, cause, next_step = _ENDING
    words = {
        "verb": request.verb,
        "resource": request.kind.resource,
        "where": request.where,
        "server": request.server,
        "status": status,
        "text": text,
    }
    failure = Failure(code, cause.format_map(words), request.ref, next_step=next_step.format_map(words))
    kind = ConflictError if status == 409 else ApiError
    return kind(failure, status, str(answer.get("reason") or ""), retry_after)


def unexpected_answer(status: int, request: HttpRequest) -> ApiError:
    """A login page, a redirect, half an answer."""
    failure = Failure(
        "unexpected_answer",
        f"{request.server} did not answer as a Kubernetes API server does (HTTP {status} without a JSON object)",
        request.ref,
        next_step=(
            "Check that host or kubeconfig name the API server itself, not a console, a login page or a proxy"
            " before it."
        ),
    )
    return ApiError(failure, status)


def transport_error(error: BaseException, verb: str, kind: Kind, server: str) -> ApiError:
    """ApiError without HTTP status for refused, reset, timed-out and untrusted connections."""
    text = _cause(error)
    if "CERTIFICATE_VERIFY_FAILED" in text or "certificate verify failed" in text:
        failure = Failure(
            "untrusted_certificate",
            f"the certificate of {server} is not signed by the given CA",
            kind.resource,
            next_step="Give the right ca_cert or kubeconfig.",
        )
    elif re.search(
        r"Name or service not known|nodename nor servname|Temporary failure in name resolution|NameResolutionError",
        text,
    ):
        failure = Failure(
            "unreachable",
            f"the name in {server} cannot be resolved",
            kind.resource,
            next_step="Check host or kubeconfig, and DNS.",
        )
    else:
        failure = Failure(
            "unreachable",
            f"{server} cannot be reached to {verb} {kind.resource} ({text})",
            kind.resource,
            next_step="Check the address, the network and that the API server runs, then run again.",
        )
    return ApiError(failure, 0, "")


def _cause(error: BaseException) -> str:
    """Innermost reason in a few words; urllib3 nests several layers and repeats the URL in each."""
    inner: Any = error
    for _layer in range(5):
        deeper = getattr(inner, "reason", None)
        if not isinstance(deeper, BaseException):
            break
        inner = deeper
    text = str(inner).rsplit(": ", 1)[-1] if "Max retries" in str(inner) else str(inner)
    text = re.sub(r"<[^>]+>:?\s*", "", text)
    text = re.sub(r"HTTPS?Connection(Pool)?\([^)]*\):?\s*", "", text).strip(" :.")
    if text.startswith("(") and text.endswith(")"):
        text = text[1:-1].strip(" :.")
    return shortened(text, 160) or type(error).__name__


def _tidy(text: str) -> str:
    return shortened(re.sub(r"\s+", " ", text).strip().rstrip("."), 600)
