import { slug } from './page-glyphs.ts';
import { WORST_FIRST } from './verdicts.ts';

/** The stylesheet: light and dark, for wide screens, phones and print. */
export const STYLE = `
:root {
  --paper: #faf9f6; --card: #fff; --ink: #1e2328; --soft: #59616b; --line: #e2dfd8; --faint: #f1efe9; --link: #1d5a9e;
  --ok: #1d7449; --ok-soft: #ddf0e4;
  --loose: #825300; --loose-soft: #faedcf;
  --failed: #b02a1d; --failed-soft: #fbe3df;
  --dangerous: #8d1142; --on-dangerous: #fff;
  --mute: #5d656f; --mute-soft: #eceae5;
  --shadow: 0 1px 2px #1e23280d, 0 2px 8px #1e23280a;
  color-scheme: light dark;
}
@media screen and (prefers-color-scheme: dark) {
  :root {
    --paper: #14171a; --card: #1b1f23; --ink: #e7e5e0; --soft: #a3aab3; --line: #30363c; --faint: #20252a; --link: #8cbcf0;
    --ok: #74cc9b; --ok-soft: #193326;
    --loose: #e8ba62; --loose-soft: #382c12;
    --failed: #ff9587; --failed-soft: #45201b;
    --dangerous: #ff7aa6; --on-dangerous: #2b0312;
    --mute: #a3aab3; --mute-soft: #272c31;
    --shadow: none;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; background: var(--paper); color: var(--ink); line-height: 1.5; -webkit-text-size-adjust: 100%;
  font-family: system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif;
}
main { max-width: 74rem; margin: 0 auto; padding: 2.5rem 1.5rem 5rem; }
h1, h2, h3, p, ul, dl, dd, fieldset { margin: 0; padding: 0; border: 0; }
h1 { font-size: 1.75rem; line-height: 1.2; letter-spacing: -.015em; overflow-wrap: anywhere; }
ul { list-style: none; }
code, .id, .transcript { font-family: ui-monospace, "SF Mono", "Cascadia Mono", "DejaVu Sans Mono", Menlo, monospace; }
code { font-size: .92em; }
a { color: var(--link); }
button { font: inherit; color: inherit; }
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
.unseeable { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.on-paper { display: none; }
.glyph {
  width: 1em; height: 1em; flex: none; vertical-align: -.12em;
  fill: none; stroke: currentColor; stroke-width: 2; stroke-linecap: round; stroke-linejoin: round;
}
.sprite { position: absolute; width: 0; height: 0; }
.hole { stroke: var(--card); stroke-width: 1.7; }
.tag {
  display: inline-block; min-width: 1.5em; padding: 0 .35em; border-radius: .3em; text-align: center;
  background: var(--ink); color: var(--paper); font-size: .8em; font-weight: 600; line-height: 1.5;
}
.dangerous { color: var(--dangerous); } .failed { color: var(--failed); } .loose { color: var(--loose); }
.ok { color: var(--ok); } .not-testable, .absent { color: var(--mute); }

.intro p { margin-top: .5rem; color: var(--soft); }
.intro details { margin-top: .5rem; }
.intro summary { width: fit-content; color: var(--link); cursor: pointer; }
.intro dl {
  display: grid; grid-template-columns: max-content 1fr; gap: .4rem .9rem; align-items: center;
  margin-top: .75rem; max-width: 46rem;
}
@media (max-width: 30rem) {
  .intro dl { grid-template-columns: 1fr; justify-items: start; gap: .1rem; }
  .intro dd { margin-bottom: .6rem; }
}

.summary { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(17rem, 100%), 1fr)); gap: 1rem; margin: 1.75rem 0 2rem; }
.card { display: flex; flex-direction: column; padding: 1.1rem 1.25rem; border: 1px solid var(--line); border-radius: .75rem;
  background: var(--card); box-shadow: var(--shadow); min-width: 0; max-width: 34rem; }
.summary.alone .card { max-width: none; }
@media (min-width: 44.01rem) {
  .summary.alone .counts { display: flex; flex-wrap: wrap; gap: .5rem 2.5rem; align-items: start; }
  .summary.alone .counts li { max-width: 15rem; }
  .summary.alone .counts b { min-width: 0; }
  .summary.alone .weights { padding-left: 1.45rem; }
}
.card h2 { font-size: .95rem; font-weight: 600; color: var(--soft); overflow-wrap: anywhere; }
.outcome { display: flex; align-items: center; gap: .45rem; margin: .15rem 0 .8rem; font-size: 1.35rem; font-weight: 650; letter-spacing: -.01em; }
.bar { display: block; width: 100%; height: .5rem; border-radius: .25rem; background: var(--mute-soft); }
.bar rect { fill: currentColor; }
.bar .not-testable { opacity: .45; }
.counts { display: grid; gap: .2rem; margin: .9rem 0; font-variant-numeric: tabular-nums; }
.counts li { display: flex; flex-wrap: wrap; align-items: baseline; column-gap: .45rem; }
.counts .glyph { align-self: center; }
.counts b { min-width: 2.2em; text-align: right; color: var(--ink); }
.counts .none, .counts .none b { color: var(--mute); font-weight: 400; }
.weights span { white-space: nowrap; }
.weights { flex-basis: 100%; padding-left: 4.1rem; margin-top: -.15em; color: var(--soft); font-size: .85rem; }
.about { margin-top: auto; color: var(--soft); font-size: .85rem; }

.causes { margin: 0 0 2rem; }
.causes h2 { font-size: 1.05rem; margin-bottom: .5rem; }
.causes ol { display: grid; gap: .55rem; padding: 0; list-style: none; }
.causes li { display: grid; grid-template-columns: 8.5rem 1fr max-content; gap: .1rem .8rem; align-items: baseline; }
.causes .why { overflow-wrap: anywhere; min-width: 0; }
.causes .count { color: var(--soft); font-size: .85rem; }
.causes .ids { grid-column: 2 / -1; display: flex; flex-wrap: wrap; gap: .1rem .6rem; font-size: .8rem; }
.causes .ids button { border: 0; padding: .15rem 0; background: none; color: var(--soft); font: inherit; cursor: pointer;
  text-decoration: underline; overflow-wrap: anywhere; text-align: left; }
@media (max-width: 30rem) { .causes li { grid-template-columns: 1fr; } .causes .ids { grid-column: 1; } }

.filters { display: flex; flex-wrap: wrap; gap: .75rem 1rem; align-items: center; }
.filters fieldset { display: flex; flex-wrap: wrap; gap: .5rem .6rem; align-items: center; width: 100%; min-width: 0; }
.filters legend { float: left; padding: 0; margin-right: .1rem; color: var(--soft); font-size: .9rem; }
.chip { position: relative; display: inline-flex; cursor: pointer; }
.chip input { position: absolute; inset: 0; margin: 0; opacity: 0; cursor: pointer; }
.chip > span {
  display: flex; align-items: center; gap: .4rem; padding: .3rem .75rem; border: 1px solid var(--line); border-radius: 2rem;
  color: var(--soft); font-size: .9rem; background: transparent;
}
.chip b { font-weight: 600; font-variant-numeric: tabular-nums; }
.chip :checked + span { border-color: var(--soft); background: var(--card); color: var(--ink); }
.chip :not(:checked) + span { border-style: dashed; }
.chip :not(:checked) + span .mark { opacity: .55; }
.chip :focus-visible + span { outline: 2px solid var(--link); outline-offset: 2px; }
.find { display: flex; align-items: center; gap: .6rem; color: var(--soft); font-size: .9rem; }
.find[hidden] { display: none; }
.find input {
  width: 20rem; padding: .35rem .75rem; border: 1px solid var(--soft); border-radius: .5rem;
  font: inherit; color: var(--ink); background: var(--card);
}
.find input::placeholder { color: var(--soft); opacity: 1; }
nav ul { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; margin-top: 1rem; font-size: .9rem; }
nav b { font-weight: 400; color: var(--soft); font-variant-numeric: tabular-nums; }
.status { min-height: 1.5rem; margin-top: .5rem; color: var(--soft); font-size: .9rem; }

.family { margin-top: 1.25rem; scroll-margin-top: 1rem; }
.family h2 { display: flex; align-items: center; gap: .6rem; margin-bottom: .6rem; font-size: 1.2rem; letter-spacing: -.01em; }
.letters { padding: 0 .45rem; border: 1px solid var(--line); border-radius: .3rem; color: var(--soft); font-size: .8rem; font-weight: 500; }
.scroll { position: relative; overflow-x: auto; border: 1px solid var(--line); border-radius: .75rem; background: var(--card); box-shadow: var(--shadow); }
.scroll table { width: 100%; border-collapse: separate; border-spacing: 0; }
.scroll th, .scroll td { padding: .4rem .6rem; text-align: left; vertical-align: middle; font-weight: 400; }
.scroll thead th { vertical-align: bottom; border-bottom: 1px solid var(--line); color: var(--soft); font-size: .85rem; background: var(--card); }
.scroll thead th:not(.case) { width: 10.5rem; min-width: 8.5rem; max-width: 11rem; }
.head { display: flex; align-items: flex-end; gap: .4rem; }
.head .name {
  display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 3; overflow: hidden; min-width: 0; overflow-wrap: anywhere;
}
.scroll tbody tr > * { border-top: 1px solid var(--faint); }
.scroll tbody tr.first > * { border-top-color: var(--line); }
.scroll tbody tr:first-child > * { border-top: 0; }
.scroll .case { position: sticky; left: 0; z-index: 1; min-width: 20rem; line-height: 1.35; padding-left: 1.1rem; background: var(--card); }
.scroll thead .case { z-index: 2; border-top-left-radius: .7rem; }
.scroll thead th:last-child { border-top-right-radius: .7rem; }
.scroll tbody tr:last-child > :first-child { border-bottom-left-radius: .7rem; }
.scroll tbody tr:hover > * { background: var(--faint); }
.id { font-size: .8rem; line-height: 1.3; overflow-wrap: anywhere; }
.id b { font-weight: 700; }
.severity { margin-left: .2rem; color: var(--soft); font-size: .78rem; line-height: 1.3; }
.title { display: block; overflow-wrap: anywhere; line-height: 1.35; font-size: .95rem; }
.title::first-letter, .panel h3::first-letter, .panel dd:not(.why)::first-letter { text-transform: uppercase; }
.cell {
  display: inline-flex; align-items: center; gap: .4rem; width: fit-content; padding: .22rem .6rem; border: 1px solid transparent;
  border-radius: .45rem; background: none; text-align: left; white-space: nowrap; font-size: .9rem;
}
button.cell { cursor: pointer; }
button.cell:hover { border-color: currentColor; }
.cell.failed { background: var(--failed-soft); font-weight: 600; }
.cell.loose { background: var(--loose-soft); }
.cell.dangerous { background: var(--dangerous); color: var(--on-dangerous); font-weight: 650; }
.cell.dangerous .glyph { --card: var(--dangerous); }
@media (min-width: 60rem) {
  .scroll.few { overflow: visible; }
  .scroll.few thead th { position: sticky; top: 0; z-index: 2; }
  .scroll.few thead .case { z-index: 3; }
}
@media (max-width: 44rem) {
  main { padding: 1.5rem .75rem 4rem; }
  h1 { font-size: 1.45rem; }
  .find { width: 100%; }
  .find input { flex: 1; min-width: 0; }
  .scroll .case { min-width: 10rem; padding-left: .75rem; border-right: 1px solid var(--line); }
  .scroll table.alone .case { border-right: 0; }
  .scroll th, .scroll td { padding: .45rem .4rem; }
  .scroll thead th:not(.case) { width: 3.4rem; min-width: 3.4rem; }
  .head { justify-content: center; }
  .scroll table:not(.alone) .severity { display: block; margin-left: 0; }
  .head .name, td .cell .word { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  .scroll thead th:not(.case), .scroll td { text-align: center; }
  .scroll table.alone thead th:not(.case) { font-size: .75rem; }
  td .cell { justify-content: center; min-width: 2.75rem; min-height: 2.75rem; font-size: 1.05rem; }
  .title { font-size: .9rem; }
}
@supports selector(:has(a)) {
  .family, .family tbody tr { display: none; }
  VISIBLE_ROWS
  :root:has(#differing:checked) .family tbody tr.same { display: none; }
}
.family .unfound, .family.unfound { display: none !important; }

.panel {
  position: fixed; inset: 0 0 0 auto; width: min(46rem, 100%); height: 100dvh; max-height: none; margin: 0; padding: 0 1.75rem 3rem; overflow: auto;
  overscroll-behavior: contain; border: 0; border-left: 1px solid var(--line); background: var(--card); color: var(--ink); outline: none;
}
.panel::backdrop { background: #0d101466; }
.panel header {
  position: sticky; top: 0; display: flex; align-items: center; gap: .6rem; margin: 0 -1.75rem; padding: .9rem 1.75rem;
  border-bottom: 1px solid var(--line); background: var(--card);
}
.panel .server { display: flex; align-items: flex-start; gap: .35rem; }
.panel .where { flex: 1; min-width: 0; color: var(--soft); font-size: .85rem; line-height: 1.35; overflow-wrap: anywhere; }
.panel .where .name {
  display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 2; overflow: hidden; overflow-wrap: anywhere;
}
.panel .where .id { display: block; color: var(--ink); }
.panel header button {
  padding: .3rem .75rem; border: 1px solid var(--line); border-radius: .5rem; background: var(--card); cursor: pointer; font-size: .9rem;
}
.panel header button:hover { border-color: var(--soft); }
.panel h3 { margin: 1.4rem 0 1.2rem; font-size: 1.2rem; line-height: 1.35; letter-spacing: -.01em; overflow-wrap: anywhere; }
.panel dl { display: grid; grid-template-columns: 6.5rem 1fr; gap: .55rem 1rem; }
.panel dt { color: var(--soft); font-size: .9rem; }
.panel dd { min-width: 0; overflow-wrap: anywhere; white-space: pre-wrap; }
.panel dd.why { font-weight: 600; }
.nothing { margin-top: 1.5rem; color: var(--soft); font-size: .9rem; }
.transcript { width: 100%; margin-top: 1.75rem; border-collapse: collapse; font-size: .8rem; line-height: 1.45; }
.transcript caption { padding-bottom: .5rem; text-align: left; font-family: system-ui, sans-serif; font-size: .95rem; font-weight: 600; }
.transcript caption span { display: block; color: var(--soft); font-weight: 400; font-size: .8rem; }
.transcript td { padding: .3rem .5rem; border-top: 1px solid var(--line); vertical-align: top; text-align: left; }
.transcript .at, .transcript .how { width: 1%; padding-left: 0; color: var(--soft); text-align: right; white-space: nowrap; }
.transcript .who { width: 1%; min-width: 5rem; max-width: 9rem; overflow-wrap: anywhere; }
.transcript .what { overflow-wrap: anywhere; }
.transcript .what span { white-space: pre-wrap; overflow-wrap: anywhere; }
.transcript .noted .what { color: var(--soft); font-style: italic; }
.transcript .heard td { background: var(--faint); }
.unseen { padding: 0 .15em; border-radius: .2em; background: var(--loose-soft); color: var(--loose); font-style: normal; }
@media (max-width: 44rem) {
  .panel { padding: 0 1rem 2rem; border-left: 0; }
  .panel header { flex-wrap: wrap; margin: 0 -1rem; padding: .7rem 1rem; }
  .panel .server { display: flex; align-items: flex-start; gap: .35rem; }
.panel .where { order: 1; flex-basis: 100%; }
  .panel header button { min-height: 2.5rem; min-width: 2.5rem; }
  .panel header .cell { margin-right: auto; }
  .panel dl { grid-template-columns: 1fr; gap: 0; }
  .panel dd { margin-bottom: .7rem; }
  .transcript tr { display: grid; grid-template-columns: auto auto 1fr; column-gap: .6rem; border-top: 1px solid var(--line); padding: .3rem .5rem; }
  .transcript td { border: 0; padding: 0; }
  .transcript .heard { background: var(--faint); }
  .transcript .at, .transcript .who, .transcript .how { width: auto; min-width: 0; max-width: none; text-align: left; }
  .transcript .what { grid-column: 1 / -1; }
}
@media (prefers-reduced-motion: no-preference) {
  .panel { transition: translate .16s ease-out; translate: 0; }
  @starting-style { .panel:popover-open { translate: 2.5rem; } }
  html { scroll-behavior: smooth; }
}
@media print {
  :root { --paper: #fff; --faint: #fff; font-size: 9.5pt; }
  main { max-width: none; padding: 0; }
  .filters, nav, .status, .intro details, .panel header button { display: none; }
  .on-paper { display: block; break-before: page; }
  .card, .scroll { box-shadow: none; }
  .scroll, .scroll.few { overflow: visible; }
  .scroll thead th, .scroll .case, .panel header { position: static; }
  thead { display: table-header-group; }
  tr, .card { break-inside: avoid; }
  .panel { display: none; position: static; width: auto; height: auto; padding: 0; border: 0; overflow: visible; }
  .panel.is-dangerous, .panel.is-failed, .panel.is-loose { display: block; margin-bottom: 1.5rem; }
  .panel header { margin: 0; padding: .3rem 0; }
  .panel h3 { margin: .5rem 0; }
  .transcript { margin-top: .75rem; }
  .transcript tr:not(:nth-last-child(-n + 12)) { display: none; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
`.replace('VISIBLE_ROWS', visibleRows());

/** A row is visible if one of its verdicts is selected. */
function visibleRows(): string {
  return WORST_FIRST.map((verdict) => {
    const [selected, has] = [`:root:has(#show-${slug(verdict)}:checked)`, `has-${slug(verdict)}`];
    return `${selected} .family.${has} { display: block; } ${selected} .family tbody tr.${has} { display: table-row; }`;
  }).join('\n  ');
}
