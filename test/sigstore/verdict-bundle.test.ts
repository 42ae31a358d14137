import assert from 'node:assert/strict';
import { createPublicKey } from 'node:crypto';
import { test } from 'node:test';
import { bundleFromJSON } from '@sigstore/bundle';
import { toSignedEntity, Verifier } from '@sigstore/verify';
import { parseVkey } from '../../src/core/checkpoint/signed-note.ts';
import { formatPublicKeyPem, type PublicKey } from '../../src/core/crypto/public-key.ts';
import { parseSigstoreBundle } from '../../src/core/dsse/sigstore-bundle.ts';
import { formatBase64 } from '../../src/core/encoding/base64.ts';
import { encodeUtf8 } from '../../src/core/encoding/utf8.ts';
import { readReceipt, verifyReceipt } from '../../src/core/receipt/receipt.ts';
import { openService } from '../../src/service/open-service.ts';
import { growLedger, IMAGE, IMAGE_REPOSITORY } from '../harness/grown-ledger.ts';
import { openServiceUnderTest } from '../harness/service-under-test.ts';

/** sigstore-js as the judge: signed by that key, with no log and no timestamp asked for. */
function judgeBySigstore(bundle: unknown, key: PublicKey): void {
  const publicKey = createPublicKey(formatPublicKeyPem(key));
  const material = {
    certificateAuthorities: [],
    timestampAuthorities: [],
    tlogs: [],
    ctlogs: [],
    publicKey: () => ({ publicKey, validFor: () => true }),
  };
  const verifier = new Verifier(material, { tlogThreshold: 0, ctlogThreshold: 0, timestampThreshold: 0 });
  verifier.verify(toSignedEntity(bundleFromJSON(bundle)));
}

test('a recorded verdict is a VSA in a bundle that sigstore-js accepts under the verdict key and no other', async () => {
  await using under = await openServiceUnderTest();
  await growLedger(under, 1);
  const service = openService(under.context);
  const question = { digest: IMAGE, repository: IMAGE_REPOSITORY, environment: 'production' };
  const answer = await service.recordVerdict(under.admin, question);
  assert(answer.ok, JSON.stringify(answer));
  const { result, recorded } = answer.value;
  const { verdict, image } = under.context.keys;
  judgeBySigstore(recorded.bundle, verdict.publicKey);
  assert.throws(() => judgeBySigstore(recorded.bundle, image.publicKey));

  // What is handed out is what the entry commits to, byte for byte.
  const entry = await service.readEntry(under.admin, recorded.seq);
  const [receipt, key] = [readReceipt(recorded.receipt), parseVkey(service.logVkey)];
  assert(entry.ok && receipt.ok && key.ok);
  const payload = Buffer.from(entry.value.payload ?? '', 'base64');
  assert(verifyReceipt(receipt.value, [key.value], payload).ok);
  assert.deepEqual(JSON.parse(payload.toString()), recorded.bundle);

  const bundle = parseSigstoreBundle(encodeUtf8(JSON.stringify(recorded.bundle)));
  assert(bundle.ok);
  const { predicateType, predicate } = JSON.parse(Buffer.from(bundle.value.envelope.payload).toString());
  assert.equal(predicateType, 'https://slsa.dev/verification_summary/v1');
  assert.equal(predicate.verificationResult, 'FAILED', 'nothing covers the repository');
  const root = formatBase64(Buffer.from(result.checkpoint?.root ?? '', 'hex'));
  const { size, environment } = predicate.waybill;
  assert.deepEqual([size, predicate.waybill.root, environment], [result.checkpoint?.size, root, 'production']);
});
