# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Style of the HTML report: light and dark screens, paper, contrast of at least 4.5 to 1 for text."""

from __future__ import annotations

STYLE = """
:root { color-scheme: light; --ink: #1b1f24; --soft: #57606a; --paper: #fff; --card: #f6f8fa; --line: #d0d7de;
  --track: #e7ebef;
  --cp: #2f63b8; --np: #c2620a; --failed: #b3261e; --stopped: #8f3f97; --unknown: #6b5b00; --gone: #57606a;
    --running: #2f63b8;
  --pending: #57606a; --done: #1a6b34; --refused: #8a5300; --up_to_date: #46606f; }
@media screen and (prefers-color-scheme: dark) {
  :root { color-scheme: dark; --ink: #e6e9ec; --soft: #a5adb6; --paper: #14171b; --card: #1d2228; --line: #3a424b;
    --track: #2a3038;
    --cp: #7fadff; --np: #ffae66; --failed: #ff8f86; --stopped: #dca0e2; --unknown: #e3c94a; --gone: #a5adb6;
      --running: #7fadff;
    --pending: #a5adb6; --done: #7fd29b; --refused: #f0b35c; --up_to_date: #9db8c7; } }
* { box-sizing: border-box; }
body { font: 15px/1.45 system-ui, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; color: var(--ink);
  background: var(--paper);
  margin: 0 auto; max-width: 80rem; padding: 1.5rem 1.25rem 3rem; }
h1 { font-size: 1.7rem; margin: 0 0 .25rem; overflow-wrap: anywhere; }
h2 { font-size: 1.15rem; margin: 2rem 0 .5rem; padding-bottom: .25rem; border-bottom: 2px solid var(--line); }
p { margin: .4rem 0; }
header { display: flex; gap: .5rem 2rem; align-items: flex-start; justify-content: space-between; }
.badge { display: inline-block; font-size: 1.15rem; font-weight: 700;
  padding: .3rem .9rem; border: 2px solid currentColor; border-radius: .5rem; white-space: nowrap; }
.soft { color: var(--soft); }
code, .digest { font-family: ui-monospace, "DejaVu Sans Mono", monospace; font-size: .85em; overflow-wrap: anywhere; }
.tiles { display: flex; flex-wrap: wrap; gap: .6rem; margin: 1rem 0; padding: 0; list-style: none; }
.tiles li { background: var(--card); border: 1px solid var(--line); border-radius: .5rem; padding: .5rem .9rem;
  min-width: 7.5rem; }
.tiles b { display: block; font-size: 1.35rem; font-variant-numeric: tabular-nums; }
.share { display: block; width: 100%; height: 14px; }
.legend { display: flex; flex-wrap: wrap; gap: .2rem 1.2rem; padding: 0; margin: .4rem 0; list-style: none; }
.key { display: inline-block; width: 1.1rem; height: .55rem; margin-right: .4rem; }
.key.cp { background: var(--cp); } .key.np { background: var(--np); } .key.open { opacity: .5; }
.key.mark { background: var(--failed); width: .3rem; }
.s { font-weight: 600; white-space: nowrap; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
caption { text-align: left; color: var(--soft); padding: .2rem 0; }
th .soft { font-weight: normal; }
th, td { border-bottom: 1px solid var(--line); padding: .3rem .6rem; text-align: left; vertical-align: top;
  font-weight: normal; overflow-wrap: anywhere; }
thead th { font-weight: 600; white-space: nowrap; border-bottom-width: 2px; vertical-align: bottom; }
tbody th { font-weight: 600; min-width: 11rem; }
.pair { display: grid; grid-template-columns: 5fr 4fr; gap: 0 2.5rem; }
.pair tbody th { min-width: 0; }
.group th { background: var(--card); padding-top: .5rem; }
.n { text-align: right; white-space: nowrap; }
.nowrap { white-space: nowrap; }
.time th, .time td { padding-top: .12rem; padding-bottom: .12rem; vertical-align: middle; border-bottom: 0; }
.time tbody th { font-weight: normal; width: 17rem; }
.time .line { width: auto; min-width: 18rem; padding-left: 0; padding-right: 0; }
.time svg { display: block; width: 100%; height: 14px; background: var(--track); }
.time .axis { height: 1.2rem; position: relative; font-weight: normal; color: var(--soft); font-size: .8rem; }
.axis span { position: absolute; transform: translateX(-50%); white-space: nowrap; }
.cp { fill: var(--cp); } .np { fill: var(--np); } .open { opacity: .5; } .mark { fill: var(--failed); }
.grid { stroke: var(--line); stroke-width: 1; vector-effect: non-scaling-stroke; }
.failed { color: var(--failed); fill: var(--failed); } .stopped { color: var(--stopped); fill: var(--stopped); }
.unknown { color: var(--unknown); fill: var(--unknown); } .gone { color: var(--gone); fill: var(--gone); }
.running { color: var(--running); fill: var(--running); } .pending { color: var(--pending); fill: var(--pending); }
.done { color: var(--done); fill: var(--done); } .refused { color: var(--refused); fill: var(--refused); }
.up_to_date { color: var(--up_to_date); fill: var(--up_to_date); }
footer { margin-top: 2rem; color: var(--soft); font-size: .85rem; }
@media screen and (max-width: 64rem) { .pair { display: block; } header { flex-wrap: wrap; } }
@page { size: A4 landscape; margin: 12mm; }
@media print {
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  body { font-size: 10.5px; max-width: none; padding: 0; }
  h2 { break-after: avoid; margin-top: 1.1rem; } tr, .tiles li, header { break-inside: avoid; }
  thead { display: table-header-group; }
  .group { break-after: avoid; } .paper-page { break-before: page; margin-top: 0; } .wide { overflow: visible; }
  .time svg { height: 10px; }
}
"""
