# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Nothing acts on a plan of which no digest was approved, whatever the plan says of itself."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.hypershift.core.plugins.module_utils._ansible.options.campaign import approved_plan, plan_to_look_at
from ansible_collections.hypershift.core.plugins.module_utils._campaigns.plan import digest_of
from ansible_collections.hypershift.core.plugins.module_utils._kernel.errors import OptionError

from campaigns.builders import entry, plan


def forged() -> dict[str, Any]:
    """Another image, and a digest that fits it."""
    made = plan([entry("a", "w", 0)], [{"name": "w"}])
    for step in made["clusters"][0]["steps"]:
        step["image"] = "registry.example.com/not-ours:1"
    return {**made, "digest": digest_of(made)}


@pytest.mark.parametrize("digest", [None, "", " ", "sha256:", "true", "sha256:" + "0" * 64])
def test_what_acts_needs_the_approved_digest(digest: str | None) -> None:
    with pytest.raises(OptionError) as caught:
        approved_plan({"plan": forged(), "digest": digest})
    assert caught.value.failure.code == "plan_not_approved" and caught.value.failure.next_step


def test_what_only_looks_does_without_but_takes_no_malformed_one() -> None:
    made = forged()
    assert plan_to_look_at({"plan": made}) is made
    with pytest.raises(OptionError, match="the digest is empty"):
        plan_to_look_at({"plan": made, "digest": ""})
