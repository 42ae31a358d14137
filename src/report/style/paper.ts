/**
 * On paper: day colours whatever the screen, no controls, everything unfolded that the program unfolds for printing. What
 * belongs together stays on one page; heads of tables come again on each. The margins' texts are the program's.
 */
export const PAPER = `
@media print {
  :root {
    color-scheme: light;
    --paper: #ffffff; --card: #ffffff; --ink: #111315; --quiet: #4b5157; --line: #cfcdc7; --faint: #f5f4f1;
    --accent: #12596b; --accent-ground: #eef5f6; --pass: #17603a; --pass-ground: #f1f8f3;
    --warn: #7a4b00; --warn-ground: #fdf7ea; --fail: #96201a; --fail-ground: #fdf2f1; --shadow: none;
  }
  @page {
    margin: 20mm 16mm 18mm;
    @top-left { font: 8pt sans-serif; color: #4b5157; vertical-align: bottom; padding-bottom: 4mm; }
    @top-right { font: bold 8pt sans-serif; color: #111315; vertical-align: bottom; padding-bottom: 4mm; }
    @bottom-left { font: 8pt sans-serif; color: #4b5157; vertical-align: top; padding-top: 4mm; }
    @bottom-right { font: 8pt sans-serif; color: #4b5157; vertical-align: top; padding-top: 4mm; }
  }
  html { font-size: 9.5pt; }
  body { line-height: 1.45; print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  main { max-width: none; padding: 0; }
  .masthead { margin-bottom: 4mm; }
  .on-screen, button, .key textarea, summary::after { display: none !important; }
  .part { margin-top: 8mm; }
  .part > h2 ~ .body { margin-top: 3mm; }
  h2, h3, h4, .part > p, .contract > header, .group > summary { break-after: avoid; }
  .part > p, .banner, .key, .facts, .contents, .waiver, .checks > li, .stages > li, .assurances > li, .chips, .timeline svg, tr, .tally {
    break-inside: avoid;
  }
  p, li, dd, pre { orphans: 3; widows: 3; }
  .card { border-radius: 2mm; }
  .banner { padding: 5mm 6mm; border-radius: 2mm; } .banner h1 { font-size: 18pt; } .banner p { font-size: 10.5pt; }
  .key { padding: 3mm 6mm; margin-top: 3mm; }
  .facts { margin-top: 5mm; gap: 2.5mm 8mm; grid-template-columns: 1fr 1fr; }
  .contents { margin-top: 5mm; padding-top: 3mm; }
  .contents ol { grid-template-columns: 1fr 1fr; gap: 0 8mm; }
  .contents a { min-height: 0; padding: .3mm 0; margin: 0; }
  .contract { padding: 4mm 5mm; } .waiver { padding: 4mm 5mm; }
  .stages > li, .assurances > li, .checks > li { padding: 1.8mm 0; }
  .assurances { columns: 2; column-gap: 8mm; } .assurances > li { border-top: 0; }
  .group > summary { padding: 2.5mm 5mm; } .checks { padding: 0 5mm 1mm; }
  .group { break-inside: auto; }
  .table th, .table td { padding: 2mm 2.5mm; }
  .checks details > summary { color: var(--quiet); } .checks details > summary::before { content: ""; }
  a { color: inherit; text-decoration: none; }
  .lines .entry { content-visibility: visible; break-inside: avoid; } .entry[open] { break-inside: auto; }
  .lines .entry > summary { grid-template-columns: 12mm 40mm minmax(0, 1fr) 40mm; padding: .7mm 5mm; font-size: 8pt; }
  .entry .time, .entry .who { font-size: 8pt; }
  .entry pre { max-height: none; font-size: 7.5pt; }
  footer { margin-top: 8mm; break-inside: avoid; }
}
`;
