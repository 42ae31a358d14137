/** The drawing of custody. Text is text, sized in pixels of the screen and not of a scaled drawing. */
export const TIMELINE = `
.timeline svg { display: block; width: 100%; height: auto; overflow: visible; }
.timeline text { fill: var(--ink); font-size: 15px; }
.timeline .strong { font-weight: 640; }
.timeline .soft { fill: var(--quiet); font-size: 13px; }
.timeline .when { fill: var(--quiet); font-size: 13px; font-variant-numeric: tabular-nums; }
.timeline .day { fill: var(--ink); font-size: 13px; font-weight: 640; }
.timeline .rail { stroke: var(--line); stroke-width: 2; fill: none; }
.timeline .branch { stroke: var(--accent); stroke-width: 2; fill: none; stroke-dasharray: 2 5; stroke-linecap: round; }
.timeline .node { fill: var(--card); stroke: var(--accent); stroke-width: 2; }
.timeline .node.own { fill: var(--accent); }
.timeline .node.other { stroke: var(--quiet); }
.timeline .struck { stroke: var(--quiet); stroke-width: 2; stroke-linecap: round; }
.timeline .node.broken { fill: var(--fail); stroke: var(--fail); }
.timeline .cross { stroke: var(--card); stroke-width: 2; stroke-linecap: round; }
.timeline .seal { fill: none; stroke: var(--accent); stroke-width: 1.5; }
.timeline .chip { fill: var(--faint); stroke: var(--line); }
.timeline .chip.own { fill: var(--accent-ground); stroke: color-mix(in srgb, var(--accent) 35%, transparent); }
.timeline .chip.broken { fill: var(--fail-ground); stroke: color-mix(in srgb, var(--fail) 35%, transparent); }
.timeline .chip-text { font-size: 12px; fill: var(--quiet); }
.timeline .chip-text.own { fill: var(--accent); }
.timeline .chip-text.broken { fill: var(--fail); }
.legend { display: flex; flex-wrap: wrap; gap: .4rem 1.5rem; margin-top: 1rem; color: var(--quiet); font-size: .8125rem; }
.legend li { display: flex; align-items: center; gap: .5rem; }
.legend svg { width: 16px; height: 16px; }
`;
