# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Options of roles may be text, as the command line gives them: what a role itself does with them goes through a conversion.

Handing an option over to a module as it is needs none, since modules convert. Options inside of options are not looked at.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar
from jinja2 import Environment, nodes

try:
    from ansible.template import trust_as_template
except ImportError:  # before 2.19 all text is a template

    def trust_as_template(value: str) -> str:
        return value


ROOT = Path(__file__).resolve().parents[3]
LOOKED_AT = ("roles/*/tasks/*.yml", "roles/*/vars/*.yml", "roles/*/handlers/*.yml", "roles/*/templates/*.j2", "playbooks/*.yml")
CONDITIONS = {"when", "changed_when", "failed_when", "until", "that", "break_when"}
# What is set there is read by templates and filters, which convert nothing.
KEPT = {"vars", "set_fact", "ansible.builtin.set_fact"}
WORDS = "words"
Kinds = dict[str, str]


@cache
def kinds() -> Kinds:
    """Option -> bool, int, float, or words: a list that may come as one comma separated text."""
    found = {}
    for file in ROOT.glob("roles/*/meta/argument_specs.yml"):
        for entry in yaml.safe_load(file.read_text())["argument_specs"].values():
            for name, option in entry.get("options", {}).items():
                if option["type"] in ("bool", "int", "float"):
                    found[name] = option["type"]
                elif option["type"] == "list" and option["elements"] in ("str", "path"):
                    found[name] = WORDS
    return found


def expressions(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Each text with the keys that lead to it; conditions as templates."""
    if isinstance(value, dict):
        for key, one in value.items():
            yield from expressions(one, (*path, str(key)))
    elif isinstance(value, list):
        for one in value:
            yield from expressions(one, path)
    elif isinstance(value, str):
        yield f"{{{{ {value} }}}}" if path and path[-1] in CONDITIONS and "{{" not in value else value, path


def uses(node: nodes.Node, above: tuple[nodes.Node, ...] = ()) -> Iterator[tuple[str, list[nodes.Node]]]:
    """Each variable with itself and the nodes around it, innermost first."""
    if isinstance(node, nodes.Name):
        yield node.name, [node, *reversed(above)]
    for child in node.iter_child_nodes():
        yield from uses(child, (*above, node))


def is_converted(kind: str, around: list[nodes.Node], *, handing_over: bool) -> bool:
    for inner, node in pairwise(around):
        if isinstance(node, nodes.Filter) and node.name in ("default", "d"):
            continue
        if isinstance(node, nodes.CondExpr) and inner is not node.test:
            continue
        if isinstance(node, nodes.Output):
            return handing_over
        if isinstance(node, nodes.Test):
            return node.name in ("defined", "undefined")
        if kind == WORDS:
            # Only whether there is any is the same for a text and a list.
            return isinstance(node, nodes.Not | nodes.If | nodes.CondExpr) or (isinstance(node, nodes.Filter) and node.name == "length")
        return isinstance(node, nodes.Filter) and node.name == kind
    return False


def faults(value: Any, options: Kinds, *, kept: bool = False) -> list[str]:
    """kept: a file of variables."""
    found = []
    for text, path in expressions(value):
        handing_over = not (kept or KEPT & set(path) or (path and path[-1] in CONDITIONS))
        all_uses = list(uses(Environment(extensions=["jinja2.ext.do"]).parse(text))) if re.search(r"{[{%]", text) else []
        told_apart = {name for name, around in all_uses if isinstance(around[1], nodes.Test) and around[1].name == "string"}
        for name, around in all_uses:
            kind = options.get(name, "")
            if not kind or (kind == WORDS and name in told_apart):
                continue
            looped = kind == WORDS and bool(path) and path[-1] == "loop"
            if not is_converted(kind, around, handing_over=handing_over and not looped):
                found.append(f"{'.'.join(path[-2:])}: {name} is used as {kind}, but may be text: {' '.join(text.split())}")
    return found


@pytest.mark.parametrize("file", sorted(str(one.relative_to(ROOT)) for pattern in LOOKED_AT for one in ROOT.glob(pattern)))
def test_options_are_converted_where_a_role_works_with_them(file: str) -> None:
    assert faults((ROOT / file).read_text() if file.endswith(".j2") else read(file), kinds(), kept="/vars/" in file) == []


def test_all_kinds_are_found() -> None:
    assert {*kinds().values()} >= {"bool", "int", WORDS}


SAMPLE = {"on": "bool", "secs": "int", "zones": WORDS}


@pytest.mark.parametrize(
    "value",
    [
        {"when": "on"},
        {"when": ["x", "not on"]},
        {"when": "x or on"},
        {"when": "on | default(false)"},
        {"changed_when": ["on"]},
        {"m": {"state": "{{ 'a' if on else 'b' }}"}},
        {"m": {"flags": "{{ {'off': not on} if on is defined else {} }}"}},
        {"vars": {"__inputs": {"on": "{{ on }}"}}},
        {"ansible.builtin.set_fact": {"result": "{{ on }}"}},
        {"msg": "{% if on %}a{% endif %}"},
        {"when": "(on or x) | bool"},
        {"retries": "{{ [secs // 10, 1] | max }}"},
        {"wait_timeout": "{{ [secs, 600] | min }}"},
        {"when": "took <= secs"},
        {"when": "secs > 0"},
        {"msg": "{{ secs ~ ' s' if secs | int else 'none' }}"},
        {"loop": "{{ zones }}"},
        {"vars": {"__zones": "{{ zones }}"}},
        {"msg": "{% for one in zones %}{{ one }}{% endfor %}"},
        {"when": "'a' in zones"},
    ],
)
def test_what_is_refused(value: dict[str, Any]) -> None:
    assert faults(value, SAMPLE)


@pytest.mark.parametrize(
    "value",
    [
        {"when": "on | bool"},
        {"when": "x or not on | default(false) | bool"},
        {"when": "on is defined and on | bool"},
        {"m": {"state": "{{ 'on' if on | bool else 'off' }}", "names": "{{ zones if zones | length > 0 else omit }}"}},
        {"m": {"on": "{{ on }}", "secs": "{{ secs | default(omit) }}", "zones": "{{ zones }}"}},
        {"msg": "more than {{ secs }} s, run with on=true"},
        {"retries": "{{ [secs | int // 10, 1] | max }}"},
        {"when": ["zones | length > 0", "not zones"]},
        {"loop": "{{ zones.split(',') if zones is string else zones }}"},
    ],
)
def test_what_is_allowed(value: dict[str, Any]) -> None:
    assert faults(value, SAMPLE) == []


def rendered(template: str, **variables: Any) -> Any:
    return Templar(loader=DataLoader(), variables=variables).template(trust_as_template(template))


def read(file: str) -> Any:
    return yaml.safe_load((ROOT / file).read_text())


@pytest.mark.parametrize(("text", "means"), [("false", False), ("true", True), ("False", False), ("no", False), ("1", True)])
def test_a_text_of_the_command_line_means_what_it_says(text: str, means: bool) -> None:
    tasks = read("roles/hypershift_addon/tasks/present.yml")
    variable = next(task["vars"] for task in tasks if "vars" in task)["__hypershift_addon_import_variable"]
    assert rendered(variable, hypershift_addon_auto_import=text) == {"autoImportDisabled": not means}
    inputs = read("roles/aws_platform/vars/main.yml")["__aws_platform_wanted"]
    assert rendered(inputs["karpenter"], aws_platform_karpenter=text) is means


@pytest.mark.parametrize(
    ("given", "zones"),
    [("us-east-2a", ["us-east-2a"]), ("us-east-2a, us-east-2b", ["us-east-2a", "us-east-2b"]), ("", []), (["us-east-2a"], ["us-east-2a"])],
)
def test_zones_may_be_one_text(given: Any, zones: list[str]) -> None:
    inputs = read("roles/aws_platform/vars/main.yml")["__aws_platform_wanted"]
    assert rendered(inputs["zones"], aws_platform_zones=given) == zones
