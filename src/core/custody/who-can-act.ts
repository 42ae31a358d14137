import type { Check, CheckCode } from './check.ts';
import { isWaivable } from './waived-check.ts';

/** Who can do something about a check that did not pass. */
const READER = 'you, who read this';
const ADMIN = 'an administrator of the service';
const OPERATOR = 'the operator of the service';
const PIPELINE = 'the pipeline that builds the image';
const RELEASE = 'a release manager';
const OWNER = 'whoever keeps the contract';
const CONTROL = 'the holders of the control keys';
const WAIVE = 'two release managers who did not build it, by a waiver';

const WHO: Readonly<Record<CheckCode, readonly string[]>> = {
  origin: [READER],
  'checkpoint/signature': [READER, OPERATOR],
  'checkpoint/age': [OPERATOR],
  'checkpoint/pins': [READER],
  'asof/checkpoint': [OPERATOR],
  'asof/consistency': [OPERATOR],
  'entry/kind': [READER],
  'entry/inclusion': [OPERATOR],
  'entry/order': [OPERATOR],
  'commit/last': [OPERATOR],
  'asof/commit': [OPERATOR],
  'list/complete': [OPERATOR],
  'payload/commitment': [OPERATOR],
  'log/rotation': [OPERATOR],
  'checkpoint/log-key': [OPERATOR],
  'control/keys': [READER],
  'control/envelope': [CONTROL],
  'dual-control/two-people': [ADMIN],
  'image/manifest': [PIPELINE],
  'signature/image': [PIPELINE],
  'signature/envelope': [PIPELINE],
  'signer/known': [ADMIN],
  'signer/in-force': [PIPELINE, ADMIN],
  'signer/allowed': [ADMIN],
  'principal/allowed': [ADMIN],
  'statement/subject': [PIPELINE],
  'statement/place': [PIPELINE],
  'release/previous': [OPERATOR],
  'image/retired': [RELEASE],
  'contract/covers': [OWNER],
  'contract/signature': [PIPELINE],
  'contract/stage': [PIPELINE],
  'contract/order': [PIPELINE],
  'contract/threshold': [PIPELINE],
  'contract/people': [PIPELINE],
  'contract/freshness': [PIPELINE],
  'contract/limits': [PIPELINE, OWNER],
  'contract/rule': [PIPELINE, OWNER],
  'contract/run': [PIPELINE],
  'contract/expected-stages': [PIPELINE],
  'contract/attempts': [OWNER],
  'run/accounted': [PIPELINE, ADMIN],
  'run/attempts': [PIPELINE, ADMIN],
  'waiver/in-force': [RELEASE],
};

/**
 * Who can do something about a check that did not pass, in words that follow "can act: ". Two people may waive what a
 * contract asks for, except that there is one.
 */
export function whoCanAct({ code }: Pick<Check, 'code'>): string {
  return [...WHO[code], ...(isWaivable({ code }) ? [WAIVE] : [])].join('; or ');
}
