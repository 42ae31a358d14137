import type { DualControlFaultCode } from '../../core/fault-codes/dual-control.ts';
import type { FaultRow } from './faults.ts';

/** Changes of trust that take two people. */
export const DUAL_CONTROL_FAULTS = {
  'dual-control/malformed-change': [
    422,
    'The document of a proposal describes no change.',
    'Propose the change again.',
  ],
  'dual-control/not-proposed': [
    422,
    'The change takes two people, and nobody proposed it right before it.',
    'One person proposes it; another one makes it before anything else moves the list.',
  ],
  'dual-control/off': [422, 'Dual control is off, so that nothing is proposed.', 'Make the change itself.'],
  'dual-control/other-change': [
    422,
    'Something else was proposed than is to be made.',
    'Make exactly what was proposed, or propose what you want instead.',
  ],
  'dual-control/person-unknown': [
    422,
    'Dual control is on, and a grant names no person, so that nobody can be told from another.',
    'An administrator grants the role again with a person.',
  ],
  'dual-control/same-person': [
    422,
    'Whoever proposed the change cannot be the second person, under whatever principal.',
    'Another administrator makes it.',
  ],
} as const satisfies Readonly<Record<DualControlFaultCode, FaultRow>>;
