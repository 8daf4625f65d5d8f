# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The frame of a definition."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .schema import Rule, Schema, obj, required, text


@dataclass(frozen=True)
class Column:
    """What `kubectl get` shows; priority 1 and more only with -o wide."""

    name: str
    path: str
    type: str = "string"
    priority: int = 0

    def manifest(self) -> dict[str, Any]:
        found: dict[str, Any] = {"name": self.name, "type": self.type, "jsonPath": self.path}
        return found | ({"priority": self.priority} if self.priority else {})


AGE = Column("Age", ".metadata.creationTimestamp", "date")


def condition_column(name: str, type_: str, part: str = "status", priority: int = 0) -> Column:
    return Column(name, f'.status.conditions[?(@.type=="{type_}")].{part}', priority=priority)


@dataclass(frozen=True)
class Definition:
    """One kind in one version."""

    group: str
    version: str
    kind: str
    plural: str
    spec: Schema
    status: Schema | None = None
    short_names: Sequence[str] = ()
    categories: Sequence[str] = ()
    columns: Sequence[Column] = ()
    scale: Mapping[str, str] = field(default_factory=dict)
    rules: Sequence[Rule] = ()
    namespaced: bool = True
    needs_metadata: bool = False  # as definitions of older generators say it
    bare_status: bool = False  # the subresource is there, and the schema says nothing about it

    @property
    def file_name(self) -> str:
        return f"{self.plural}.{self.group}.yaml"

    def manifest(self) -> dict[str, Any]:
        names: dict[str, Any] = {
            "kind": self.kind,
            "listKind": f"{self.kind}List",
            "plural": self.plural,
            "singular": self.kind.lower(),
        }
        if self.short_names:
            names["shortNames"] = list(self.short_names)
        if self.categories:
            names["categories"] = list(self.categories)
        return {
            "apiVersion": "apiextensions.k8s.io/v1",
            "kind": "CustomResourceDefinition",
            "metadata": {"name": f"{self.plural}.{self.group}"},
            "spec": {
                "group": self.group,
                "names": names,
                "scope": "Namespaced" if self.namespaced else "Cluster",
                "versions": [self._version()],
            },
        }

    def _version(self) -> dict[str, Any]:
        fields = {"apiVersion": text(), "kind": text(), "metadata": required(obj()) if self.needs_metadata else obj(), "spec": self.spec}
        if self.status is not None:
            fields["status"] = self.status
        version: dict[str, Any] = {"name": self.version, "served": True, "storage": True}
        subresources: dict[str, Any] = {"status": {}} if self.status is not None or self.bare_status else {}
        if self.scale:
            subresources["scale"] = dict(self.scale)
        if subresources:
            version["subresources"] = subresources
        if self.columns:
            version["additionalPrinterColumns"] = [column.manifest() for column in self.columns]
        version["schema"] = {"openAPIV3Schema": obj(fields, rules=self.rules)}
        return version
