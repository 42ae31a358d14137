import { COLOURS } from './colours.ts';
import { CONTENTS } from './contents.ts';
import { ENTRIES } from './entries.ts';
import { LAYOUT } from './layout.ts';
import { PAPER } from './paper.ts';
import { PARTS } from './parts.ts';
import { TABLES } from './tables.ts';
import { TIMELINE } from './timeline.ts';

/** The one style sheet of reports and verifier. It names no font or image that would have to be fetched. */
export const PAGE_STYLE = `${COLOURS}${LAYOUT}${PARTS}${CONTENTS}${TABLES}${ENTRIES}${TIMELINE}${PAPER}`;
