# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""An account of AWS for these tests. No management cluster is needed."""

from __future__ import annotations

import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

HERE = Path(__file__).resolve().parent
if str(HERE) not in sys.path:
    sys.path.insert(0, str(HERE))

from aws_playing import Aws  # noqa: E402
from moto_account import MotoAccount  # noqa: E402

from playing import FOLDER, Player  # noqa: E402


@pytest.fixture(scope="package")
def moto() -> Iterator[MotoAccount]:
    account = MotoAccount().start()
    try:
        yield account
    finally:
        account.stop()


@pytest.fixture(scope="module")
def aws(moto: MotoAccount) -> Aws:
    """An empty account with the public zone of the base domain."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    urllib.request.urlopen(urllib.request.Request(f"{moto.url}/moto-api/reset", method="POST")).read()
    moto.record.reset()
    moto.client("route53").create_hosted_zone(Name="example.com", CallerReference="base")
    nobody: Any = SimpleNamespace(name="aws")
    return Aws(moto, Player(nobody, Path("/nonexistent/kubeconfig")))
