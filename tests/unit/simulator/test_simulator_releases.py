# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Which version an image stands for, and which versions the operator takes."""

from __future__ import annotations

import json

import pytest

from hypershift_simulator import releases
from hypershift_simulator.releases import Version
from hypershift_simulator.store import Store

DIGEST = "registry.example.com/ocp/release@sha256:" + "a" * 64


def known(*entries: object) -> Store:
    store = Store()
    data = {f"entry-{index}": entry if isinstance(entry, str) else json.dumps(entry) for index, entry in enumerate(entries)}
    metadata = {"name": "simulator-releases", "namespace": "hypershift", "uid": "1", "resourceVersion": "1"}
    store.put({"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": data})
    return store


@pytest.mark.parametrize(
    ("tag", "version", "payload"),
    [
        ("4.21.3-multi", "4.21.3", "Multi"),
        ("4.21.3-x86_64", "4.21.3", "AMD64"),
        ("4.20.0-ppc64le", "4.20.0", "PPC64LE"),
        ("4.20.0-s390x", "4.20.0", "S390X"),
        ("5.0.1-aarch64", "5.0.1", "ARM64"),
        ("4.22.0-rc.1-x86_64", "4.22.0-rc.1", "AMD64"),
        ("4.19.0-ec.2-multi", "4.19.0-ec.2", "Multi"),
        ("4.21.3", "4.21.3", "AMD64"),
    ],
)
def test_a_tag_names_version_and_architecture(tag: str, version: str, payload: str) -> None:
    found = releases.resolve(Store(), f"registry.example.com:5000/ocp/release:{tag}")
    assert found is not None
    assert (str(found.version), found.payload) == (version, payload)


@pytest.mark.parametrize("image", [DIGEST, "registry.example.com/ocp/release:latest", "registry.example.com/ocp/release"])
def test_other_images_are_unknown_until_a_test_makes_them_known(image: str) -> None:
    assert releases.resolve(Store(), image) is None
    found = releases.resolve(known({"image": image, "version": "4.20.9", "arch": "multi"}), image)
    assert found is not None and (str(found.version), found.payload) == ("4.20.9", "Multi")


def test_entries_that_do_not_parse_are_ignored() -> None:
    store = known("no json", {"image": DIGEST}, {"image": DIGEST, "version": "four"}, [1], {"image": DIGEST, "version": "4.21.1"})
    assert [str(release.version) for release in releases.listed(store)] == ["4.21.1"]


@pytest.mark.parametrize(
    ("lower", "higher"),
    [
        ("4.9.9", "4.10.0"),
        ("4.21.3", "4.21.10"),
        ("4.22.5", "5.0.0"),
        ("5.0.9", "5.1.0"),
        ("4.21.0-rc.1", "4.21.0"),
        ("4.21.0-rc.2", "4.21.0-rc.10"),
    ],
)
def test_versions_are_ordered_across_the_change_of_the_major(lower: str, higher: str) -> None:
    assert Version(lower) < Version(higher)
    assert Version(higher) > Version(lower)


def test_5_0_is_4_23() -> None:
    assert Version("5.0.3") == Version("4.23.3")
    assert Version("5.1.0").minor == 24
    assert Version("4.21.3").kubelet.startswith("v1.34.")
    assert Version("5.0.0").kubelet.startswith("v1.36.")


@pytest.mark.parametrize(
    ("version", "current", "network", "problem"),
    [
        ("4.21.3", None, "OVNKubernetes", ""),
        ("5.1.0", None, "OVNKubernetes", ""),
        ("5.2.0", None, "OVNKubernetes", "latest version supported"),
        ("4.13.9", None, "OVNKubernetes", "minimum version supported"),
        ("4.7.1", None, "OVNKubernetes", "before 4.8"),
        ("4.20.1", "4.21.3", "OVNKubernetes", "y-stream downgrade"),
        ("4.21.1", "4.21.3", "OVNKubernetes", ""),
        ("5.0.1", "4.23.0", "OVNKubernetes", ""),
        ("4.14.0", None, "OpenShiftSDN", "OpenShiftSDN"),
        ("4.15.0", "4.14.0", "OpenShiftSDN", "not for OpenShiftSDN"),
    ],
)
def test_what_the_operator_refuses(version: str, current: str | None, network: str, problem: str) -> None:
    found = releases.refusal(Version(version), Version(current) if current else None, network)
    assert (problem in found) if problem else found == ""


def test_a_pool_is_capped_by_the_minor_of_its_cluster() -> None:
    assert "latest version supported" in releases.refusal(Version("4.22.0"), None, "", ceiling=Version("4.21.3"))
    assert releases.refusal(Version("4.21.9"), None, "", ceiling=Version("4.21.3")) == ""


def test_the_supported_list_is_newest_first_and_complete() -> None:
    assert releases.SUPPORTED[:3] == ["5.1", "5.0", "4.23"]
    assert releases.SUPPORTED[-1] == "4.14"
    assert len(releases.SUPPORTED) == 12
