/** The entries of a report: one line each, its document below when it is opened, and the field that finds them. */
export const ENTRIES = `
.filter { display: grid; gap: .35rem .9rem; align-items: center; margin-bottom: 1rem; grid-template-columns: minmax(0, 26rem) 1fr; }
.filter label { grid-column: 1 / -1; color: var(--quiet); font-size: .875rem; }
.filter input {
  font: inherit; width: 100%; min-height: 2.75rem; padding: .5rem .9rem; color: var(--ink); background: var(--card);
  border: 1px solid color-mix(in srgb, var(--quiet) 75%, transparent); border-radius: 10px;
}
.lines { border-top: 1px solid var(--line); }
.entry + .entry { border-top: 1px solid var(--line); }
.lines .entry { content-visibility: auto; contain-intrinsic-block-size: auto 2.75rem; }
.entry > summary { padding: .6rem 1.25rem; }
.lines .entry > summary {
  display: grid; gap: 0 .9rem; align-items: baseline; grid-template-columns: 4rem 13rem minmax(0, 1fr) minmax(0, 12rem) 1rem;
}
.entry .seq { color: var(--quiet); font-variant-numeric: tabular-nums; min-width: 2.5rem; }
.entry .time { font-size: .875rem; font-variant-numeric: tabular-nums; }
.entry .what, .entry .who { overflow-wrap: anywhere; }
.entry .who { font-size: .875rem; }
@media (max-width: 44rem) {
  .filter { grid-template-columns: 1fr; }
  .lines .entry > summary { grid-template-columns: 3.2rem minmax(0, 1fr) 1rem; }
  .entry .what { grid-area: 1 / 2; } .entry .time { grid-area: 2 / 2; } .entry .who { grid-area: 3 / 2; }
  .lines .entry > summary::after { grid-area: 1 / 3; }
}
.entry .raw { padding: 0 1.25rem 1.25rem; }
.entry h4 { margin: .8rem 0 0; font-size: .8125rem; color: var(--quiet); font-weight: 600; }
.entry pre {
  margin: .35rem 0 0; padding: .9rem 1rem; background: var(--faint); border-radius: 10px; max-height: 26rem; overflow: auto;
  white-space: pre-wrap; overflow-wrap: anywhere; line-height: 1.5; font-size: .8rem;
}
`;
