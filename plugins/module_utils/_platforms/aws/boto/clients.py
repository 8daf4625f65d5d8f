# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""From options to clients of AWS; boto3 is loaded here and nowhere else in this room."""

from __future__ import annotations

import threading
from typing import Any

from ...._kernel.errors import Failure, HypershiftError, OptionError
from .failures import told_of_aws

_CONNECT_SECONDS, _READ_SECONDS, _ATTEMPTS, _CONNECTIONS = 10, 60, 6, 16


class Clients:
    """One client per service, made when it is first asked for. Credentials that are not in the options come from where
    boto3 looks."""

    def __init__(self, options: dict[str, Any]) -> None:
        self._options = options
        self._made: dict[str, Any] = {}
        self._lock = threading.Lock()
        boto3, config = _library()
        if bool(options.get("access_key")) != bool(options.get("secret_key")):
            raise OptionError(
                Failure("invalid_option", "access_key and secret_key go together", next_step="Set both or none.")
            )
        self._config = config(
            connect_timeout=_CONNECT_SECONDS,
            read_timeout=_READ_SECONDS,
            retries={"mode": "standard", "total_max_attempts": _ATTEMPTS},
            max_pool_connections=_CONNECTIONS,
        )
        with told_of_aws("AWS"):
            self._session = boto3.session.Session(
                aws_access_key_id=options.get("access_key") or None,
                aws_secret_access_key=options.get("secret_key") or None,
                aws_session_token=options.get("session_token") or None,
                profile_name=options.get("profile") or None,
                region_name=options.get("region") or None,
            )

    def __getitem__(self, service: str) -> Any:
        with self._lock:  # making a client is not safe in threads, using one is
            if service not in self._made:
                self._made[service] = self._client(service)
            return self._made[service]

    def _client(self, service: str) -> Any:
        verify = False if self._options.get("validate_certs") is False else (self._options.get("aws_ca_bundle") or None)
        with told_of_aws("AWS"):
            try:
                return self._session.client(
                    service, endpoint_url=self._options.get("endpoint_url") or None, verify=verify, config=self._config
                )
            except ValueError:  # its text repeats the URL, which may hold a password
                raise OptionError(
                    Failure(
                        "invalid_option",
                        "endpoint_url or region is malformed",
                        next_step="Use for example https://host:9000.",
                    )
                ) from None

    def pages(self, service: str, call: str, key: str, **arguments: Any) -> list[Any]:
        """All items of a list, page by page."""
        paginator = self[service].get_paginator(call)
        return [item for page in paginator.paginate(**arguments) for item in page.get(key) or []]


def _library() -> tuple[Any, Any]:
    try:
        import boto3
        from botocore.config import Config
    except ImportError:
        failure = Failure(
            "missing_library",
            "the Python package boto3 is not installed where this task runs",
            next_step="Install it there.",
        )
        raise HypershiftError(failure) from None
    return boto3, Config


def tags_of(pairs: Any) -> dict[str, str]:
    return {pair["Key"]: pair.get("Value", "") for pair in pairs or []}
