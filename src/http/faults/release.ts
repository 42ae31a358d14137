import type { ReleaseFaultCode } from '../../core/fault-codes/release.ts';
import type { FaultRow } from './faults.ts';

/** Releases and retirements. */
export const RELEASE_FAULTS = {
  'image/retired': [422, 'The image was retired: it shall not run any more.', 'Release another image.'],
  'release/not-released': [
    422,
    'The image is not what was released last to the environment, so that it cannot be retired there.',
    'See what is: GET /v1/releases. Without an environment the image is retired everywhere.',
  ],
  'release/verdict-not-passed': [
    422,
    'The verdict on the image is neither pass nor waived.',
    'See why: `waybill verify`. A release manager can ask for a waiver.',
  ],
  'release/verdict-outdated': [
    422,
    'The recorded verdict is not the one of now: something that it rests on has grown since, or other rules apply.',
    'Record a new verdict, or leave it to the release: without `verdict` it records one.',
  ],
  'release/verdict-unknown': [
    422,
    'There is no recorded verdict of that number on this image in this repository.',
    'Give the `seq` of one, or leave `verdict` out.',
  ],
} as const satisfies Readonly<Record<ReleaseFaultCode, FaultRow>>;
