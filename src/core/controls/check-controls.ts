import type { CheckCode } from '../custody/check.ts';
import type { TableRow } from '../export/table.ts';
import { CONTROLS, type Control, type ControlId, FRAMEWORKS } from './controls.ts';

/** Which controls a check that passes supports, and what it contributes to them, in words. */
export type CheckSupport = { readonly shows: string; readonly supports: readonly ControlId[] };

/**
 * What each check is evidence for. A check *supports* a control: it is one piece of what an assessor looks at, and no check
 * and no set of them satisfies a control by itself.
 */
export const CHECK_CONTROLS: Readonly<Record<CheckCode, CheckSupport>> = {
  origin: row('The evidence is of the log that the reader knows', 'ssdf-ps.2.1'),
  'checkpoint/signature': row('The log signed the state that is shown', 'ssdf-ps.2.1', 'ssdf-ps.3.1'),
  'checkpoint/age': row('The state that is shown is fresh', 'ssdf-ps.3.2'),
  'checkpoint/pins': row('The state continues one that the reader kept', 'ssdf-ps.3.1', 'cc8.1-tracks'),
  'asof/checkpoint': row('A past state was signed by the log', 'ssdf-ps.3.1'),
  'asof/consistency': row('What was recorded then was not changed since', 'ssdf-ps.3.1', 'cc8.1-tracks'),
  'asof/commit': row('The past state is one that the log published', 'ssdf-ps.3.1'),
  'entry/kind': row('Nothing is shown whose meaning is not known', 'ssdf-ps.3.2'),
  'entry/inclusion': row('Each record stands in the signed ledger', 'ssdf-ps.3.1', 'ssdf-po.4.2', 'cc8.1-tracks'),
  'entry/order': row('Records stand in the order in which they were made', 'ssdf-ps.3.1', 'cc8.1-tracks'),
  'commit/last': row('The state ends with the index over all records', 'ssdf-ps.3.2'),
  'list/complete': row('No record about the image is left out', 'ssdf-ps.3.2', 'ssdf-po.4.2', 'cc8.1-tracks'),
  'payload/commitment': row('Documents are those that were recorded', 'ssdf-ps.3.1', 'ssdf-ps.3.2'),
  'log/rotation': row('Keys of the log changed with their own consent', 'ssdf-ps.2.1'),
  'checkpoint/log-key': row('The key that signed was in force', 'ssdf-ps.2.1'),
  'control/keys': row('Those who hold control keys are those that the reader knows', 'ssdf-po.2.1', 'cc8.1-authorizes'),
  'control/envelope': row('Changes of trust were agreed to by control keys', 'cc8.1-authorizes', 'cc8.1-approves'),
  'dual-control/two-people': row(
    'Changes of trust took two people',
    'ssdf-po.2.1',
    'cc8.1-authorizes',
    'cc8.1-approves',
  ),
  'image/manifest': row('What was signed is this image', 'ssdf-ps.2.1', 'nist-190-4.1.5'),
  'signature/image': row(
    'The image is signed by a key that is known',
    'slsa-build-authentic',
    'ssdf-ps.2.1',
    'nist-190-4.1.5',
    'nist-190-4.4.5',
  ),
  'signature/envelope': row(
    'Each document is signed by the key that it names',
    'slsa-build-authentic',
    'ssdf-po.3.3',
    'ssdf-ps.3.2',
  ),
  'signer/known': row('Each key was registered', 'slsa-build-authentic', 'ssdf-po.2.1', 'nist-190-4.1.5'),
  'signer/in-force': row('Each key was in force when it signed', 'slsa-build-authentic', 'nist-190-4.1.5'),
  'signer/allowed': row('Each key signed what it may sign', 'ssdf-po.2.1', 'ssdf-po.5.1', 'nist-190-4.2.3'),
  'principal/allowed': row('Whoever acted had the role for it', 'ssdf-po.2.1', 'nist-190-4.2.3', 'cc8.1-authorizes'),
  'statement/subject': row('Each document is about this image', 'slsa-build-verify', 'ssdf-ps.3.2'),
  'statement/place': row('Each document counts where it was made for', 'slsa-build-verify', 'ssdf-ps.3.2'),
  'release/previous': row('The release before this one is known', 'ssdf-ps.3.1', 'cc8.1-deploys', 'cc8.1-tracks'),
  'image/retired': row('The image was not retired', 'nist-190-4.2.2', 'cc8.1-lifecycle'),
  'contract/covers': row('Requirements were in force for the repository', 'ssdf-po.4.1', 'cc8.1-lifecycle'),
  'contract/signature': row('The required signature is there', 'slsa-build-verify', 'nist-190-4.1.5'),
  'contract/stage': row(
    'Each required stage was attested',
    'slsa-build-exists',
    'slsa-build-verify',
    'ssdf-po.4.1',
    'ssdf-pw.7.2',
    'ssdf-pw.8.2',
    'nist-190-4.1.1',
    'cc8.1-tests',
  ),
  'contract/order': row('Stages came in the required order', 'slsa-build-process', 'ssdf-po.4.1', 'cc8.1-lifecycle'),
  'contract/threshold': row(
    'As many people as required stand for a stage',
    'slsa-source-review',
    'ssdf-pw.7.2',
    'cc8.1-approves',
  ),
  'contract/people': row('Duties are separated as required', 'slsa-source-review', 'ssdf-ps.1.1', 'cc8.1-approves'),
  'contract/freshness': row('Results are no older than allowed', 'ssdf-rv.1.2', 'nist-190-4.1.1', 'nist-190-4.2.2'),
  'contract/limits': row(
    'Vulnerabilities, licences, base image and size are within limits',
    'ssdf-pw.4.4',
    'ssdf-rv.2.2',
    'nist-190-4.1.1',
    'nist-190-4.1.2',
  ),
  'contract/rule': row('What was attested meets the rules', 'slsa-build-verify', 'ssdf-po.4.1', 'nist-190-4.1.2'),
  'contract/run': row('The image comes from a recorded run of a commit', 'slsa-build-process', 'slsa-source-history'),
  'contract/expected-stages': row('Every stage that the run expected was attested', 'ssdf-po.4.2', 'cc8.1-tests'),
  'contract/attempts': row('No more attempts were made than allowed', 'ssdf-po.4.2', 'cc8.1-tests'),
  'run/accounted': row('Every run of the commit ended on record', 'ssdf-po.4.2', 'cc8.1-tracks'),
  'run/attempts': row('Attempts at the commit are known', 'ssdf-po.4.2', 'cc8.1-documents', 'cc8.1-tests'),
  'waiver/in-force': row(
    'What was passed over was asked for and approved by two people, for a time',
    'ssdf-rv.2.2',
    'cc8.1-approves',
    'cc8.1-documents',
    'cc8.1-emergency',
  ),
};

/** Columns of the table of checks and controls. */
export const CONTROL_COLUMNS = ['check', 'shows', 'framework', 'section', 'control'] as const;

/** A row for each check and each control that it supports, checks in their order. */
export function controlRows(controls: Readonly<Record<string, CheckSupport>>): readonly TableRow[] {
  return Object.entries(controls).flatMap(([check, { shows, supports }]) =>
    supports.map((id) => {
      const { framework, section, title }: Control = CONTROLS[id];
      return { check, shows, framework: FRAMEWORKS[framework], section, control: title };
    }),
  );
}

function row(shows: string, ...supports: readonly ControlId[]): CheckSupport {
  return { shows, supports };
}
