/**
 * The ceiling: what a Node service could do at most that checks what is posted and keeps nothing. Express 5, its own JSON
 * parser, base64, and a native Ed25519 verification over the DSSE pre-authentication encoding with a key that is held
 * ready; the answer has the size of a receipt. No authentication, no validation, no log, no database. What Express does by default and an author who wants speed
 * turns off is off: ETags and `X-Powered-By`.
 *
 * Its first message holds the keys by key id (SPKI PEM) and the bytes of its answer; it answers with its port. Every other
 * one asks for its processor time so far.
 */
import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';

type Setup = { readonly keys: Readonly<Record<string, string>>; readonly answerBytes: number };
type Envelope = {
  readonly payloadType: string;
  readonly payload: string;
  readonly signatures: readonly { readonly keyid: string; readonly sig: string }[];
};

process.on('disconnect', () => process.exit(0));
const [setup] = (await once(process, 'message')) as [Setup];
const keys = new Map<string, KeyObject>(
  Object.entries(setup.keys).map(([keyid, pem]) => [keyid, createPublicKey(pem)]),
);
const frame = JSON.stringify({ receipt: '' });
const answer = JSON.stringify({ receipt: 'r'.repeat(Math.max(0, setup.answerBytes - frame.length)) });

const app = express();
app.disable('x-powered-by');
app.disable('etag');
app.post('/v1/attestations', express.json(), (request, response) => {
  const good = isSigned(request.body as Envelope);
  response
    .status(good ? 201 : 422)
    .type('application/json')
    .send(good ? answer : '{}');
});
const server = createServer(app);
server.listen(0, '127.0.0.1');
await once(server, 'listening');
process.on('message', () => process.send?.(process.cpuUsage()));
process.send?.({ port: (server.address() as AddressInfo).port });

function isSigned({ payloadType, payload, signatures }: Envelope): boolean {
  const [signature] = signatures;
  const key = signature === undefined ? undefined : keys.get(signature.keyid);
  if (signature === undefined || key === undefined) return false;
  const bytes = Buffer.from(payload, 'base64');
  const encoded = Buffer.concat([Buffer.from(`DSSEv1 ${payloadType.length} ${payloadType} ${bytes.length} `), bytes]);
  return verify(null, encoded, key, Buffer.from(signature.sig, 'base64'));
}
