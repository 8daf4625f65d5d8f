# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The configuration of a node pool: its parts, what is wrong with them, and the hashes by which a change rolls nodes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import yaml

from .names import CORE_IGNITION, HAPROXY_IMAGE, WORKER_SSH, Obj, fingerprint
from .releases import Version
from .view import PoolView

_CONFIG_KINDS = {
    "MachineConfig",
    "KubeletConfig",
    "ContainerRuntimeConfig",
    "ImageContentSourcePolicy",
    "ImageDigestMirrorSet",
    "ClusterImagePolicy",
}


_TLS_ROLLS_FROM = 23


@dataclass(frozen=True)
class Config:
    """`versioned` names tokens and tells nodes apart. `plain`, which UpdatingConfig compares, leaves out the version and, as the
    operator's does, what the configuration of the hosted cluster adds: what that rolls is told by no condition.
    """

    plain: str
    versioned: str
    problem: str = ""
    tuning_problem: str = ""


def evaluate(view: PoolView, version: str) -> Config:
    documents, problem = _documents(view, "config", "config")
    problem = problem or _kind_problem(documents) or _core_problem(view)
    tuning, tuning_problem = _documents(view, "tuningConfig", "tuning")
    tuning_problem = tuning_problem or _tuning_problem(tuning)
    plain = fingerprint(sorted(map(_text, [*documents, *filter(_rolls, tuning)])), _from_cluster(view), _core(view))
    return Config(plain, fingerprint(plain, version, _global(view, version)), problem, tuning_problem)


def _from_cluster(view: PoolView) -> Obj:
    """What of the hosted cluster rolls its nodes, and is told: names of the pull secret and the trust bundle, mirrors."""
    spec = view.cluster.spec
    return {
        "pullSecret": spec["pullSecret"]["name"],
        "additionalTrustBundle": (spec.get("additionalTrustBundle") or {}).get("name", ""),
        "imageContentSources": spec.get("imageContentSources") or [],
    }


def _core(view: PoolView) -> Obj:
    """What the operators put below the user's configuration: the SSH key, and HAProxy with its image and the address it leads to."""
    ssh = (view.store.get("ConfigMap", view.cpns, WORKER_SSH) or {}).get("data") or {}
    access = (view.cluster.spec["platform"].get("aws") or {}).get("endpointAccess")
    api_server = (view.cluster.spec.get("networking") or {}).get("apiServer") or {}
    return {
        "ssh": ssh.get("config", ""),
        "haproxy": str(view.annotations.get(HAPROXY_IMAGE, "")).strip(),
        "private": access in ("PublicAndPrivate", "Private"),
        "endpoint": [api_server.get("advertiseAddress"), api_server.get("port")],
        "stream": (view.spec.get("osImageStream") or {}).get("name", ""),
    }


def _global(view: PoolView, version: str) -> Obj:
    """What rolls as well: proxy, image, and from 4.23 the TLS profile."""
    configuration = view.cluster.spec.get("configuration") or {}
    found = {"proxy": configuration.get("proxy") or {}, "image": configuration.get("image") or {}}
    if Version(version).minor >= _TLS_ROLLS_FROM:
        found["tlsSecurityProfile"] = (configuration.get("apiServer") or {}).get("tlsSecurityProfile") or {}
    return found


def _documents(view: PoolView, field: str, key: str) -> tuple[list[Obj], str]:
    documents: list[Obj] = []
    for reference in view.spec.get(field) or []:
        name = reference["name"]
        found = view.store.get("ConfigMap", view.namespace, name)
        if found is None:
            return documents, f'configmaps "{name}" not found'
        text = (found.get("data") or {}).get(key)
        if not text:
            return documents, f'no manifest found in configmap "{name}" with key "{key}"'
        try:
            documents += [document for document in yaml.safe_load_all(text) if document]
        except yaml.YAMLError:
            return documents, f'configmap "{name}" failed validation: error decoding config: it is no YAML'
        if not all(isinstance(document, dict) for document in documents):
            return [], f'configmap "{name}" failed validation: error decoding config: it holds no object'
    return documents, ""


def _text(document: Obj) -> str:
    return str(yaml.safe_dump(document, sort_keys=True))


def _kind_problem(documents: list[Obj]) -> str:
    kinds = [str(document.get("kind")) for document in documents]
    unsupported = next((kind for kind in kinds if kind not in _CONFIG_KINDS), None)
    if unsupported:
        return f"unsupported config type: {unsupported}"
    return "only one KubeletConfig may be in effect for a NodePool" if kinds.count("KubeletConfig") > 1 else ""


def _core_problem(view: PoolView) -> str:
    expected = 4 if view.cluster.spec.get("imageContentSources") else 3
    found = [obj for obj in view.store.list("ConfigMap", view.cpns) if (obj["metadata"].get("labels") or {}).get(CORE_IGNITION) == "true"]
    return "" if len(found) >= expected else f"expected {expected} core ignition configs, found {len(found)}"


def _tuning_problem(documents: list[Obj]) -> str:
    kinds = [str(document.get("kind")) for document in documents]
    unsupported = next((kind for kind in kinds if kind not in ("Tuned", "PerformanceProfile")), None)
    if unsupported:
        return f"unsupported tuning config type: {unsupported}"
    return "there cannot be more than one PerformanceProfile per NodePool" if kinds.count("PerformanceProfile") > 1 else ""


def _rolls(document: Obj) -> bool:
    """Only what ends up in kernel arguments or the kubelet's configuration; sysctls apply to running nodes."""
    if document.get("kind") == "PerformanceProfile":
        return True
    profiles: list[Any] = (document.get("spec") or {}).get("profile") or []
    return any("[bootloader]" in str(profile.get("data", "")) for profile in profiles if isinstance(profile, dict))
