# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Versions, dual numbering and the platform's rules on upgrades and skew. Source: platform_facts#1.1, #6.3, #6.5."""

from __future__ import annotations

import pytest
from ansible_collections.hypershift.core.plugins.module_utils._kernel.versions import (
    Version,
    is_multi_arch,
    skew_problem,
    unsupported_problem,
    upgrade_problem,
    version_of_image,
)

HOST = "quay.io/openshift-release-dev/ocp-release"


def v(text: str) -> Version:
    version = Version.parse(text)
    assert version is not None, text
    return version


@pytest.mark.parametrize(
    ("image", "version", "multi"),
    [
        (f"{HOST}:4.20.4-multi", "4.20.4", True),
        (f"{HOST}:4.20.4-x86_64", "4.20.4", False),
        (f"{HOST}:4.20.4", "4.20.4", None),
        (f"{HOST}:5.0.0-rc.1-multi", "5.0.0-rc.1", True),
        (f"{HOST}:4.21.0-ec.3-aarch64", "4.21.0-ec.3", False),
        ("registry.test:5000/ocp-release:4.19.1-ppc64le", "4.19.1", False),
        (f"{HOST}@sha256:{'a' * 64}", None, None),
        (f"{HOST}:latest", None, None),
        ("registry.test:5000/ocp-release", None, None),
        ("", None, None),
    ],
)
def test_version_of_image_reads_tags_and_never_guesses(image: str, version: str | None, multi: bool | None) -> None:
    found = version_of_image(image)
    assert (str(found) if found else None) == version and is_multi_arch(image) is multi


def test_order_with_dual_numbering_and_prereleases() -> None:
    ordered = ["4.20.9", "4.20.10", "4.21.0-ec.2", "4.21.0-rc.1", "4.21.0-rc.10", "4.21.0", "4.22.3", "4.23.0", "5.0.1", "5.1.0"]
    shuffled = ordered[5:] + ordered[:5]
    assert sorted(shuffled, key=v) == ordered
    assert v("5.0.3") == v("4.23.3") and hash(v("5.0.3")) == hash(v("4.23.3"))


@pytest.mark.parametrize("text", ["", "4", "four.twenty", "4.20.x", "4.20.1 "])
def test_what_is_no_version(text: str) -> None:
    assert (Version.parse(text) is None) is (text != "4.20.1 ")


@pytest.mark.parametrize(
    ("current", "target", "word"),
    [
        ("4.20.4", "4.20.9", ""),
        ("4.20.4", "4.21.0", ""),
        ("4.20.4", "4.20.4", ""),
        ("4.22.9", "4.23.0", ""),
        ("4.22.9", "5.0.0", ""),
        ("5.0.4", "5.1.0", ""),
        ("4.23.4", "5.1.0", ""),
        ("4.20.4", "4.22.0", "skips a minor"),
        ("4.22.0", "5.1.0", "skips a minor"),
        ("4.20.4", "4.19.9", "older minor"),
        ("5.0.0", "4.22.9", "older minor"),
        ("4.20.4", "4.20.3", "downgrade"),
        ("4.20.4", "4.20.4-rc.1", "downgrade"),
    ],
)
def test_upgrades_of_a_control_plane(current: str, target: str, word: str) -> None:
    problem = upgrade_problem(v(current), v(target))
    assert bool(problem) is bool(word) and word in problem


@pytest.mark.parametrize(
    ("plane", "pool", "word"),
    [
        ("4.20.4", "4.20.4", ""),
        ("4.20.4", "4.17.0", ""),
        ("5.0.4", "4.20.0", ""),
        ("5.1.0", "4.21.9", ""),
        ("5.1.0", "4.20.9", "more than 3 minors"),
        ("4.20.4", "4.16.9", "more than 3 minors"),
        ("4.20.4", "4.20.5", "newer than"),
        ("4.20.4", "4.21.0", "newer than"),
        ("4.22.9", "5.0.0", "newer than"),
    ],
)
def test_skew_of_a_node_pool(plane: str, pool: str, word: str) -> None:
    problem = skew_problem(v(plane), v(pool))
    assert bool(problem) is bool(word) and word in problem


def test_supported_versions() -> None:
    assert unsupported_problem(v("4.23.1"), ["5.1", "5.0", "4.22"]) == ""
    assert "(5.0, 4.22)" in unsupported_problem(v("4.21.1"), ["5.0", "4.22"])
    assert unsupported_problem(v("4.21.1"), []) == ""
