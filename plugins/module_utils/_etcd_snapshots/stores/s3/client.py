# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""From the option s3 to a client; boto3 is loaded here and nowhere else."""

from __future__ import annotations

from typing import Any

from ...._kernel.errors import Failure, HypershiftError, OptionError
from .failures import told_of_s3

_CONNECT_SECONDS, _READ_SECONDS, _ATTEMPTS = 10, 60, 4


def make_client(options: dict[str, Any], thing: str) -> Any:
    """A client of boto3. Credentials that are not in the options come from where boto3 looks: environment, profile,
    instance role."""
    boto3, config = _library()
    if bool(options.get("access_key")) != bool(options.get("secret_key")):
        raise OptionError(
            Failure(
                "invalid_option",
                "access_key and secret_key go together",
                object="Option s3",
                next_step="Set both or none.",
            )
        )
    settings = _settings(config, options.get("addressing_style") or "auto")
    with told_of_s3(thing):
        try:
            session = boto3.session.Session(
                aws_access_key_id=options.get("access_key") or None,
                aws_secret_access_key=options.get("secret_key") or None,
                aws_session_token=options.get("session_token") or None,
                profile_name=options.get("profile") or None,
                region_name=options.get("region") or None,
            )
            return session.client(
                "s3", endpoint_url=options.get("endpoint_url") or None, verify=_verify(options), config=settings
            )
        except ValueError:  # its text repeats the URL, which may hold a password
            raise OptionError(
                Failure(
                    "invalid_option",
                    "endpoint_url or region is malformed",
                    object="Option s3",
                    next_step="Use for example https://host:9000.",
                )
            ) from None


def _settings(config: Any, style: str) -> Any:
    return config(
        connect_timeout=_CONNECT_SECONDS,
        read_timeout=_READ_SECONDS,
        retries={"mode": "standard", "total_max_attempts": _ATTEMPTS},
        tcp_keepalive=True,
        # Only the sums this collection sends itself: the library's own are refused by older servers.
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
        s3=None if style == "auto" else {"addressing_style": style},
    )


def _verify(options: dict[str, Any]) -> bool | str | None:
    """What boto3 calls verify; None leaves it to AWS_CA_BUNDLE."""
    if options.get("validate_certs") is False:
        return False
    return str(options["ca_bundle"]) if options.get("ca_bundle") else None


def _library() -> tuple[Any, Any]:
    try:
        import boto3
        from botocore.config import Config
    except ImportError:
        raise HypershiftError(
            Failure(
                "missing_library",
                "the Python package boto3 is not installed where this task runs",
                object="Option s3",
                next_step="Install boto3 there, or use directory instead.",
            )
        ) from None
    return boto3, Config
