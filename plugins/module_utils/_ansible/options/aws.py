# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Options of a connection to AWS, named as amazon.aws names them."""

from __future__ import annotations

from typing import Any

AWS: dict[str, Any] = {
    "region": {"type": "str", "required": True},
    "endpoint_url": {"type": "str"},
    "profile": {"type": "str"},
    "access_key": {"type": "str", "no_log": False},
    "secret_key": {"type": "str", "no_log": True},
    "session_token": {"type": "str", "no_log": True},
    "aws_ca_bundle": {"type": "path"},
    "validate_certs": {"type": "bool", "default": True},
}
