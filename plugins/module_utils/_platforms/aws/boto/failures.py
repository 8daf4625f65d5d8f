# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Errors of AWS in one plain sentence.

Only the error's code and the name of the call are used, never its text: texts repeat requests.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from ...._kernel.errors import Failure, HypershiftError

_Row = tuple[str, str, str]  # code, cause, next step
_CREDENTIALS = "Check access_key, secret_key and session_token, or the profile."
_DENIED: _Row = (
    "missing_permission",
    "this account may not do it",
    "Give it the rights that role aws_platform shows with aws_platform_show_policy.",
)
_WRONG: _Row = ("unauthorized", "AWS does not accept the credentials", _CREDENTIALS)
_EXPIRED: _Row = ("unauthorized", "the credentials have expired", "Get new ones and run again.")
_BUSY: _Row = ("api_unavailable", "AWS answers too slowly, or limits the number of requests", "Run again later.")
_SKEW: _Row = ("clock_skew", "this machine's clock differs too much from that of AWS", "Set the clock and run again.")
_UNREACHABLE: _Row = ("unreachable", "no connection", "Check region, endpoint_url, network and proxy.")
_NONE: _Row = (
    "no_credentials",
    "no credentials were found",
    "Set access_key and secret_key, or profile, or the AWS variables.",
)
_CODES: dict[str, _Row] = {
    **dict.fromkeys(("AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "403", "Forbidden"), _DENIED),
    **dict.fromkeys(
        (
            "InvalidClientTokenId",
            "SignatureDoesNotMatch",
            "AuthFailure",
            "UnrecognizedClientException",
            "InvalidAccessKeyId",
        ),
        _WRONG,
    ),
    **dict.fromkeys(("ExpiredToken", "ExpiredTokenException", "RequestExpired", "TokenRefreshRequired"), _EXPIRED),
    **dict.fromkeys(
        (
            "Throttling",
            "ThrottlingException",
            "RequestLimitExceeded",
            "ServiceUnavailable",
            "InternalError",
            "InternalFailure",
            "500",
            "502",
            "503",
            "504",
            "SlowDown",
            "PriorRequestNotComplete",
        ),
        _BUSY,
    ),
    "RequestTimeTooSkewed": _SKEW,
}
_BY_CLASS: dict[str, _Row] = {
    "NoCredentialsError": _NONE,
    "PartialCredentialsError": _NONE,
    "CredentialRetrievalError": _NONE,
    "ProfileNotFound": (
        "no_credentials",
        "the profile does not exist",
        "Check profile and the AWS configuration file.",
    ),
    "NoRegionError": ("invalid_option", "no region is known", "Set region."),
    "SSLError": (
        "untrusted_certificate",
        "the certificate is not trusted",
        "Set aws_ca_bundle to the file of its authority.",
    ),
    "ParamValidationError": ("invalid_option", "an option is malformed", "Correct the options of the task."),
    "HTTPClientError": _UNREACHABLE,
    "ConnectionError": _UNREACHABLE,
}


def code_of(error: BaseException) -> str:
    """AWS's own error code, empty when it is no answer of AWS."""
    response: Any = getattr(error, "response", None)
    return str(response.get("Error", {}).get("Code", "")) if isinstance(response, dict) else ""


def _to(error: BaseException) -> str:
    """Host and port; a path may name a bucket, and a user may come with a password."""
    try:
        url = urlsplit(str(getattr(error, "kwargs", {}).get("endpoint_url") or ""))
        return f" to {url.hostname}{f':{url.port}' if url.port else ''}" if url.hostname else ""
    except ValueError:
        return ""


def aws_error(error: BaseException, thing: str) -> HypershiftError | None:
    """One sentence; None when the error is none of boto3's."""
    if not any(c.__module__.startswith(("botocore", "boto3")) for c in type(error).__mro__):
        return None
    row = _CODES.get(code_of(error)) or next(
        (_BY_CLASS[c.__name__] for c in type(error).__mro__ if c.__name__ in _BY_CLASS), None
    )
    if row is None:
        told = re.sub(r"[^A-Za-z0-9.]", "", code_of(error))[:60] or type(error).__name__
        row = ("aws_error", f"the answer is {told}", "Look the code up in the documentation of the service.")
    call = str(getattr(error, "operation_name", "") or "")
    cause = f"{row[1]}{_to(error)}" if row is _UNREACHABLE else row[1]
    return HypershiftError(Failure(row[0], cause, object=f"{thing}, call {call}" if call else thing, next_step=row[2]))


@contextmanager
def told_of_aws(thing: str) -> Iterator[None]:
    """Errors of boto3 inside become one sentence about thing."""
    try:
        yield
    except HypershiftError:
        raise
    except Exception as error:
        known = aws_error(error, thing)
        if known is None:
            raise
        raise known from None
