# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Tasks that carry secrets in every option that takes one: carried out, refused, rejected, and given by mistake."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from direct import IMAGE, SPEED, Obj
from playing import Task

from planted import Planted  # isort: skip

SLOW = "0.0000001"


@dataclass(frozen=True)
class Scene:
    """code: of the expected failure, empty for success, any for whatever Ansible itself says."""

    name: str
    task: Task
    code: str = ""
    unreachable: bool = False

    def named(self) -> Task:
        return {"name": self.name, **self.task, "ignore_errors": True}


def pull_secret(token: str) -> str:
    return json.dumps({"auths": {"registry.example.com": {"auth": token}}})


def _proxy(planted: Planted, place: str) -> Obj:
    return {"proxy": {"httpProxy": f"http://user:{planted(place)}@proxy.example.com:3128", "noProxy": "example.com"}}


def create(planted: Planted, name: str) -> Obj:
    """Options of a hosted cluster with a secret in each place that takes one."""
    return {
        "name": name, "namespace": name, "platform": "kubevirt", "release_image": IMAGE, "annotations": {SPEED: SLOW}, "wait": False,
        "pull_secret": {"content": pull_secret(planted("pull_secret.content"))},
        "ssh_key": {"content": f"ssh-ed25519 {planted('ssh_key.content')} tests"},
        "etcd_encryption": {"content": planted.marker("etcd_encryption.content").base64},
        "additional_trust_bundle": {"content": "-----BEGIN CERTIFICATE-----"},
        "kubevirt": {"infra_namespace": "vms", "infra_kubeconfig": {"content": f"token: {planted('kubevirt.infra_kubeconfig.content')}"}},
        "configuration": _proxy(planted, "configuration.proxy"),
        "node_pools": [{"name": name, "replicas": 1}],
    }  # fmt: skip


def _module(name: str, options: Obj) -> Task:
    return {f"hypershift.core.{name}": options}


def carried_out(planted: Planted, name: str) -> list[Scene]:
    """In this order: what the first makes, the next change."""
    base = create(planted, name)
    where = {"name": name, "namespace": name, "wait": False}
    changed = {**where, "pull_secret": {"content": pull_secret(planted("pull_secret.content, changed"))}}
    rekeyed = {**where, "ssh_key": {"content": planted("ssh_key.content, changed")}, "allow_rollout": True}
    proxied = {**where, "configuration": _proxy(planted, "configuration.proxy, changed"), "allow_rollout": True}
    by_spec = {**where, "spec": {"configuration": _proxy(planted, "spec.configuration.proxy")}, "allow_rollout": True}
    return [
        Scene("create", _module("hosted_cluster", base)),
        Scene("create again", _module("hosted_cluster", base)),
        Scene("foreign content is replaced", _module("hosted_cluster", rekeyed)),
        Scene("change pull secret", _module("hosted_cluster", changed)),
        Scene("change proxy", _module("hosted_cluster", proxied)),
        Scene("change proxy by spec", _module("hosted_cluster", by_spec)),
        Scene("read it raw", _module("hosted_cluster_info", {"name": [name], "namespace": name, "node_pools": True})),
        Scene("read pools raw", _module("nodepool_info", {"namespace": name})),
        Scene("inherit", _module("hosted_cluster", {**where, "pull_secret": {"inherit": True}})),
    ]  # fmt: skip


def refused(planted: Planted, name: str) -> list[Scene]:
    """Refusals of ours, rejections of the API server that echo what they were given, and slips of the user."""
    where = {"name": name, "namespace": name, "wait": False}
    other_key = {**where, "etcd_encryption": {"content": planted.marker("etcd_encryption.content, other").base64}}
    short_key = {**where, "etcd_encryption": {"content": planted("etcd_encryption.content, no key")}}
    loud = {**create(planted, f"{name}-loud"), "namespace": name, "pull_secret": {"content": pull_secret(planted("a rejected Secret"))}}
    mistaken = {**create(planted, f"{name}-new"), "namespace": name}
    twice = {**where, "configuration": _proxy(planted, "configuration.proxy, twice"),
             "spec": {"configuration": _proxy(planted, "spec.configuration.proxy, twice")}}  # fmt: skip
    echo = {**where, "configuration": _proxy(planted, "a rejected HostedCluster"), "labels": {"echo": "yes"}, "allow_rollout": True}
    bad = {**where, "configuration": {"proxy": {"httpProxy": {"url": f"http://user:{planted('a dict for a URL')}@example.com"}}}}
    return [
        Scene("another encryption key", _module("hosted_cluster", other_key), "encryption_key_differs"),
        Scene("no encryption key", _module("hosted_cluster", short_key), "invalid_option"),
        Scene("rejected Secret", _module("hosted_cluster", loud), "rejected"),
        Scene("rejected HostedCluster", _module("hosted_cluster", echo), "rejected"),
        Scene("proxy of a wrong kind", _module("hosted_cluster", {**bad, "allow_rollout": True}), "any"),
        Scene("given twice", _module("hosted_cluster", twice), "option_given_twice"),
        Scene("a text for a dict", _module("hosted_cluster", {**mistaken, "pull_secret": planted("pull_secret as text")}), "any"),
        Scene("a misspelt suboption", _module("hosted_cluster", {**mistaken, "pull_secret": {"contents": planted("pull_secret.contents")}}), "any"),
        Scene("a misspelt option", _module("hosted_cluster", {**mistaken, "pull_secrets": planted("pull_secrets")}), "any"),
        Scene("content and name", _module("hosted_cluster", {**mistaken, "ssh_key": {"content": planted("ssh_key, twice"), "inherit": True}}), "any"),
    ]  # fmt: skip


def connections(planted: Planted, server: str, ca: str, real: Obj) -> list[Scene]:
    """Secrets in the options and kubeconfigs by which the management cluster is reached."""
    host = {"host": server, "validate_certs": False, "namespace": "clusters"}
    address = server.removeprefix("https://")

    def config(user: Obj, **cluster: Any) -> Obj:
        clusters = [{"name": "c", "cluster": {"server": server, "certificate-authority-data": ca, **cluster}}]
        return {"apiVersion": "v1", "kind": "Config", "current-context": "x", "clusters": clusters, "users": [{"name": "u", "user": user}],
                "contexts": [{"name": "x", "context": {"cluster": "c", "user": "u"}}]}  # fmt: skip

    def info(name: str, options: Obj, code: str = "unauthorized") -> Scene:
        return Scene(name, _module("hosted_cluster_info", {"namespace": "clusters", **options}), code, code == "unreachable")

    through = f"http://user:{planted('proxy')}@127.0.0.1:9"
    headers = {"proxy_basic_auth": f"user:{planted('proxy_headers.proxy_basic_auth')}"}
    return [
        info("kubeconfig as dict", {"kubeconfig": real}, ""),
        info("api_key", {**host, "api_key": planted("api_key")}),
        info("password", {**host, "username": "user", "password": planted("password")}),
        info("token in a dict", {"kubeconfig": config({"token": planted("kubeconfig token")})}),
        info("password in a dict", {"kubeconfig": config({"username": "u", "password": planted("kubeconfig password")})}),
        info("key in a dict", {"kubeconfig": config({"client-certificate-data": "bm9uZQ==", "client-key-data": planted("kubeconfig key")})}, "any"),
        info("exec in a dict", {"kubeconfig": config({"exec": {"command": "/none", "args": [planted("kubeconfig exec")]}})}, "any"),
        info("proxy in a dict", {"kubeconfig": config({"token": "x"}, **{"proxy-url": f"http://u:{planted('proxy-url')}@127.0.0.1:9"})}, "unreachable"),
        info("proxy", {**host, "api_key": planted("api_key"), "proxy": through, "proxy_headers": headers}, "unreachable"),
        Scene("token of a hub in a dict", _module("upgrade_plan", {
            "campaign": "planted", "target": {"version": "4.20.4"}, "hubs": [{"name": "east", "namespace": "clusters", "kubeconfig": config({
                "token": planted("hubs[].kubeconfig token"), "password": planted("hubs[].kubeconfig password"),
                "exec": {"args": [planted("hubs[].kubeconfig exec")]}})}]}), "any"),
        info("password in host", {**host, "api_key": planted("api_key"), "host": f"https://user:{planted('host')}@{address}"}),
        info("password in an unreachable host", {**host, "api_key": "x", "host": f"https://user:{planted('host')}@127.0.0.1:9"}, "unreachable"),
    ]  # fmt: skip
