# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""OLM: what an installation of the multicluster engine writes and reads; the rest is kept as it is."""

from __future__ import annotations

from .crd import AGE, Column, Definition
from .schema import array, boolean, enum, moment, obj, open_object, required, text, texts

_GROUP, _CATEGORIES = "operators.coreos.com", ["olm"]
_CONDITION = {
    "lastHeartbeatTime": moment(),
    "lastTransitionTime": moment(),
    "message": text(),
    "reason": text(),
    "status": required(text()),
    "type": required(text()),
}

SUBSCRIPTION = Definition(
    group=_GROUP,
    version="v1alpha1",
    kind="Subscription",
    plural="subscriptions",
    short_names=["sub", "subs"],
    categories=_CATEGORIES,
    needs_metadata=True,
    columns=[Column("Package", ".spec.name"), Column("Source", ".spec.source"), Column("Channel", ".spec.channel")],
    spec=required(
        obj(
            {
                "channel": text(),
                "config": open_object(),
                "installPlanApproval": text(),
                "name": required(text()),
                "source": required(text()),
                "sourceNamespace": required(text()),
                "startingCSV": text(),
            }
        )
    ),
    status=obj(
        {
            "conditions": array(obj(_CONDITION)),
            "currentCSV": text(),
            "installedCSV": text(),
            "lastUpdated": required(moment()),
            "reason": text(),
            "state": text(),
        },
        open=True,
    ),
)

INSTALL_PLAN = Definition(
    group=_GROUP,
    version="v1alpha1",
    kind="InstallPlan",
    plural="installplans",
    short_names=["ip"],
    categories=_CATEGORIES,
    needs_metadata=True,
    columns=[
        Column("CSV", ".spec.clusterServiceVersionNames[0]"),
        Column("Approval", ".spec.approval"),
        Column("Approved", ".spec.approved", "boolean"),
    ],
    spec=required(
        obj(
            {
                "approval": required(text()),
                "approved": required(boolean()),
                "clusterServiceVersionNames": required(texts()),
                "source": text(),
                "sourceNamespace": text(),
            },
            open=True,
        )
    ),
    status=obj({"catalogSources": required(texts()), "message": text(), "phase": required(text()), "startTime": moment()}, open=True),
)

CLUSTER_SERVICE_VERSION = Definition(
    group=_GROUP,
    version="v1alpha1",
    kind="ClusterServiceVersion",
    plural="clusterserviceversions",
    short_names=["csv", "csvs"],
    categories=_CATEGORIES,
    needs_metadata=True,
    columns=[
        Column("Display", ".spec.displayName"),
        Column("Version", ".spec.version"),
        Column("Replaces", ".spec.replaces"),
        Column("Phase", ".status.phase"),
    ],
    spec=required(
        obj(
            {
                "displayName": required(text()),
                "install": required(obj({"strategy": required(text())}, open=True)),
                "replaces": text(),
                "version": text(),
            },
            open=True,
        )
    ),
    status=obj({"message": text(), "phase": text(), "reason": text()}, open=True),
)

CATALOG_SOURCE = Definition(
    group=_GROUP,
    version="v1alpha1",
    kind="CatalogSource",
    plural="catalogsources",
    short_names=["catsrc"],
    categories=_CATEGORIES,
    needs_metadata=True,
    columns=[Column("Display", ".spec.displayName"), Column("Type", ".spec.sourceType"), Column("Publisher", ".spec.publisher"), AGE],
    spec=required(obj({"displayName": text(), "image": text(), "publisher": text(), "sourceType": required(text())}, open=True)),
    status=obj({"message": text(), "reason": text()}, open=True),
)

OPERATOR_GROUP = Definition(
    group=_GROUP,
    version="v1",
    kind="OperatorGroup",
    plural="operatorgroups",
    short_names=["og"],
    categories=_CATEGORIES,
    needs_metadata=True,
    spec=obj(
        {
            "serviceAccountName": text(),
            "targetNamespaces": texts(kind="set"),
            "upgradeStrategy": enum("Default", "TechPreviewUnsafeFailForward", default="Default"),
        },
        open=True,
        default={"upgradeStrategy": "Default"},
    ),
    status=obj({"lastUpdated": required(moment())}, open=True),
)

OLM = [SUBSCRIPTION, INSTALL_PLAN, CLUSTER_SERVICE_VERSION, CATALOG_SOURCE, OPERATOR_GROUP]
