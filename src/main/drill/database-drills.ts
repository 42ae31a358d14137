import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import { formatGrantDocument } from '../../core/trust/grant-document.ts';
import { openService } from '../../service/open-service.ts';
import { MAP_TAMPERINGS } from '../../tamper/map-tamperings.ts';
import { readLeaves, rewriteLedger } from '../../tamper/rewrite-ledger.ts';
import { withoutGuards } from '../../tamper/superuser.ts';
import { type TamperingId, tampering, withPayload } from '../../tamper/tamperings.ts';
import { type DatabaseAttack, databaseDrill } from './database-drill.ts';
import type { Drill, Sighting } from './drill.ts';
import { signAttestation } from './pipeline.ts';
import { placed } from './scene.ts';

const audit = (code: string): Sighting => ({ by: 'audit', code });
const service = (code: string): Sighting => ({ by: 'service', code });
const cli = (code: string): Sighting => ({ by: 'cli', code });
const receipt = (code: string): Sighting => ({ by: 'receipt', code });

const NOT_OURS = 'head/not-ours';
const FORKED = 'head/not-consistent-with-anchor';
const BEHIND = 'head/behind-anchor';
const UNPROVED = 'merkle/root-mismatch';
const UNOPENED = 'payload/commitment-wrong';
const DIFFERS = 'database/projection-differs';
const MAP_DIFFERS = 'map/page-differs';

/** Whatever is rewritten below a head: the service does not know the new head, and everybody else has seen another. */
const REWRITTEN: Drill['expected'] = [
  service(NOT_OURS),
  cli(UNPROVED),
  audit(FORKED),
  audit(NOT_OURS),
  receipt(FORKED),
];

/** What a superuser does to entries, payloads and heads of a running service. */
export const LEDGER_DRILLS: readonly Drill[] = [
  tampered('forged-tail', 'tail-forged', { expected: [service(NOT_OURS), audit(NOT_OURS)] }),
  tampered('edited-entry', 'entry-edited', { expected: [...REWRITTEN, service(DIFFERS)], carries: UNPROVED }),
  tampered('replaced-payload', 'payload-replaced', { expected: REWRITTEN, carries: UNPROVED }),
  tampered('swapped-entries', 'entries-swapped', { expected: REWRITTEN, carries: UNPROVED }),
  tampered('inserted-entry', 'entry-inserted', { expected: REWRITTEN, carries: UNPROVED }),
  tampered('deleted-entry', 'entry-deleted', {
    expected: [service(NOT_OURS), service(DIFFERS), cli(UNPROVED), audit(BEHIND), audit(NOT_OURS), receipt(BEHIND)],
    carries: UNPROVED,
  }),
  tampered('deleted-tail', 'tail-cut', {
    expected: [service(BEHIND), service(DIFFERS), audit(BEHIND), receipt(BEHIND)],
  }),
  tampered('taken-head', 'head-swapped-back', { expected: [service(NOT_OURS), audit(NOT_OURS)] }),
  tampered('edited-payload', 'payload-edited', { expected: [cli(UNOPENED), audit(UNOPENED)], carries: UNOPENED }),
  tampered('swapped-salts', 'salts-swapped', { expected: [cli(UNOPENED), audit(UNOPENED)], carries: UNOPENED }),
  tampered('edited-projection', 'projection-edited', { expected: [audit(DIFFERS)], unmoved: ['cli'] }),
  databaseDrill({
    id: 'stale-page',
    sentence: MAP_TAMPERINGS[0].sentence,
    expected: [service(MAP_DIFFERS), audit(MAP_DIFFERS)],
    tamper: MAP_TAMPERINGS[0].apply,
  }),
  databaseDrill({
    id: 'wrong-page',
    sentence: MAP_TAMPERINGS[1].sentence,
    expected: [audit(MAP_DIFFERS)],
    tamper: MAP_TAMPERINGS[1].apply,
    unmoved: ['cli'],
  }),
];

/** What a superuser does to get in, or to make the service say or forget something. */
export const ACCESS_DRILLS: readonly Drill[] = [
  databaseDrill({
    id: 'forged-token',
    sentence: 'Write a token into the database that lets its bearer in as the administrator.',
    expected: [service('auth/token-unknown')],
    tamper: async ({ database }) => {
      const hash = createHash('sha256').update(FORGED_TOKEN).digest();
      await sql`INSERT INTO api_token (id, hash, principal, title, expires_at)
        VALUES (${FORGED_ID}, ${hash}, 'bootstrap-admin', 'forged', now() + interval '1 day')`.execute(database);
      return 'a token of the administrator is in the database that no service has made';
    },
    ask: async ({ context }) => {
      const row = await context.tokens.find(FORGED_ID);
      const answer = row === undefined ? undefined : await openService(context).authenticate(FORGED_TOKEN);
      return answer?.ok === false ? [answer.fault.code] : [];
    },
  }),
  databaseDrill({
    id: 'forged-grant',
    sentence: 'Append a well-formed grant by SQL that makes a pipeline an administrator.',
    expected: [service(NOT_OURS), audit(NOT_OURS)],
    tamper: (superuser, scene) =>
      withoutGuards(superuser, async (transaction) => {
        const leaves = await readLeaves(transaction);
        const grants = leaves.filter(({ proposal }) => proposal.kind === 'principal.granted');
        const [model, last] = [grants[0], leaves.at(-1)];
        if (model === undefined || last === undefined) throw new Error('the ledger has no grant');
        const body = { principal: scene.callers.pipeline.principal, role: 'admin' } as const;
        const document = formatGrantDocument({ role: 'admin', repositories: ['*'], stages: ['*'] });
        const grant = { ...model.proposal, principal: 'bootstrap-admin', body };
        const proposal = await withPayload(transaction, grant, document);
        await rewriteLedger(transaction, [...leaves, { proposal, time: last.time }]);
        return 'the newest entry makes the pipeline an administrator';
      }),
    ask: async ({ context }, scene) => {
      const answer = await openService(context).authenticate(scene.tokens.pipeline);
      return answer.ok ? [] : [answer.fault.code];
    },
  }),
  databaseDrill({
    id: 'redirected-retry',
    sentence: 'Point a submission at another entry, so that its retry is answered with the other one’s receipt.',
    expected: [service(DIFFERS)],
    tamper: async ({ database }, scene) => {
      const [from, to] = [scene.receipts.get('scan')?.index, scene.receipts.get('scan-again')?.index];
      await sql`UPDATE submission SET seq = ${to} WHERE seq = ${from}`.execute(database);
      return `the submission of entry ${from} is said to be entry ${to}`;
    },
    ask: async ({ context }, scene) => {
      const failing = { ...scene.image, stage: 'scan', note: '3 findings' };
      const body = signAttestation(scene.pipeline, failing);
      const again = { ...placed(failing), body };
      const answer = await openService(context).submitAttestation(scene.callers.pipeline, again);
      return answer.ok ? [] : [answer.fault.code];
    },
  }),
  databaseDrill({
    id: 'hidden-revocation',
    sentence: 'Cut the revocation of a key off the end of its list, so that the key signs on.',
    expected: [service(DIFFERS), audit(DIFFERS)],
    prepare: async ({ context }, scene) => {
      // From an hour ahead on, so that what the key signed until now stands and custody goes on passing.
      const effective = new Date(Date.now() + 3_600_000).toISOString();
      const revoked = await openService(context).revokeSigner(scene.callers.admin, scene.pipeline.signer, effective);
      if (!revoked.ok) throw new Error(revoked.fault.message);
    },
    tamper: async ({ database }, scene) => {
      const key = `signer:${scene.pipeline.signer}`;
      await sql`DELETE FROM list_entry WHERE key = ${key} AND n = 2`.execute(database);
      return 'the list of the key ends before its revocation';
    },
    ask: async ({ context }, scene) => {
      const answer = await openService(context).readSigner(scene.callers.admin, scene.pipeline.signer);
      return answer.ok ? [] : [answer.fault.code];
    },
  }),
];

const FORGED_ID = 'ab'.repeat(8);
const FORGED_TOKEN = `wbt_${FORGED_ID}_${'A'.repeat(43)}`;

function tampered(
  id: string,
  does: TamperingId,
  attack: Pick<DatabaseAttack, 'expected' | 'unmoved' | 'carries'>,
): Drill {
  const { sentence, apply } = tampering(does);
  return databaseDrill({ id, sentence, tamper: apply, ...attack });
}
