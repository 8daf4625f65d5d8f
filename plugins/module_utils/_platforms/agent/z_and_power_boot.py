# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""How hosts of IBM Z and IBM Power are booted into the discovery image: data for those who boot them.

Source: platform_facts#2.5.
"""

from __future__ import annotations

from urllib.parse import parse_qs, urlencode, urlsplit, urlunsplit

from ..._kernel.objects import Object

_FIRST_BOOT = ["rd.neednet=1", "ignition.firstboot", "ignition.platform.id=metal"]
_Z = ["random.trust_cpu=on", "rd.luks.options=discard"]
# What stands for a value of the host is in angle brackets.
_NETWORK = ["ip=<address>::<gateway>:<netmask>:<host name>:<interface>:none", "nameserver=<address>"]
_Z_HOSTS: dict[str, Object] = {
    "kvm": {"console": "console=ttysclp0", "extra": []},
    "zvm": {"console": "console=ttysclp0", "extra": ["rd.znet=qeth,<device 1>,<device 2>,<device 3>,layer2=1"]},
    "lpar": {"console": "console=ttysclp0", "extra": ["rd.znet=qeth,<device 1>,<device 2>,<device 3>,layer2=1"]},
}
_Z_DISKS = {"dasd": ["rd.dasd=<device>"], "fcp": ["rd.zfcp=<device>,<wwpn>,<lun>"], "virtio": []}
_FIXED_ADDRESS = ["ai.ip_cfg_override=1"]


def boot(architecture: str, artifacts: Object) -> Object:
    """What the architecture needs beside the image; empty for x86_64 and aarch64, which boot the ISO or the iPXE script
    as it is.

    kernel_arguments: {common, network, hosts: {type: [..]}, disks: {type: [..]}, fixed_address}; files: {name: URL}.
    """
    if architecture not in ("s390x", "ppc64le") or not artifacts.get("kernel"):
        return {}
    root = f"coreos.live.rootfs_url={artifacts['rootfs']}"
    if architecture == "ppc64le":
        arguments: Object = {
            "common": [root, *_FIRST_BOOT, "console=hvc0"],
            "network": _NETWORK,
            "hosts": {},
            "disks": {},
            "fixed_address": [],
        }
        return {"kernel_arguments": arguments, "files": {}}
    hosts = {name: [*host["extra"], host["console"]] for name, host in _Z_HOSTS.items()}
    arguments = {
        "common": [root, *_FIRST_BOOT, *_Z],
        "network": _NETWORK,
        "hosts": hosts,
        "disks": _Z_DISKS,
        "fixed_address": _FIXED_ADDRESS,  # for OSA and HiperSockets
    }
    files = {"generic.ins": ins_file(artifacts["kernel"]), "initrd.img.addrsize": address_size(artifacts["initrd"])}
    return {"kernel_arguments": arguments, "files": files}


def ins_file(kernel: str) -> str:
    """URL of generic.ins, which an LPAR starts from, beside the kernel's:
    ``/boot-artifacts/ins-file?arch=s390x&version=..``."""
    return _sibling(kernel, "ins-file")


def address_size(initrd: str) -> str:
    """URL of initrd.img.addrsize beside the initial RAM disk's: ``../s390x-initrd-addrsize?api_key=..``."""
    return _sibling(initrd, "s390x-initrd-addrsize")


def _sibling(url: str, name: str) -> str:
    """The same URL with another last part; its key and version stay."""
    parts = urlsplit(url)
    query = {key: values[0] for key, values in parse_qs(parts.query).items()} | {"arch": "s390x"}
    return urlunsplit((parts.scheme, parts.netloc, f"{parts.path.rpartition('/')[0]}/{name}", urlencode(query), ""))
