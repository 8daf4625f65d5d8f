# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Errors of an S3 server in one plain sentence.

Only the error's code is used, never its text: texts repeat requests, and requests hold signatures.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from ...._kernel.errors import Failure, HypershiftError

_Row = tuple[str, str, str]  # code, cause, next step
_KEYS = "Check access_key, secret_key and session_token, or the profile."
_MISSING: _Row = (
    "not_found",
    "the bucket does not exist",
    "Check bucket, region and endpoint_url; the collection makes no buckets.",
)
_GONE: _Row = (
    "not_found",
    "the object or bucket does not exist",
    "Check bucket and prefix, and look at the catalogue.",
)
_DENIED: _Row = (
    "missing_permission",
    "the server refuses this account",
    (
        "Give it s3:ListBucket, s3:GetObject and, to write, s3:PutObject, s3:AbortMultipartUpload and s3:DeleteObject"
        " on bucket and prefix."
    ),
)
_WRONG: _Row = ("unauthorized", "the server does not accept the access key or its signature", _KEYS)
_EXPIRED: _Row = ("unauthorized", "the credentials have expired", "Get new ones and run again.")
_SKEW: _Row = (
    "clock_skew",
    "this machine's clock differs too much from the server's",
    "Set the clock, for example with NTP, and run again.",
)
_REGION: _Row = ("wrong_region", "the bucket is in another region", "Set region to the bucket's own.")
_BUSY: _Row = (
    "api_unavailable",
    "the server is overloaded or reports an error of its own",
    "Run again later; if it repeats, look at the server's log.",
)
_FULL: _Row = ("no_space", "the server has no room, or a quota is used up", "Make room there, or delete old snapshots.")
_DIGEST: _Row = (
    "transfer_corrupt",
    "bytes changed on the way to the server",
    "Run again; if it repeats, look at proxies and the network.",
)
_NO_LOCK: _Row = (
    "no_object_lock",
    "the bucket has no object lock",
    "Use a bucket made with object lock, or leave object_lock out.",
)
_KMS: _Row = (
    "kms_refused",
    "the key management service refuses the key",
    "Check kms_key_id and the account's right to use that key.",
)
BEYOND_END = "object_too_short"
_SHORT: _Row = (BEYOND_END, "the object is shorter than it should be", "Do not restore from it; use another snapshot.")
_UNREACHABLE: _Row = (
    "unreachable",
    "no connection to the server",
    "Check endpoint_url, network and proxy, and that the server runs.",
)
_BROKEN: _Row = (
    "stream_broken",
    "the server closed the connection in the middle",
    "Run again; what has arrived is used.",
)
_CODES: dict[str, _Row] = {
    "NoSuchBucket": _MISSING,
    "404": _GONE,
    "NoSuchKey": _GONE,
    "NotFound": _GONE,
    "NoSuchVersion": _GONE,
    "NoSuchUpload": _GONE,
    "AccessDenied": _DENIED,
    "403": _DENIED,
    "AllAccessDisabled": _DENIED,
    "AccountProblem": _DENIED,
    "Forbidden": _DENIED,
    "InvalidAccessKeyId": _WRONG,
    "SignatureDoesNotMatch": _WRONG,
    "InvalidToken": _WRONG,
    "InvalidClientTokenId": _WRONG,
    "UnrecognizedClientException": _WRONG,
    "AuthFailure": _WRONG,
    "InvalidSecurity": _WRONG,
    "ExpiredToken": _EXPIRED,
    "TokenRefreshRequired": _EXPIRED,
    "ExpiredTokenException": _EXPIRED,
    "RequestExpired": _EXPIRED,
    "RequestTimeTooSkewed": _SKEW,
    "PermanentRedirect": _REGION,
    "301": _REGION,
    "AuthorizationHeaderMalformed": _REGION,
    "IllegalLocationConstraintException": _REGION,
    "SlowDown": _BUSY,
    "503": _BUSY,
    "ServiceUnavailable": _BUSY,
    "Throttling": _BUSY,
    "RequestLimitExceeded": _BUSY,
    "InternalError": _BUSY,
    "500": _BUSY,
    "502": _BUSY,
    "504": _BUSY,
    "RequestTimeout": _BUSY,
    "OperationAborted": _BUSY,
    "InsufficientStorage": _FULL,
    "507": _FULL,
    "XMinioStorageFull": _FULL,
    "QuotaExceeded": _FULL,
    "XMinioAdminBucketQuotaExceeded": _FULL,
    "BadDigest": _DIGEST,
    "InvalidDigest": _DIGEST,
    "XAmzContentSHA256Mismatch": _DIGEST,
    "IncompleteBody": _DIGEST,
    "ObjectLockConfigurationNotFoundError": _NO_LOCK,
    "InvalidBucketState": _NO_LOCK,
    "InvalidRange": _SHORT,
    "416": _SHORT,
}
_BY_CLASS: dict[str, _Row] = {
    "NoCredentialsError": (
        "no_credentials",
        "no credentials were found",
        "Set access_key and secret_key, or profile, or the AWS variables.",
    ),
    "PartialCredentialsError": ("no_credentials", "only a part of the credentials was found", _KEYS),
    "CredentialRetrievalError": ("no_credentials", "the credentials could not be fetched", _KEYS),
    "ProfileNotFound": (
        "no_credentials",
        "the profile does not exist",
        "Check profile and the AWS configuration file.",
    ),
    "SSLError": (
        "untrusted_certificate",
        "the server's certificate is not trusted",
        "Set ca_bundle to the file of its authority.",
    ),
    "ParamValidationError": (
        "invalid_option",
        "bucket, prefix or another option of s3 is malformed",
        "Correct the options of the task.",
    ),
    "EndpointConnectionError": _UNREACHABLE,
    "ConnectTimeoutError": _UNREACHABLE,
    "ProxyConnectionError": _UNREACHABLE,
    "ConnectionClosedError": _BROKEN,
    "ReadTimeoutError": _BROKEN,
    "ResponseStreamingError": _BROKEN,
    "IncompleteReadError": _BROKEN,
    "HTTPClientError": _UNREACHABLE,
}
TRANSIENT = frozenset({"unreachable", "stream_broken", "api_unavailable"})


def code_of(error: BaseException) -> str:
    """The server's own error code, empty when it is no answer of a server."""
    response: Any = getattr(error, "response", None)
    return str(response.get("Error", {}).get("Code", "")) if isinstance(response, dict) else ""


def s3_error(error: BaseException, thing: str) -> HypershiftError | None:
    """One sentence about thing; None when the error is none of boto3's."""
    row = _CODES.get(code_of(error)) or next(
        (_BY_CLASS[c.__name__] for c in type(error).__mro__ if c.__name__ in _BY_CLASS), None
    )
    if code_of(error).startswith("KMS"):
        row = _KMS
    if row is None:
        if not any(c.__module__.startswith(("botocore", "boto3", "s3transfer")) for c in type(error).__mro__):
            return None
        told = re.sub(r"[^A-Za-z0-9.]", "", code_of(error))[:60] or type(error).__name__
        row = ("s3_error", f"the server's answer is {told}", "Look at the server's log.")
    return HypershiftError(Failure(row[0], row[1], object=thing, next_step=row[2]))


@contextmanager
def told_of_s3(thing: str) -> Iterator[None]:
    """Errors of boto3 inside become one sentence about thing."""
    try:
        yield
    except HypershiftError:
        raise
    except Exception as error:
        known = s3_error(error, thing)
        if known is None:
            raise
        raise known from None


def broken(thing: str) -> HypershiftError:
    return HypershiftError(Failure(_BROKEN[0], _BROKEN[1], object=thing, next_step=_BROKEN[2]))


def locked(set_id: str, until: str) -> HypershiftError:
    return HypershiftError(
        Failure(
            "locked_by_retention",
            f"object lock protects it ({until})",
            object=f"Snapshot {set_id}",
            next_step="Nothing was deleted; wait until then, or have the bucket's owner lift the lock.",
        )
    )
