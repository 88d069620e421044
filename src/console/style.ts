/** The style sheet of the console's pages: light and dark, wide and narrow, screen and paper. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --paper: #fbfbfa; --card: #fff; --ink: #1c2024; --faint: #5d6670; --line: #dfe3e6;
  --link: #0b5cad;
  --bar: #4a7fb5; --mark: #b3401f;
  --new: #1a8f5f; --changed: #2f6fc2; --same: #86b6e8; --unchanged: #b4bcc4; --moved: #9a6fc9;
  --closed: #6b4a2f; --gone: #b08968; --rejected: #e0a100; --failed: #cf3f2e; --feed: #2aa7b5;
  --sitemap: #8fd3da; --other: #6c757d;
}
@media screen and (prefers-color-scheme: dark) {
  :root {
    --paper: #14171a; --card: #1c2024; --ink: #e8eaec; --faint: #a1aab3; --line: #343a41;
    --link: #7fb6f0; --bar: #6fa3d8; --mark: #f08a6b;
    --new: #35b57f; --changed: #5a97e6; --same: #3f6695; --unchanged: #5b646d; --moved: #b48de0;
    --closed: #a9764a; --gone: #d3ab86; --rejected: #f0b92e; --failed: #ef6a59; --feed: #3fc0ce;
    --sitemap: #2b7f88; --other: #8b949e;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body {
  margin: 0 auto; padding: 1.5rem clamp(1rem, 4vw, 2.5rem) 3rem; max-width: 76rem;
  background: var(--paper); color: var(--ink);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif;
}
h1, h2, h3 { line-height: 1.25; margin: 0; text-wrap: balance; overflow-wrap: anywhere; }
h1 { font-size: 1.6rem; }
h2 { font-size: 1.35rem; }
h3 { font-size: 1.05rem; margin: 2rem 0 .6rem; }
p { margin: .4rem 0; }
a { color: var(--link); text-decoration-thickness: 1px; text-underline-offset: 2px; }
a:focus-visible, summary:focus-visible, .scroll:focus-visible {
  outline: 2px solid var(--link); outline-offset: 2px; }
small, .faint, .more, figcaption span { color: var(--faint); }
.more { font-size: .9rem; margin: .3rem 0 0; }
code { font: .92em ui-monospace, "SF Mono", Menlo, Consolas, monospace; overflow-wrap: anywhere; }
nav ul { list-style: none; padding: 0; display: flex; flex-wrap: wrap; gap: .3rem 1.2rem; }
section { margin-top: 2rem; padding-top: 1.5rem; border-top: 2px solid var(--line); }
.state { display: inline-block; padding: 0 .55em; border-radius: 1em; border: 1px solid;
  font-size: .8rem; font-weight: 600; vertical-align: .15em; margin-left: .4em; }
.state.done { color: var(--new); }
.state.failed { color: var(--failed); }
.state.running, .state.cancelled { color: var(--faint); }
.notice { border-left: 4px solid var(--rejected); padding: .3rem .8rem; background: var(--card);
  overflow-wrap: anywhere; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(9rem, 1fr)); gap: .6rem;
  margin: 1rem 0; padding: 0; }
.tiles div, figure { background: var(--card); border: 1px solid var(--line); border-radius: 8px; }
.tiles div { padding: .5rem .8rem; display: flex; flex-direction: column-reverse;
  justify-content: flex-end; }
.tiles dt { color: var(--faint); font-size: .82rem; line-height: 1.3; }
.tiles dd { margin: 0; white-space: nowrap; font-size: 1.3rem; font-weight: 650;
  font-variant-numeric: tabular-nums; }
.plots { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 19rem), 1fr));
  gap: .8rem; margin: .8rem 0; }
figure { margin: 0; padding: .7rem .8rem .5rem; }
figure.wide { margin: .8rem 0; padding-bottom: .7rem; }
figcaption { font-size: .88rem; margin-bottom: .4rem; }
figcaption strong { display: block; }
svg { display: block; width: 100%; height: auto; }
svg.outcomes { height: 1.9rem; border-radius: 5px; }
.legend { list-style: none; margin: .7rem 0 0; padding: 0; display: flex; flex-wrap: wrap;
  gap: .2rem 1.1rem; font-size: .88rem; }
.legend li { display: flex; align-items: baseline; gap: .4em; }
svg.swatch { flex: none; width: .75em; height: .75em; }
.grid { stroke: var(--line); stroke-width: 1; }
.bar { fill: var(--bar); }
.mark { stroke: var(--mark); stroke-width: 1.5; stroke-dasharray: 3 3; }
.tick { fill: var(--faint); font-size: 11px; text-anchor: middle; }
.tick.start { text-anchor: start; }
.tick.end { text-anchor: end; }
.o-new { fill: var(--new); } .o-changed { fill: var(--changed); } .o-same { fill: var(--same); }
.o-unchanged { fill: var(--unchanged); } .o-moved { fill: var(--moved); }
.o-closed { fill: var(--closed); } .o-gone { fill: var(--gone); }
.o-rejected { fill: var(--rejected); } .o-failed { fill: var(--failed); }
.o-feed { fill: var(--feed); } .o-sitemap { fill: var(--sitemap); } .o-other { fill: var(--other); }
.cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 24rem), 1fr));
  gap: .6rem .8rem; align-items: start; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 8px;
  padding: .5rem .8rem; }
.card h4 { margin: 0; font-size: 1rem; }
.card p { margin: .1rem 0; font-size: .88rem; }
.card ul { margin: .3rem 0 0; padding-left: 1.1rem; font-size: .88rem; }
.card li { overflow-wrap: anywhere; margin-bottom: .2rem; }
.card b { color: var(--faint); font-variant-numeric: tabular-nums; }
.card small { font-weight: 400; }
summary { cursor: pointer; font-weight: 600; }
.scroll { overflow-x: auto; background: var(--card); border: 1px solid var(--line);
  border-radius: 8px; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; }
th, td { padding: .4rem .7rem; text-align: left; vertical-align: top; }
thead th { color: var(--faint); font-weight: 600; font-size: .82rem; white-space: nowrap; }
tbody tr { border-top: 1px solid var(--line); }
td.text { overflow-wrap: anywhere; min-width: 8rem; }
th.number, td.number { text-align: right; white-space: nowrap;
  font-variant-numeric: tabular-nums; }
@media print {
  :root { color-scheme: light; }
  body { max-width: none; padding: 0; font-size: 10pt; background: #fff; }
  svg, .state { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  figure, tr, .tiles div, div.card { break-inside: avoid; }
  h3 { break-after: avoid; }
  .scroll { overflow: visible; }
  details:not([open])::details-content { content-visibility: visible; block-size: auto; }
  section + section { break-before: page; }
}
`;
