/** The parts of a report: banner, key, facts, contracts, checks, assurances. */
export const PARTS = `
.icon { flex: none; width: 1.25rem; height: 1.25rem; }
.icon.pass, .pass > .icon { color: var(--pass); } .icon.fail, .fail > .icon { color: var(--fail); }
.icon.warn, .warn > .icon { color: var(--warn); } .icon.neutral, .neutral > .icon { color: var(--quiet); }
.banner {
  display: flex; gap: clamp(.9rem, 3vw, 1.5rem); padding: clamp(1.25rem, 4vw, 2.25rem); border-radius: 18px;
  border: 1px solid transparent; background: var(--faint);
}
.banner + .banner { margin-top: 1rem; }
.banner > .icon { width: clamp(2rem, 6vw, 2.75rem); height: clamp(2rem, 6vw, 2.75rem); margin-top: .1rem; }
.banner > div { min-width: 0; flex: 1; overflow-wrap: anywhere; }
.banner h1 { font-size: clamp(1.45rem, 4.4vw, 2.1rem); font-weight: 680; letter-spacing: -.022em; line-height: 1.18; }
.banner p { margin-top: .6rem; max-width: 46rem; font-size: 1.0625rem; }
.banner.pass { background: var(--pass-ground); border-color: color-mix(in srgb, var(--pass) 28%, transparent); }
.banner.warn { background: var(--warn-ground); border-color: color-mix(in srgb, var(--warn) 30%, transparent); }
.banner.fail { background: var(--fail-ground); border-color: color-mix(in srgb, var(--fail) 30%, transparent); }
.banner.pass h1 { color: var(--pass); } .banner.warn h1 { color: var(--warn); } .banner.fail h1 { color: var(--fail); }
.reasons { margin-top: 1.1rem; display: grid; gap: .75rem; }
.reasons li { padding-top: .75rem; border-top: 1px solid color-mix(in srgb, currentColor 14%, transparent); }
.reasons code { color: var(--quiet); }
.reasons .small { margin-top: .15rem; }
.banner a { color: inherit; }

.key { margin-top: 1rem; padding: clamp(1.1rem, 3vw, 1.5rem) clamp(1.25rem, 4vw, 2.25rem); }
.key h2 { font-size: 1.0625rem; }
.key p { margin-top: .3rem; }
.key form { display: flex; flex-wrap: wrap; gap: .75rem; margin-top: .9rem; align-items: stretch; }
.key textarea {
  flex: 1 1 22rem; min-width: 0; min-height: 3.1rem; padding: .75rem .9rem; resize: vertical; line-height: 1.5;
  color: var(--ink); background: var(--paper); border: 1px solid color-mix(in srgb, var(--quiet) 75%, transparent);
  border-radius: 10px;
}
.key textarea::placeholder { color: var(--quiet); opacity: 1; }
button {
  font: inherit; font-weight: 600; padding: .65rem 1.25rem; border-radius: 10px; border: 1px solid var(--accent);
  background: var(--accent); color: var(--on-accent); cursor: pointer; min-height: 2.75rem;
}
button:hover { filter: brightness(1.08); }
button.plain { background: transparent; color: var(--accent); }
.key .complaint { color: var(--fail); font-size: .9375rem; }
.key .held { display: flex; flex-wrap: wrap; gap: .5rem 1.25rem; align-items: center; justify-content: space-between; }
.key .held > div { min-width: 0; flex: 1 1 20rem; }

.facts { display: grid; gap: 1.1rem 2.5rem; margin-top: 2rem; }
.facts { grid-template-columns: repeat(auto-fit, minmax(min(100%, 16rem), 1fr)); } .facts .wide { grid-column: 1 / -1; }
.facts dt { color: var(--quiet); font-size: .8125rem; }
.facts dd { overflow-wrap: anywhere; }
.facts .lead { font-size: 1.25rem; font-weight: 620; letter-spacing: -.01em; }

.contract { padding: clamp(1.1rem, 3vw, 1.6rem); overflow-wrap: anywhere; }
.contract + .contract { margin-top: 1rem; }
.contract header { display: flex; flex-wrap: wrap; gap: .25rem 1rem; align-items: baseline; justify-content: space-between; }
.stages { margin-top: 1rem; }
.stages > li { display: flex; gap: .8rem; padding: .8rem 0; border-top: 1px solid var(--line); }
.stages > li:last-child { padding-bottom: 0; }
.stages .icon { margin-top: .15rem; }
.stages > li > div { min-width: 0; overflow-wrap: anywhere; }
.changes { margin: .3rem 0 0 1.1rem; list-style: disc; }
.timeline button { margin-top: 1rem; }

.tally { display: flex; flex-wrap: wrap; gap: .5rem 1.5rem; margin-bottom: 1rem; }
.tally li { display: flex; gap: .45rem; align-items: center; font-size: .9375rem; }
.tally .icon { width: 1.05rem; height: 1.05rem; }
details > summary { cursor: pointer; list-style: none; }
details > summary::-webkit-details-marker { display: none; }
.group + .group { margin-top: .75rem; }
.group > summary, .entry > summary {
  display: flex; gap: .85rem; align-items: center; padding: 1rem 1.25rem; border-radius: 13px;
}
.group > summary > div, .entry > summary > div { min-width: 0; flex: 1; }
.group > summary::after, .entry > summary::after {
  content: ""; flex: none; width: .5rem; height: .5rem; margin-right: .25rem; border: solid var(--quiet);
  border-width: 0 2px 2px 0; transform: rotate(45deg) translate(-2px, -2px);
}
.group[open] > summary::after, .entry[open] > summary::after { transform: rotate(225deg) translate(-2px, -2px); }
.group .count { color: var(--quiet); font-size: .875rem; }
.checks { padding: 0 1.25rem .5rem; }
.checks > li { display: flex; gap: .85rem; padding: .85rem 0; border-top: 1px solid var(--line); }
.checks > li > .icon { margin-top: .2rem; }
.checks > li > div { min-width: 0; flex: 1; }
.checks .code { color: var(--quiet); font-size: .8125rem; overflow-wrap: anywhere; }
.checks details { margin-top: .3rem; }
.checks details > summary { color: var(--accent); font-size: .875rem; width: fit-content; }
.checks details > summary::before { content: "+ "; } .checks details[open] > summary::before { content: "\\2212 "; }
.places { display: grid; gap: .3rem; margin-top: .4rem; font-size: .875rem; color: var(--quiet); }
.places li { overflow-wrap: anywhere; }

.assurances > li { display: flex; gap: .8rem; padding: .8rem 0; border-top: 1px solid var(--line); }
.assurances > li:first-child { border-top: 0; padding-top: 0; }
.assurances > li > div { min-width: 0; overflow-wrap: anywhere; }
.assurances .icon { margin-top: .15rem; }
.assurances b { font-weight: 620; }
.command {
  display: block; padding: .8rem 1rem; border-radius: 10px; background: var(--faint); border: 1px solid var(--line);
  overflow-wrap: anywhere; line-height: 1.5;
}

.drop {
  padding: clamp(2rem, 7vw, 4rem) 1.5rem; text-align: center; border: 2px dashed color-mix(in srgb, var(--quiet) 60%, transparent);
  border-radius: 18px; background: var(--card);
}
.drop.over { border-color: var(--accent); background: var(--accent-ground); }
.drop h1 { font-size: clamp(1.3rem, 4vw, 1.7rem); letter-spacing: -.015em; }
.drop p { margin: .5rem auto 1.25rem; max-width: 34rem; color: var(--quiet); }
`;
