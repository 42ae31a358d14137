/**
 * A vector of CVSS 4.0 in its one order: the eleven base metrics, whose values are taken, then any of the others.
 * Source: CVSS 4.0 specification §7, table 23.
 */
const VECTOR = new RegExp(
  [
    '^CVSS:4\\.0/AV:([NALP])/AC:([LH])/AT:([NP])/PR:([NLH])/UI:([NPA])',
    '/VC:([HLN])/VI:([HLN])/VA:([HLN])/SC:([HLN])/SI:([HLN])/SA:([HLN])',
    '(?:/E:[XAPU])?(?:/CR:[XHML])?(?:/IR:[XHML])?(?:/AR:[XHML])?',
    '(?:/MAV:[XNALP])?(?:/MAC:[XLH])?(?:/MAT:[XNP])?(?:/MPR:[XNLH])?(?:/MUI:[XNPA])?',
    '(?:/MVC:[XHLN])?(?:/MVI:[XHLN])?(?:/MVA:[XHLN])?(?:/MSC:[XHLN])?(?:/MSI:[XSHLN])?(?:/MSA:[XSHLN])?',
    '(?:/S:[XNP])?(?:/AU:[XNY])?(?:/R:[XAUI])?(?:/V:[XDC])?(?:/RE:[XLMH])?(?:/U:(?:X|Clear|Green|Amber|Red))?$',
  ].join(''),
);

/**
 * Scores in tenths of the worst vector of each class: a row for each level of EQ1 and, in it, of EQ2; in a row the levels
 * 00, 01, 10, 11 and 21 of EQ3 and EQ6, first where EQ4 is 1, then where it is 2. Classes that base metrics neither lead to
 * nor are measured against are left out: those with EQ4 at 0, or EQ5 above 0.
 * Source: the lookup table of FIRST's calculator for CVSS 4.0, BSD-2-Clause.
 */
const WORST: readonly (readonly number[])[] = [
  [100, 96, 93, 92, 79, 93, 90, 88, 80, 69],
  [95, 91, 92, 82, 71, 92, 81, 84, 70, 63],
  [94, 89, 86, 76, 65, 87, 75, 72, 57, 53],
  [90, 77, 74, 59, 58, 77, 66, 61, 52, 23],
  [86, 74, 72, 57, 47, 70, 54, 53, 36, 24],
  [73, 55, 61, 51, 24, 54, 43, 46, 18, 10],
];
/** Places of levels of EQ3 and EQ6 in a row. */
const [EQ36_00, EQ36_01, EQ36_10, EQ36_11, EQ36_21] = [0, 1, 2, 3, 4];
/** What every depth below divides. */
const PARTS = 280;

/** A class: `eq36` is a place in a row, the others are levels. */
type Class = { readonly eq1: number; readonly eq2: number; readonly eq36: number; readonly eq4: number };

/**
 * Base score in tenths of a vector of CVSS 4.0; threat, environmental and supplemental metrics must be well formed, and are
 * passed over. Undefined where it is no such vector: a metric that is missing, unknown, out of order or there twice.
 * The arithmetic is exact, and halves go up. Source: CVSS 4.0 specification §7 and §8.2.
 */
export function cvss4VectorTenths(vector: string): number | undefined {
  const match = VECTOR.exec(vector);
  if (match === null) return undefined;
  const [, av = '', ac, at, pr = '', ui = '', vc, vi, va, ...subsequent] = match;
  const reach = 'NALP'.indexOf(av) + 'NLH'.indexOf(pr) + 'NPA'.indexOf(ui);
  const kept = keptIn([vc, vi, va]);
  const keptBeyond = keptIn(subsequent);
  if (kept + keptBeyond === 12) return 0;
  const found: Class = {
    eq1: reach === 0 ? 0 : av !== 'P' && [av, pr, ui].includes('N') ? 1 : 2,
    eq2: ac === 'L' && at === 'N' ? 0 : 1,
    eq36: vc === 'H' && vi === 'H' ? EQ36_00 : [vc, vi, va].includes('H') ? EQ36_10 : EQ36_21,
    eq4: subsequent.includes('H') ? 1 : 2,
  };
  const { eq1, eq2, eq36, eq4 } = found;
  const worst = worstOf(found);
  // Each group of metrics that could be a class less severe takes the vector its part of the way there. Three may stand at
  // their worst and take none: EQ5, which is always there, EQ1 and EQ2.
  let groups = 1 + Number(eq1 === 0) + Number(eq2 === 0);
  let parts = 0;
  const fall = (below: number, steps: number, depth: number) => {
    groups += 1;
    parts += ((worst - below) * steps * PARTS) / depth;
  };
  if (eq1 === 1) fall(worstOf({ ...found, eq1: 2 }), reach - 1, 4);
  if (eq36 === EQ36_00) fall(Math.max(...[EQ36_01, EQ36_10].map((each) => worstOf({ ...found, eq36: each }))), kept, 7);
  if (eq36 === EQ36_10) fall(worstOf({ ...found, eq36: EQ36_11 }), kept - 1, 8);
  if (eq4 === 1) fall(worstOf({ ...found, eq4: 2 }), keptBeyond, 5);
  return Math.round((worst * PARTS * groups - parts) / (PARTS * groups));
}

function worstOf({ eq1, eq2, eq36, eq4 }: Class): number {
  return WORST[eq1 * 2 + eq2]?.[(eq4 - 1) * 5 + eq36] ?? 0;
}

/** How far confidentiality, integrity and availability are from lost: 0 where all are, 6 where none is harmed. */
function keptIn(impacts: readonly (string | undefined)[]): number {
  return impacts.reduce((sum, impact) => sum + 'HLN'.indexOf(impact ?? ''), 0);
}
