/** On paper: day colours whatever the screen, no controls, everything unfolded that the program unfolds for printing. */
export const PAPER = `
@media print {
  :root {
    color-scheme: light;
    --paper: #ffffff; --card: #ffffff; --ink: #111315; --quiet: #4b5157; --line: #cfcdc7; --faint: #f5f4f1;
    --accent: #12596b; --accent-ground: #eef5f6; --pass: #17603a; --pass-ground: #f1f8f3;
    --warn: #7a4b00; --warn-ground: #fdf7ea; --fail: #96201a; --fail-ground: #fdf2f1; --shadow: none;
  }
  @page { margin: 18mm 16mm; }
  html { font-size: 10pt; }
  body { line-height: 1.5; print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  main { max-width: none; padding: 0; }
  .on-screen, button, .key textarea, .group > summary::after, .entry > summary::after { display: none !important; }
  .part { margin-top: 9mm; }
  h2 { break-after: avoid; }
  .banner, .key, .contract, .checks > li, .stages > li, .assurances > li, .timeline svg, .facts > div { break-inside: avoid; }
  .banner { padding: 6mm; } .banner h1 { font-size: 19pt; } .banner p { font-size: 10.5pt; }
  .columns { grid-template-columns: 1fr 1fr; gap: 8mm; }
  .group > summary { padding-bottom: .5rem; break-after: avoid; }
  .entry pre { max-height: none; font-size: 7.5pt; }
 .card { border-radius: 2mm; } .key { padding: 3mm 5mm; }
  .entries { columns: 2; border: 0; } .entry { break-inside: avoid; } .entry + .entry { border: 0; }
  .entry > summary { padding: .15rem 0; gap: .4rem; } .entry[open] { column-span: all; }
}
`;
