/** The page: one column, generous space, type that scales with the reader's own setting. */
export const LAYOUT = `
*, *::before, *::after { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body {
  margin: 0; background: var(--paper); color: var(--ink);
  font: 400 1rem/1.6 -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
  font-kerning: normal; text-rendering: optimizeLegibility;
}
main { max-width: 64rem; margin: 0 auto; padding: clamp(1.25rem, 4vw, 3rem) clamp(1rem, 4vw, 2.5rem) 4rem; }
[hidden] { display: none !important; }
h1, h2, h3, h4, p, dl, dd, ol, ul, figure { margin: 0; padding: 0; }
ol, ul { list-style: none; }
h1, h2, h3 { line-height: 1.25; text-wrap: balance; }
h2 { font-size: 1.3rem; font-weight: 650; letter-spacing: -.012em; }
h3 { font-size: 1rem; font-weight: 650; }
p { text-wrap: pretty; }
a { color: var(--accent); text-underline-offset: .2em; }
code, .mono, pre, textarea {
  font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace; font-size: .86em;
}
.mono, code { overflow-wrap: anywhere; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 3px; border-radius: 4px; }
.quiet { color: var(--quiet); }
.small { font-size: .875rem; line-height: 1.55; }
.unseen {
  position: absolute; width: 1px; height: 1px; margin: -1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap;
}
.part { margin-top: clamp(2.5rem, 6vw, 4rem); }
.part > h2 + p { margin-top: .4rem; max-width: 44rem; color: var(--quiet); }
.part > h2 ~ .body { margin-top: 1.4rem; }
.file { margin-bottom: 1rem; }
.file + .file { margin-top: -.75rem; }
h2.above { margin: 2.5rem 0 1rem; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 14px; box-shadow: var(--shadow); }
.masthead { display: flex; justify-content: space-between; align-items: center; gap: 1rem; margin-bottom: 1.75rem; }
.wordmark { display: flex; align-items: center; gap: .6rem; font-weight: 700; letter-spacing: -.01em; font-size: 1.05rem; }
.wordmark svg { width: 1.5rem; height: 1.5rem; color: var(--accent); }
.kind { color: var(--quiet); font-size: .875rem; }
footer { margin-top: 4rem; padding-top: 1.25rem; border-top: 1px solid var(--line); color: var(--quiet); font-size: .8125rem; }
footer > * + * { margin-top: .6rem; }
footer p { max-width: 46rem; }
`;
