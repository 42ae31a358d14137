/** Tables of people and keys, pairs of a name and a value, and waivers. A phone shows each row as a block of pairs. */
export const TABLES = `
.table { width: 100%; border-collapse: separate; border-spacing: 0; font-size: .9375rem; overflow-wrap: anywhere; }
.table + .table { margin-top: 1rem; }
.table th, .table td { padding: .75rem .9rem; text-align: left; vertical-align: top; border-top: 1px solid var(--line); }
.table thead th { border-top: 0; color: var(--quiet); font-weight: 500; font-size: .8125rem; padding-bottom: .5rem; }
.table tbody th { font-weight: 620; }
.table th:first-child, .table td:first-child { padding-left: 1.25rem; }
.table th:last-child, .table td:last-child { padding-right: 1.25rem; }
.people th:first-child { width: 18%; } .people th:nth-child(2) { width: 22%; } .people th:nth-child(3) { width: 18%; }
.signers th:first-child { width: 34%; } .signers th:nth-child(2) { width: 28%; } .signers th:nth-child(3) { width: 20%; }
.table .mono { color: var(--quiet); font-weight: 400; }
.table .state { display: flex; gap: .45rem; }
.table .state .icon { width: 1.05rem; height: 1.05rem; margin-top: .2rem; }
@media (max-width: 44rem) {
  .table, .table tbody, .table tr, .table th, .table td { display: block; }
  .table thead { display: none; }
  .table tr { padding: .9rem 1.1rem; border-top: 1px solid var(--line); }
  .table tr:first-child { border-top: 0; }
  .table tbody th, .table tbody td { width: auto; padding: .15rem 0; border: 0; }
  .table td::before { content: attr(data-label) " "; color: var(--quiet); font-size: .8125rem; }
  .table th:first-child, .table td:first-child { padding-left: 0; } .table th:last-child, .table td:last-child { padding-right: 0; }
}
.pairs { display: grid; grid-template-columns: max-content 1fr; gap: .3rem 1.25rem; margin: .6rem 0; }
.pairs dt { color: var(--quiet); }
.pairs dd { min-width: 0; overflow-wrap: anywhere; }
@media (max-width: 30rem) { .pairs { grid-template-columns: 1fr; gap: 0; } .pairs dd { margin-bottom: .4rem; } }
.waiver { display: flex; gap: .8rem; padding: clamp(1.1rem, 3vw, 1.6rem); }
.waiver + .waiver { margin-top: 1rem; }
.waiver > div { min-width: 0; flex: 1; }
.waiver .icon { margin-top: .05rem; }
q { quotes: "\\201c" "\\201d"; }
`;
