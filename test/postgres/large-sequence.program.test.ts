import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseVkey } from '../../src/core/checkpoint/signed-note.ts';
import { parseCanonicalJson } from '../../src/core/encoding/canonical-json.ts';
import { encodeUtf8 } from '../../src/core/encoding/utf8.ts';
import { verifyConsistency } from '../../src/core/merkle/consistency.ts';
import { readReceipt, verifyReceipt } from '../../src/core/receipt/receipt.ts';
import { openService } from '../../src/service/open-service.ts';
import { query } from '../harness/embedded-folder.ts';
import { IMAGE, IMAGE_REPOSITORY, MANIFEST } from '../harness/grown-ledger.ts';
import { plantBase } from '../harness/planted-base.ts';
import { openServiceUnderTest } from '../harness/service-under-test.ts';

/** Sizes from which a few hundred entries cross 2^31, cross 2^32, and come close to the last size that is exact. */
const BASES = [2 ** 31 - 256, 2 ** 32 - 256, 2 ** 53 - 1024];
const STAGES = 300;

for (const base of BASES) {
  test(`a ledger of ${base} entries grows, proves and answers like any other`, async () => {
    await using service = await openServiceUnderTest();
    const replica = await plantBase(service, base);
    const api = openService(replica.context);
    const { admin } = service;
    const vkey = parseVkey(api.logVkey);
    assert(vkey.ok);

    const signed = await api.signImage(admin, { manifest: MANIFEST, repository: IMAGE_REPOSITORY });
    assert(signed.ok, JSON.stringify(signed));
    assert.equal(signed.value.seq, base);
    const answers = await Promise.all(
      Array.from({ length: STAGES }, (_, stage) =>
        api.submitAttestation(admin, {
          body: encodeUtf8(
            JSON.stringify({ version: '2.1.0', runs: [{ tool: { driver: { name: `s${stage}` } }, results: [] }] }),
          ),
          subject: IMAGE,
          repository: IMAGE_REPOSITORY,
          stage: `stage-${stage}`,
        }),
      ),
    );
    const seqs = answers.map((answer) => {
      assert(answer.ok, JSON.stringify(answer));
      const receipt = readReceipt(answer.value.receipt);
      assert(receipt.ok);
      const verified = verifyReceipt(receipt.value, [vkey.value]);
      assert(verified.ok, JSON.stringify(verified));
      assert.equal(verified.value.entry.seq, answer.value.seq);
      return answer.value.seq;
    });
    const { frontier } = await replica.context.store.head();
    const size = frontier.size;
    // The signature and each batch of stages end with a commitment to the map.
    assert.equal(new Set(seqs).size, STAGES);
    assert.equal(Math.min(...seqs), base + 2);
    assert.equal(Math.max(...seqs), size - 2);

    // A retry is found, and what is asked for by number is that entry: no number was rounded or wrapped.
    const again = await api.readReceipt(admin, size - 2);
    assert(again.ok);
    const receipt = readReceipt(again.value);
    assert(receipt.ok && verifyReceipt(receipt.value, [vkey.value]).ok);
    const listed = await api.listEntries(admin, { cursor: String(size - 4), limit: 2 });
    assert(listed.ok, JSON.stringify(listed));
    assert.deepEqual(
      listed.value.items.map(({ entry }) => entry.seq),
      [size - 3, size - 2],
    );
    assert.equal(listed.value.next, String(size - 2));

    const evidence = await api.readEvidence(admin, { digest: IMAGE });
    assert(evidence.ok, JSON.stringify(evidence));
    assert(parseCanonicalJson(evidence.value).ok);
    const judged = await api.verifyCustody(admin, { digest: IMAGE });
    assert(judged.ok);
    assert.deepEqual(
      judged.value.checks.filter(({ outcome }) => outcome !== 'pass').map(({ code }) => code),
      ['contract/covers'],
    );
    assert.equal(judged.value.checkpoint?.size, size);

    const consistency = await api.readConsistency(admin, base, size);
    assert(consistency.ok, JSON.stringify(consistency));
    const heads = await query(
      service.database.ownerUrl,
      `SELECT size, encode(root, 'base64') AS root FROM head ORDER BY size`,
    );
    const rootAt = (size: number) => {
      const row = heads.find((head) => head.size === String(size));
      assert(row !== undefined);
      return new Uint8Array(Buffer.from(String(row.root), 'base64'));
    };
    const proof = {
      first: base,
      second: size,
      firstRoot: rootAt(base),
      secondRoot: rootAt(size),
      path: consistency.value.path.map((hash) => new Uint8Array(Buffer.from(hash, 'base64'))),
    };
    assert.deepEqual(verifyConsistency(proof), { ok: true, value: undefined });
    assert.equal(verifyConsistency({ ...proof, first: base - 1 }).ok, false);
  });
}
