import { controlSigners } from '../core/control/control-envelope.ts';
import { controlKeyId } from '../core/control/control-keys.ts';
import {
  CONTROL_REQUEST_BYTES_MAX,
  type ControlRequest,
  controlRequestJson,
  parseControlRequest,
  requestEnvelope,
} from '../core/control/control-request.ts';
import type { PublicKey } from '../core/crypto/public-key.ts';
import { EXIT } from './exit-codes.ts';
import { readLocalFile, writeLocalFile } from './local-file.ts';
import { stop, stopOf } from './stop.ts';

/** A request for control signatures, from its file. */
export function readControlRequest(path: string): ControlRequest {
  const request = parseControlRequest(readLocalFile(path, CONTROL_REQUEST_BYTES_MAX));
  if (request.ok) return request.value;
  throw stopOf(EXIT.input, request.fault, path);
}

export function writeControlRequest(path: string, request: ControlRequest): void {
  writeLocalFile(path, `${JSON.stringify(controlRequestJson(request), undefined, 2)}\n`);
}

/** The keys whose signatures in the request are good. */
export function goodSigners(request: ControlRequest): readonly PublicKey[] {
  return controlSigners(request, request.set);
}

/** A change that control keys agreed to, out of the file that --control names: of this kind, and ready to be sent. */
export type AgreedChange<B> = { readonly body: B; readonly document: Uint8Array; readonly control: string };

/**
 * What control keys agreed to, in the file that --control names; undefined without one, where `named` is what the command
 * is about instead. Stops where both or neither are there, or the file is about something of another kind. Whether enough
 * keys in force agreed is for the service to say, and for every reader after it.
 */
export function agreedChange<B>(
  path: string | undefined,
  kind: string,
  named: string | undefined,
): AgreedChange<B> | undefined {
  if ((path === undefined) === (named === undefined)) {
    const message =
      'Give the argument that names what is changed, or --control with a change that was agreed to: one of the two.';
    throw stop(EXIT.usage, 'cli/bad-argument', message);
  }
  return path === undefined ? undefined : readAgreedChange<B>(path, kind);
}

/** The change in the file. */
export function readAgreedChange<B>(path: string, kind: string): AgreedChange<B> {
  const request = readControlRequest(path);
  if (request.statement.kind !== kind) {
    const message = `${path} is about an entry of kind ${request.statement.kind}, and this command makes one of kind ${kind}.`;
    throw stop(EXIT.usage, 'cli/bad-argument', message);
  }
  return {
    body: request.statement.body as unknown as B,
    document: request.document ?? new Uint8Array(),
    control: requestEnvelope(request),
  };
}

/** The id of a key, shortened for people. */
export function shortKeyId(key: PublicKey): string {
  return controlKeyId(key).slice(0, 12);
}
