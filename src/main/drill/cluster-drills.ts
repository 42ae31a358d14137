import { join } from 'node:path';
import { invariant } from '../../core/fault.ts';
import { openAnchorFile } from '../../keys/anchor-file.ts';
import type { ClusterIdentity } from '../../service/ports.ts';
import { withLedgerCopy } from '../scratch/ledger-copy.ts';
import { codesOf } from '../scratch/observers.ts';
import { type Drill, sightings } from './drill.ts';

/**
 * A database that is whole, and is not the one that the service knows: copied to another server, or a standby that was
 * promoted and may lack what the service has signed. Played from the other side, since a scratch server is what it is: the
 * anchor comes from elsewhere.
 */
export const CLUSTER_DRILLS: readonly Drill[] = [
  elsewhere(
    'other-cluster',
    'Point the service at a copy of its database on another server.',
    'head/other-cluster',
    (cluster) => ({ ...cluster, systemIdentifier: '7000000000000000001' }),
  ),
  elsewhere(
    'promoted-standby',
    'Promote a standby, which may lack what was signed last, and let the service go on there.',
    'head/other-timeline',
    (cluster) => ({ ...cluster, timeline: '00000007' }),
  ),
];

function elsewhere(
  id: string,
  sentence: string,
  code: string,
  move: (cluster: ClusterIdentity) => ClusterIdentity,
): Drill {
  return {
    id,
    sentence,
    expected: [{ by: 'service', code }],
    play: (scene, attacked) =>
      withLedgerCopy(scene.original, async (copy) => {
        const start = () =>
          codesOf(async () => {
            await (await copy.open()).close();
            return [];
          });
        const control = sightings('service', await start());
        if (attacked) await moveAnchor(join(copy.stateFolder, 'anchor.json'), move);
        return {
          said: attacked ? 'the service starts on another server than its anchor names' : 'nothing was done',
          control,
          noticed: sightings('service', await start()),
        };
      }),
  };
}

async function moveAnchor(path: string, move: (cluster: ClusterIdentity) => ClusterIdentity): Promise<void> {
  const file = openAnchorFile(path);
  try {
    const anchor = await file.read();
    invariant(anchor?.cluster !== undefined, 'the anchor of a service that ran names its cluster');
    await file.write({ ...anchor, cluster: move(anchor.cluster) });
  } finally {
    await file.close();
  }
}
