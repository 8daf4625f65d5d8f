# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Hosted clusters with real etcd for tests, and what goes with them: a hosted API server, faults, an S3 server."""

from __future__ import annotations

from .etcd import HostedEtcd
from .s3 import S3Server

__all__ = ["HostedEtcd", "S3Server"]
