/**
 * Colours of day and night: paper, ink, one accent, and one pair of foreground and ground per outcome. Each foreground
 * has at least 4.5 : 1 against its ground and against paper (WCAG 2.2 AA).
 */
export const COLOURS = `
:root {
  color-scheme: light dark;
  --paper: #faf9f6; --card: #ffffff; --ink: #1c1f22; --quiet: #5a6068; --line: #e2dfd8; --faint: #f2f0eb;
  --accent: #12596b; --accent-ground: #e6f0f2; --on-accent: #ffffff;
  --pass: #1b6b3f; --pass-ground: #e9f4ed; --warn: #865300; --warn-ground: #fcf3df;
  --fail: #a3241d; --fail-ground: #fcebe9; --shadow: 0 1px 2px rgb(28 31 34 / 5%), 0 8px 24px rgb(28 31 34 / 4%);
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #121416; --card: #1a1d20; --ink: #e9e7e2; --quiet: #a3a9b0; --line: #2e3338; --faint: #212529;
    --accent: #74c5d8; --accent-ground: #16292f; --on-accent: #0d1a1e;
    --pass: #7dd2a0; --pass-ground: #14261c; --warn: #eec067; --warn-ground: #2b2312;
    --fail: #ff9d93; --fail-ground: #331917; --shadow: none;
  }
}
`;
