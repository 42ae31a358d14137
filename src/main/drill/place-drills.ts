import { openService } from '../../service/open-service.ts';
import { readLeaves, rewriteLedger } from '../../tamper/rewrite-ledger.ts';
import { withoutGuards } from '../../tamper/superuser.ts';
import { TILE_FORGED, withPayload } from '../../tamper/tamperings.ts';
import type { Replica } from '../open-replica.ts';
import { databaseDrill } from './database-drill.ts';
import type { Drill } from './drill.ts';
import { signAttestation } from './pipeline.ts';
import { given, placed, REPOSITORY, type Scene } from './scene.ts';

/** Leaves of a full tile (C2SP tlog-tiles). */
const TILE_LEAVES = 256;
/** How far the clock is set back: over what readers bear of a checkpoint from the future, 300 s. */
const CLOCK_BACK_MS = 600_000;

/** Attacks on what lies beside the entries: tiles, and the clock. */
export const PLACE_DRILLS: readonly Drill[] = [
  databaseDrill({
    id: 'forged-tile',
    sentence: TILE_FORGED.sentence,
    expected: [
      { by: 'service', code: 'head/not-ours' },
      { by: 'cli', code: 'merkle/root-mismatch' },
      { by: 'audit', code: 'merkle/malformed-tile' },
    ],
    prepare: fillTile,
    tamper: TILE_FORGED.apply,
  }),
  databaseDrill({
    id: 'clock-set-back',
    sentence: 'Set the clock of database and service back by ten minutes, so that what comes next looks older.',
    expected: [
      { by: 'service', code: 'head/clock-behind' },
      { by: 'cli', code: 'checkpoint/from-the-future' },
    ],
    // Played the other way round, since no clock of this machine is touched: the last entry was written, rightly and by
    // the service's own key, before the clock was set back.
    tamper: (superuser, scene) =>
      withoutGuards(superuser, async (transaction) => {
        const leaves = await readLeaves(transaction);
        const last = leaves.findLast(({ proposal }) => proposal.kind === 'attestation.recorded');
        if (last === undefined) throw new Error('the ledger has an attestation');
        const time = new Date(Date.now() + CLOCK_BACK_MS).toISOString();
        const attested = { ...scene.image, stage: 'scan', note: 'before the clock was set back' };
        const bytes = signAttestation(scene.pipeline, attested);
        const proposal = await withPayload(transaction, last.proposal, bytes);
        await rewriteLedger(transaction, [...leaves, { proposal, time }], scene.keys.headAuthenticator);
        return 'the last entry is ten minutes ahead of every clock';
      }),
  }),
];

/** Attests the other image until the ledger has a full tile. */
async function fillTile({ context }: Replica, scene: Scene): Promise<void> {
  const service = openService(context);
  const count = TILE_LEAVES - scene.shadow.leaves.length;
  const asked = Array.from({ length: count }, (_, index) => {
    const attested = { digest: scene.other.digest, repository: REPOSITORY, stage: 'scan', note: `filler ${index}` };
    return { ...placed(attested), body: signAttestation(scene.pipeline, attested) };
  });
  const answers = await Promise.all(asked.map((each) => service.submitAttestation(scene.callers.pipeline, each)));
  for (const answer of answers) given(answer);
}
