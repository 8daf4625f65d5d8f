# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The management cluster beneath: what it supports, and the order of updates. Source: platform_facts#1.1, #1.3, #6.1."""

from __future__ import annotations

from typing import Any

import pytest

from campaigns.planning.builders import Object, cluster, codes, engine, one, openshift, planned, pool, view

OFFERS = ("4.20.9", "4.21.5")


def plan_of(hub: dict[str, Any]) -> Object:
    return one(planned(view([cluster(offers=OFFERS)], [pool()], **hub)))


@pytest.mark.parametrize(
    ("minors", "version", "step"),
    [
        (("4.20", "4.19"), "4.20.1", "Upgrade the multicluster engine to 2.11 first"),
        (("4.20", "4.19"), "4.19.0", "Upgrade the multicluster engine to 2.11 first"),
        (("4.20", "4.19"), "4.18.9", "Upgrade OpenShift of the management cluster to 4.19 or newer, then the multicluster engine to 2.11"),
        (("5.1", "5.0", "4.22"), "5.0.1", "Choose a release that this hub supports"),
    ],
)
def test_a_hub_that_does_not_support_the_minor(minors: tuple[str, ...], version: str, step: str) -> None:
    row = plan_of(hub={"minors": minors, "versions": [openshift(version)], "engines": []})
    assert codes(row) == ["release_version_unsupported"] and step in row["refusals"][0]["next_step"]


@pytest.mark.parametrize(("target", "engine_minor"), [("4.19.1", "2.9"), ("4.22.0", "2.12"), ("5.0.1", "5.0"), ("5.1.0", "5.1")])
def test_the_engine_that_a_minor_needs(target: str, engine_minor: str) -> None:
    before = {"4.19.1": "4.18.1", "4.22.0": "4.21.1", "5.0.1": "4.22.1", "5.1.0": "5.0.1"}[target]
    body = cluster(before, offers=[target])
    hub = view([body], [pool(before)], minors=(".".join(before.split(".")[:2]),), engines=[], versions=[])
    row = one(planned(hub, target={"version": target}))
    assert (
        codes(row) == ["release_version_unsupported"]
        and row["refusals"][0]["next_step"] == f"Upgrade the multicluster engine to {engine_minor} first."
    )


@pytest.mark.parametrize(
    ("hub", "code"),
    [
        ({"engines": [engine("2.10.1", desired="2.11.0", phase="Updating")], "versions": [openshift("4.20.1")]}, "engine_not_ready"),
        ({"engines": [engine("2.10.1", phase="Error")], "versions": [openshift("4.20.1")]}, "engine_not_ready"),
        ({"engines": [engine("2.10.1", desired="2.11.0")], "versions": [openshift("4.20.1")]}, "engine_not_ready"),
        ({"engines": [engine("2.10.1")], "versions": [openshift("4.20.1", newest="4.21.0")]}, "management_cluster_updating"),
        ({"engines": [engine("2.8.0")], "versions": [openshift("4.15.1")]}, "management_order"),
        ({"engines": [engine("2.8.0")], "versions": [openshift("4.20.1")]}, "management_order"),
        ({"engines": [engine("2.8.0")], "versions": [openshift("4.16.1")]}, ""),
        ({"engines": [engine("2.8.0")], "versions": [openshift("4.19.1")]}, ""),
        ({"engines": [engine("2.4.0")], "versions": [openshift("4.14.1")]}, ""),
        ({"engines": [engine("5.0.0")], "versions": [openshift("4.21.1")]}, ""),
        ({"engines": [engine("5.0.0")], "versions": [openshift("5.1.1")]}, ""),
        ({"engines": [engine("5.0.0")], "versions": [openshift("4.20.9")]}, "management_order"),
        ({"engines": [engine("")], "versions": [openshift("4.20.9")]}, ""),
        ({"versions": [{"kind": "ClusterVersion", "metadata": {"name": "version"}, "status": {"history": None}}]}, ""),
        ({"versions": [{"kind": "ClusterVersion", "metadata": {"name": "version"}}], "engines": [{"metadata": {"name": "mce"}}]}, ""),
    ],
)
def test_order_of_management_cluster_and_engine(hub: dict[str, Any], code: str) -> None:
    row = plan_of(hub=hub)
    assert codes(row) == ([code] if code else [])
    assert not code or row["refusals"][0]["object"].split()[0] in ("MultiClusterEngine", "ClusterVersion")


def test_what_could_not_be_read_of_a_hub_is_a_warning_of_the_hub() -> None:
    found = planned(view([cluster(offers=OFFERS)], [pool()], minors=(), engines=[], versions=[]))
    assert one(found)["verdict"] == "ready" and len(found["hubs"][0]["warnings"]) == 3
    good = planned(view([cluster(offers=OFFERS)], [pool()]))["hubs"][0]
    assert (good["warnings"], good["mce_version"], good["openshift_version"]) == ([], "5.1.0", "5.0.1")
