/** The contents of a report, the numbers of its parts, and the line of assurances under its verdict. */
export const CONTENTS = `
.number { color: var(--quiet); font-weight: 500; font-variant-numeric: tabular-nums; }
.contents { margin-top: 2rem; padding-top: 1.25rem; border-top: 1px solid var(--line); }
.contents ol { display: grid; gap: .15rem 2rem; grid-template-columns: repeat(auto-fill, minmax(min(100%, 18rem), 1fr)); }
.contents a {
  display: flex; gap: .6rem; align-items: center; min-height: 2.5rem; padding: .3rem .4rem; margin: 0 -.4rem; border-radius: 8px;
  color: var(--ink); text-decoration: none;
}
.contents a:hover { background: var(--faint); }
.contents a:hover .title { text-decoration: underline; text-underline-offset: .2em; }
.contents .number { min-width: 1.4rem; }
.contents .title { flex: 1; min-width: 0; }
.contents .count { color: var(--quiet); font-size: .875rem; font-variant-numeric: tabular-nums; }
.contents .icon { width: 1.05rem; height: 1.05rem; }
.chips { display: flex; flex-wrap: wrap; gap: .4rem .5rem; margin-top: .3rem; }
.chips li {
  display: flex; gap: .35rem; align-items: center; padding: .15rem .65rem .15rem .45rem; border-radius: 999px;
  border: 1px solid var(--line); background: var(--card); font-size: .8125rem; color: var(--quiet);
}
.chips .yes { color: var(--ink); }
.chips .icon { width: .95rem; height: .95rem; }
.ref { color: inherit; text-decoration-color: color-mix(in srgb, currentColor 40%, transparent); font-variant-numeric: tabular-nums; }
.ref:hover { color: var(--accent); text-decoration-color: currentColor; }
`;
