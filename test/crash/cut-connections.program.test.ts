import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { CUTS, type CutBench, openCutBench } from '../harness/cut-matrix.ts';
import type { TracedKind } from '../harness/traced-requests.ts';

const KINDS: readonly TracedKind[] = ['attestation', 'signing', 'signer', 'contract', 'token', 'verdict'];
/** Of the round trips beside the commit, every so many; `npm run test:soak -- cuts` cuts all of them in every way. */
const STRIDE = 6;

describe('whichever round trip to the database is lost', () => {
  let bench: CutBench;
  before(async () => {
    bench = await openCutBench();
  });
  after(() => bench[Symbol.asyncDispose]());

  for (const [place, kind] of KINDS.entries()) {
    test(`${kind}: a retry is taken, once, with a receipt that stands`, async () => {
      const { roundTrips, commit } = await bench.dryRun(kind);
      assert(commit >= 0 && commit < roundTrips, 'a dry run finds the round trip that commits');
      for (let at = 0; at < roundTrips; at += 1) {
        const chosen =
          at === commit
            ? CUTS
            : CUTS.filter((_, index) => at % STRIDE === place % STRIDE && index === at % CUTS.length);
        for (const cut of chosen) {
          const { reached, statuses, codes, ready } = await bench.cut(kind, at, cut);
          const said = `${cut} at ${at} of ${roundTrips}, commit at ${commit}: ${statuses.join(', ')} ${codes.join(', ')}`;
          assert(reached, said);
          assert([200, 201].includes(statuses.at(-1) ?? 0), said);
          assert(
            codes.every((code) => code === 'database/unreachable'),
            said,
          );
          assert(ready, said);
        }
      }
      assert.deepEqual((await bench.check()).broken, []);
    });
  }
});
