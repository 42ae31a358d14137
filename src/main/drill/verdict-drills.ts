import { join } from 'node:path';
import { sql } from 'kysely';
import type { VerdictRecorded } from '../../core/entry/kinds/verdict-recorded.ts';
import { invariant } from '../../core/fault.ts';
import { openAnchorFile } from '../../keys/anchor-file.ts';
import { openService } from '../../service/open-service.ts';
import { type Leaf, readLeaves, rewriteLedger } from '../../tamper/rewrite-ledger.ts';
import { type Superuser, withoutGuards } from '../../tamper/superuser.ts';
import { withPayload } from '../../tamper/tamperings.ts';
import { type LedgerCopy, withLedgerCopy } from '../scratch/ledger-copy.ts';
import { auditCodes, codesOf } from '../scratch/observers.ts';
import { type Drill, type Sighting, sightings } from './drill.ts';
import { openMachine } from './outsider.ts';
import { given, REPOSITORY, type Scene } from './scene.ts';
import { type Opened, opened } from './served-copy.ts';

/**
 * A verdict on record is made to say that an image passed which failed. An audit reads the database; `waybill replay`
 * judges every recorded verdict again, from evidence that the service gives out.
 */
export const VERDICT_DRILLS: readonly Drill[] = [
  verdictDrill({
    id: 'edited-verdict',
    sentence: 'Edit the verdict in the database from fail to pass, and make everything later fit.',
    expected: [
      { by: 'audit', code: 'head/not-ours' },
      { by: 'audit', code: 'head/not-consistent-with-anchor' },
      { by: 'service', code: 'head/not-ours' },
      { by: 'cli', code: 'head/not-ours' },
    ],
    said: 'the entry of the verdict reads pass, and every hash, head and list fits',
    tamper: (superuser) =>
      withoutGuards(superuser, async (transaction) => {
        const leaves = await readLeaves(transaction);
        const at = failed(leaves);
        const { proposal } = passing(leaves, at);
        await rewriteLedger(transaction, leaves.with(at, { proposal, time: leaves[at]?.time ?? '' }));
      }),
  }),
  verdictDrill({
    id: 'exchanged-verdict',
    sentence: 'Put the signed bundle of a verdict that passed in the place of the one that failed.',
    expected: [
      { by: 'cli', code: 'payload/commitment-wrong' },
      { by: 'audit', code: 'payload/commitment-wrong' },
    ],
    said: 'the bundle of the failed verdict is that of another image, which passed',
    tamper: (superuser) =>
      withoutGuards(superuser, async (transaction) => {
        const leaves = await readLeaves(transaction);
        const to = commitmentOf(leaves[failed(leaves)]);
        const from = commitmentOf(leaves.find(({ proposal }) => isVerdict(proposal, 'pass')));
        await sql`UPDATE payload SET bytes = (SELECT bytes FROM payload WHERE commitment = ${from})
          WHERE commitment = ${to}`.execute(transaction);
      }),
  }),
  verdictDrill({
    id: 'false-verdict',
    sentence: 'Record, as the log’s own server, that an image passed which failed.',
    expected: [{ by: 'cli', code: 'differs' }],
    said: 'the newest entry is a verdict that does not follow from the ledger, under the log’s own key',
    tamper: (superuser, { keys }) =>
      withoutGuards(superuser, async (transaction) => {
        const leaves = await readLeaves(transaction);
        const { time, proposal } = passing(leaves, failed(leaves));
        const row = await sql<{ bytes: Buffer }>`SELECT bytes FROM payload
          WHERE commitment = ${commitmentOf({ proposal })}`.execute(transaction);
        const again = await withPayload(transaction, proposal, row.rows[0]?.bytes ?? Buffer.alloc(0));
        await rewriteLedger(transaction, [...leaves, { time, proposal: again }], keys.headAuthenticator);
      }),
  }),
];

type VerdictAttack = Pick<Drill, 'id' | 'sentence' | 'expected'> & {
  readonly said: string;
  readonly tamper: (superuser: Superuser, scene: Scene) => Promise<void>;
};

function verdictDrill({ id, sentence, expected, said, tamper }: VerdictAttack): Drill {
  return {
    id,
    sentence,
    expected,
    play: (scene, attacked) =>
      withLedgerCopy(scene.original, async (copy) => {
        await using running = await opened(copy);
        const service = openService(running.replica.context);
        for (const digest of [scene.image.digest, scene.other.digest])
          given(await service.recordVerdict(scene.callers.admin, { digest, repository: REPOSITORY }));
        const { url } = await running.serve();
        const control = await look(scene, copy, running, url);
        if (attacked) await copy.asSuperuser((superuser) => tamper(superuser, scene));
        const noticed = await look(scene, copy, running, url);
        return { said: attacked ? said : 'nothing was done', control, noticed };
      }),
  };
}

/** An audit with keys and anchor, whoever replays the verdicts, and the service at a question. */
async function look(scene: Scene, copy: LedgerCopy, { replica }: Opened, url: string): Promise<readonly Sighting[]> {
  const { origin } = scene;
  const anchor = await openAnchorFile(join(copy.stateFolder, 'anchor.json')).read();
  invariant(anchor !== undefined, 'a service that ran has left an anchor');
  const [audit = []] = await auditCodes(copy.ownerUrl, [
    { origin, anchor, authenticator: scene.keys.headAuthenticator },
  ]);
  const { exit, code } = await openMachine(scene, scene.tokens.admin).replay(url);
  const refused = await codesOf(async () => {
    const read = await openService(replica.context).readEvidence(scene.callers.admin, scene.image);
    return read.ok ? [] : [read.fault.code];
  });
  return [
    ...sightings('audit', audit),
    ...sightings('cli', exit === 0 ? [] : [code ?? `exit code ${exit}`]),
    ...sightings('service', refused),
  ];
}

function isVerdict({ kind, body }: Leaf['proposal'], verdict: string): boolean {
  return kind === 'verdict.recorded' && (body as VerdictRecorded).verdict === verdict;
}

/** Where the verdict stands that failed. */
function failed(leaves: readonly Leaf[]): number {
  const at = leaves.findIndex(({ proposal }) => isVerdict(proposal, 'fail'));
  invariant(at >= 0, 'a verdict that failed is on record');
  return at;
}

/** That verdict, saying pass. */
function passing(leaves: readonly Leaf[], at: number): Leaf {
  const leaf = leaves[at];
  invariant(leaf !== undefined, 'the verdict is there');
  const body = { ...(leaf.proposal.body as VerdictRecorded), verdict: 'pass' };
  return { time: leaves.at(-1)?.time ?? leaf.time, proposal: { ...leaf.proposal, body } };
}

function commitmentOf(leaf: Pick<Leaf, 'proposal'> | undefined): Buffer {
  const commitment = leaf?.proposal.payload?.commitment;
  invariant(commitment !== undefined, 'a verdict has a payload');
  return Buffer.from(commitment, 'hex');
}
