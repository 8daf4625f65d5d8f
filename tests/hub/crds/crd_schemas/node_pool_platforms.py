# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The platform blocks of a NodePool."""

from __future__ import annotations

from .platforms import platform_type
from .schema import (
    Schema,
    array,
    boolean,
    enum,
    int_or_text,
    integer,
    long,
    mapping,
    matches,
    obj,
    open_object,
    quantity,
    required,
    rule,
    text,
)
from .shared import aws_resource, aws_tags, label_selector


def _short_text() -> Schema:
    return text(max=255)


def _capacity_reservation() -> Schema:
    identity = text(max=20, rules=[matches("^cr-[a-f0-9]{17}$", "the id of a capacity reservation is cr- and 17 hexadecimal digits")])
    return obj(
        {
            "id": identity,
            "marketType": enum("OnDemand", "CapacityBlocks"),
            "preference": enum("", "None", "CapacityReservationsOnly", "Open"),
        },
        rules=[
            rule(
                "!has(self.id) || !(self.?preference.orValue('') in ['None', 'Open'])",
                "a capacity reservation with an id takes no preference None or Open",
            ),
            rule(
                "self.?marketType.orValue('') != 'CapacityBlocks' || has(self.id)",
                "marketType CapacityBlocks needs the id of a capacity reservation",
            ),
        ],
    )


def _placement() -> Schema:
    market, tenancy = "self.?marketType.orValue('')", "self.?tenancy.orValue('default')"
    return obj(
        {
            "capacityReservation": _capacity_reservation(),
            "marketType": enum("", "OnDemand", "Spot", "CapacityBlocks"),
            "spot": obj({"maxPrice": text(min=1, max=20, pattern=r"^[0-9]+(\.[0-9]+)?$")}),
            "tenancy": enum("default", "dedicated", "host"),
        },
        rules=[
            rule(f"{tenancy} != 'host' || !has(self.capacityReservation)", "tenancy host takes no capacityReservation"),
            rule(f"{market} != 'Spot' || !has(self.capacityReservation)", "marketType Spot takes no capacityReservation"),
            rule(f"{market} != 'Spot' || {tenancy} == 'default'", "marketType Spot needs tenancy default"),
            rule(f"{market} != 'CapacityBlocks' || has(self.capacityReservation)", "marketType CapacityBlocks needs capacityReservation"),
            rule(f"!has(self.spot) || {market} == 'Spot'", "spot goes with marketType Spot only"),
        ],
    )


def _aws() -> Schema:
    subnet = rule(
        "self.?id.orValue('').startsWith('subnet-') ? !has(self.filters) : size(self.?filters.orValue([])) > 0",
        "a subnet is given by an id that starts with subnet- or by filters, not by both",
    )
    volume = {
        "encrypted": boolean(),
        "encryptionKey": text(max=2048),
        "iops": long(),
        "size": required(long(8)),
        "type": required(_short_text()),
    }
    return obj(
        {
            "ami": _short_text(),
            "imageType": enum("Windows", "Linux"),
            "instanceProfile": _short_text(),
            "instanceType": required(_short_text()),
            "placement": _placement(),
            "resourceTags": aws_tags(),
            "rootVolume": obj(volume),
            "securityGroups": array(aws_resource(), max=50),
            "subnet": required(aws_resource(rules=[subnet])),
        }
    )


def _root_volume() -> Schema:
    persistent = {
        "accessModes": array(enum("ReadWriteOnce", "ReadWriteMany", "ReadOnly", "ReadWriteOncePod"), max=10),
        "size": quantity(default="32Gi"),
        "storageClass": _short_text(),
        "volumeMode": enum("Filesystem", "Block"),
    }
    return obj(
        {
            "cacheStrategy": obj({"type": required(enum("None", "PVC", default="None"))}),
            "diskImage": obj({"containerDiskImage": text(max=2048)}),
            "persistent": obj(persistent),
            "type": enum("Persistent", default="Persistent"),
        },
        default={"type": "Persistent", "persistent": {"size": "32Gi"}},
    )


def _kubevirt() -> Schema:
    compute = {
        "cores": integer(1),
        "memory": quantity(default="8Gi"),
        "qosClass": enum("Burstable", "Guaranteed", default="Burstable"),
    }
    device = {"count": integer(1, 2147483647, format=None, default=1), "deviceName": required(_short_text())}
    return obj(
        {
            "additionalNetworks": array(obj({"name": required(_short_text())}), max=20),
            "attachDefaultNetwork": boolean(default=True),
            "compute": obj(compute, default={"cores": 2, "memory": "8Gi"}),
            "hostDevices": array(obj(device), max=10),
            "networkInterfaceMultiqueue": enum("Enable", "Disable", default="Enable"),
            "nodeSelector": mapping(text()),
            "rootVolume": required(_root_volume()),
        }
    )


def _powervs() -> Schema:
    return obj(
        {
            "image": obj({"id": _short_text(), "name": _short_text()}),
            "imageDeletePolicy": enum("delete", "retain", default="delete"),
            "memoryGiB": integer(default=32),
            "processorType": enum("dedicated", "shared", "capped", default="shared"),
            "processors": int_or_text(default="0.5"),
            "storageType": enum("tier1", "tier3", default="tier1"),
            "systemType": text(max=255, default="s922"),
        }
    )


def node_pool_platform() -> Schema:
    return obj(
        {
            "type": required(platform_type()),
            "agent": obj({"agentLabelSelector": label_selector()}),
            "aws": _aws(),
            "azure": open_object(),
            "ibmcloud": obj({"providerType": text()}),
            "kubevirt": _kubevirt(),
            "powervs": _powervs(),
        }
    )
