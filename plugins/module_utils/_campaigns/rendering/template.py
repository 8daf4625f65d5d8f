# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Template of the HTML report, rendered with autoescape."""

from __future__ import annotations

TEMPLATE = """\
{% macro state(name) %}<span class="s {{ name }}">\
<span aria-hidden="true">{{ states[name][0] }}</span> {{ states[name][1] }}</span>{% endmacro %}
{% macro cluster(row) %}{{ row.namespace }}/{{ row.name }} <span class="soft">on {{ row.hub }}</span>{% endmacro %}
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Upgrade campaign {{ report.campaign }}: {{ verdict[1] }}</title>
<style>{{ style | safe }}</style>
</head>
<body>
<header>
<div>
<h1>Upgrade campaign {{ report.campaign }}</h1>
<p>{{ report.headline }}</p>
<p class="soft">\
{% if report.started %}Began {{ report.started | clock }}, as of {{ report.as_of | clock }}, {{ report.seconds | span \
}}.\
{% else %}Nothing has begun yet.{% endif %} Plan <span class="digest">{{ report.digest }}</span></p>
</div>
<p class="badge {{ verdict[0] }}"><span aria-hidden="true">{{ states[verdict[0]][0] }}</span> {{ verdict[1] }}</p>
</header>
<main>
<svg class="share" viewBox="0 0 1000 14" preserveAspectRatio="none" aria-hidden="true">
{% for part in shares %}\
<rect class="{{ part.state }}" x="{{ part.x }}" y="0" width="{{ [part.w - 2, 1] | max }}" height="14"/>{% endfor %}
</svg>
<ul class="tiles">
{% for part in shares %}
<li><b>{{ part.number }}</b>{{ state(part.state) }}</li>
{% endfor %}
<li><b>{{ report.totals.nodes_done }} / {{ report.totals.nodes }}</b>nodes upgraded</li>
<li><b>{{ report.totals.steps_done }} / {{ report.totals.steps }}</b>steps done</li>
</ul>
{% if troubled %}
<h2>What needs a person</h2>
<div class="wide"><table>
<thead><tr><th scope="col">Hosted cluster</th><th scope="col">State</th><th scope="col">Wave</th>\
<th scope="col">Way</th>\
<th scope="col">Step</th><th scope="col">Cause</th><th scope="col">What to do</th></tr></thead>
<tbody>
{% for row in troubled %}
<tr><th scope="row">{{ cluster(row) }}</th><td>{{ state(row.state) }}</td><td class="nowrap">{{ row.wave or "" }}</td>\
<td class="nowrap">{{ row.from }} \u2192 {{ row.to }}</td>\
<td class="nowrap">{{ [row.position + 1, row.steps] | min }} of {{ row.steps }}</td>\
<td>{{ row.failure.cause | default("", true) or "The journal gives no cause." }}</td>\
<td>{{ row.failure.next_step | default("", true) or "Look at the cluster with hosted_cluster_info." }}</td></tr>
{% endfor %}
</tbody></table></div>
{% endif %}
{% if refused %}
<h2>Refused by the plan</h2>
<div class="wide"><table>
<thead><tr><th scope="col">Hosted cluster</th><th scope="col">Runs</th><th scope="col">Reason</th>\
<th scope="col">Remedy</th></tr></thead>
<tbody>
{% for row in refused %}{% for refusal in row.refusals %}
<tr>{% if loop.first %}<th scope="row" rowspan="{{ row.refusals | length }}">{{ cluster(row) }}</th>\
<td class="nowrap" rowspan="{{ row.refusals | length }}">{{ row.version or row.from or "\u2013" }}</td>{% endif %}\
<td>{{ refusal.cause | default("", true) }}</td><td>{{ refusal.next_step | default("", true) }}</td></tr>
{% endfor %}{% endfor %}
</tbody></table></div>
{% endif %}
<div class="pair">
<section>
<h2>Waves</h2>
<div class="wide"><table>
<thead><tr><th scope="col">Wave</th><th scope="col">States</th><th scope="col">Began</th>\
<th scope="col" class="n">Took</th></tr></thead>
<tbody>
{% for wave in report.waves %}
<tr><th scope="row">{{ wave.name }}{% if wave.after %} <span class="soft">after {{ wave.after | join(", ") }}</span>\
{% endif %}</th>\
<td>{% for name, number in wave.counts.items() %}\
<span class="nowrap">{{ number }} {{ state(name) }}{{ "," if not loop.last }}</span> {% endfor %}</td>\
<td class="nowrap">{{ wave.started | clock }}</td><td class="n">{{ wave.seconds | span }}</td></tr>
{% endfor %}
</tbody></table></div>
</section>
<section>
<h2>Durations</h2>
<div class="wide"><table>
<thead><tr><th scope="col">Upgrade of</th><th scope="col" class="n">Number</th><th scope="col" class="n">Median</th>\
<th scope="col" class="n">95 %</th><th scope="col" class="n">Longest</th></tr></thead>
<tbody>
{% for key, title in [("control_plane", "Control plane"), ("node_pools", "Node pools"), ("cluster", "Hosted \
cluster")] %}
{% set of = report.durations[key] %}
<tr><th scope="row">{{ title }}</th><td class="n">{{ of.count }}</td><td class="n">{{ of.p50 | span }}</td>\
<td class="n">{{ of.p95 | span }}</td>\
<td class="n">{{ of.max | span }}</td></tr>
{% endfor %}
</tbody></table></div>
</section>
</div>
{% if scale.used %}
<h2 class="paper-page">Timeline</h2>
<ul class="legend">
<li><span class="key cp"></span>control plane (upper half)</li><li><span class="key np">\
</span>node pools (lower half)</li>
<li><span class="key cp open"></span>not ended</li><li><span class="key mark"></span>failed or stopped here</li>
</ul>
<svg width="0" height="0" style="position:absolute" aria-hidden="true"><defs><g id="g">\
{% for x, label in scale.ticks %}<path class="grid" d="M{{ x }} 0V14"/>{% endfor %}</g></defs></svg>
<div class="wide"><table class="time">
<thead><tr><th scope="col">Hosted cluster</th><th scope="col" class="line"><div class="axis">\
{% for x, label in scale.ticks %}<span style="left:{{ x / 10 }}%">{{ label }}</span>{% endfor %}</div></th>\
<th scope="col" class="n">Took</th><th scope="col">State</th></tr></thead>
{% for wave in waves if wave.rows %}
<tbody>
<tr class="group"><th scope="rowgroup" colspan="4">Wave {{ wave.name }}</th></tr>
{% for row in wave.rows %}
<tr><th scope="row">{{ cluster(row) }}</th><td class="line">\
<svg viewBox="0 0 1000 14" preserveAspectRatio="none" role="img" aria-label="{{ row.told }}">\
<use href="#g"/>{% for bar in row.bars %}\
<rect class="{{ bar.class }}" x="{{ bar.x }}" y="{{ bar.y }}" width="{{ bar.w }}" height="5"/>{% endfor %}\
{% if row.state in ("failed", "stopped") and row.end is not none %}\
<rect class="mark" x="{{ [row.end, 996] | min }}" y="0" width="4" height="14"/>{% endif %}\
</svg></td><td class="n">{{ row.seconds | span }}</td><td>{{ state(row.state) }}</td></tr>
{% endfor %}
</tbody>
{% endfor %}
</table></div>
{% endif %}
<h2 class="paper-page">All hosted clusters</h2>
<div class="wide"><table>
<thead><tr><th scope="col">Hosted cluster</th><th scope="col">State</th><th scope="col">Wave</th>\
<th scope="col">Way</th><th scope="col">Runs</th>\
<th scope="col" class="n">Nodes</th><th scope="col">Began</th><th scope="col" class="n">Took</th>\
<th scope="col">Notes</th></tr></thead>
<tbody>
{% for row in rows %}
<tr><th scope="row">{{ cluster(row) }}</th><td>{{ state(row.state) }}</td><td class="nowrap">{{ row.wave or "" }}</td>\
<td class="nowrap">\
{% if row.to and row.to != row.from %}{{ row.from }} \u2192 {{ row.to }}{% else %}{{ row.from or "" }}{% endif %}</td>\
<td class="nowrap">{{ row.version }}</td><td class="n">{{ row.nodes if row.nodes is not none else "" }}</td>\
<td class="nowrap">{{ row.started | clock }}</td><td class="n">{{ row.seconds | span }}</td>\
<td>{{ row.warnings | join(" ") }}</td></tr>
{% else %}
<tr><td colspan="9">The plan has no hosted clusters.</td></tr>
{% endfor %}
</tbody></table></div>
</main>
<footer>Times are UTC. Control planes are dated by the version history of their HostedCluster, node pools by the \
campaign's journal.</footer>
</body>
</html>
"""
