import type { ChangeView } from '../../client/answers.ts';
import type { Client } from '../../client/client.ts';
import { formatPublicKeyPem } from '../../core/crypto/public-key.ts';
import type { JsonObject } from '../../core/encoding/json.ts';
import { parseJson } from '../../core/encoding/json.ts';
import type { SettingsChanged } from '../../core/entry/kinds/settings-changed.ts';
import type { TokenIssued } from '../../core/entry/kinds/token-issued.ts';
import { parseGrantDocument } from '../../core/trust/grant-document.ts';
import { parseSignerDocument } from '../../core/trust/signer-document.ts';
import { type Cli, receiptFields, remarkFirstUse, withReceipt } from '../cli.ts';
import type { ServiceOptions } from '../connect.ts';
import { readAgreedChange } from '../control-file.ts';
import { EXIT } from '../exit-codes.ts';
import { fields, plain } from '../layout-text.ts';
import { stop } from '../stop.ts';
import { takeReceipt } from '../take-receipt.ts';
import { handOutToken, requireNewFile } from './token.ts';

export type ApproveOptions = ServiceOptions & {
  readonly title: string;
  readonly output?: string;
  readonly control?: string;
};

/** Makes a change that somebody else proposed, by the route that such a change has. */
export async function makeChange(cli: Cli, options: ApproveOptions, change: ChangeView): Promise<undefined> {
  const { client, watch } = cli.connect(options);
  if (change.kind === 'token.issued') {
    requireNewFile(options.output);
    const { principal, lifetimeSeconds } = change.body as unknown as TokenIssued;
    const { value } = await client.createToken({ principal, lifetimeSeconds, title: options.title });
    handOutToken(cli, value, options.output);
    return;
  }
  const agreed = options.control === undefined ? undefined : readAgreedChange<unknown>(options.control, change.kind);
  const control = agreed === undefined ? {} : { control: agreed.control };
  const { value, json } = await send(client, change, control);
  const taken = await takeReceipt(watch, value.recorded.receipt, { kind: change.kind });
  remarkFirstUse(cli, taken);
  cli.print.result(withReceipt(json, taken), () =>
    [
      `made, as the second person: ${plain(change.kind)} of ${plain(change.key)}`,
      fields(receiptFields(taken, value.recorded.duplicate)),
    ].join('\n'),
  );
}

type Named = Readonly<Record<'contract' | 'signer' | 'principal' | 'effective', string>>;

/** The agreement of control keys, in a log that has some. */
type Agreed = { readonly control?: string };

function send(client: Client, { kind, key, body, document }: ChangeView, control: Agreed) {
  const { contract, signer, principal, effective } = body as unknown as Named;
  const bytes = new Uint8Array(Buffer.from(document ?? '', 'base64'));
  switch (kind) {
    case 'contract.published':
      return control.control === undefined
        ? client.publishContract(bytes, 'application/json')
        : client.publishControlled(objectOf(bytes, key), control.control);
    case 'contract.withdrawn':
      return client.withdrawContract(contract, control);
    case 'signer.registered':
      return client.registerSigner({ ...signerOf(bytes, key), ...control });
    case 'signer.rotated':
      return client.rotateSigner(signer, { ...objectOf(bytes, key), ...control });
    case 'signer.revoked':
      return client.revokeSigner(signer, { effective, ...control });
    case 'principal.granted':
      return client.grantPrincipal({ principal, ...grantOf(bytes, key), ...control });
    case 'principal.revoked':
      return client.revokePrincipal(principal, control);
    case 'settings.changed':
      return client.changeSettings({ dualControl: (body as unknown as SettingsChanged).dualControl, ...control });
    default:
      throw stop(EXIT.usage, 'cli/bad-argument', `This version does not know how to make a change of kind ${kind}.`);
  }
}

function signerOf(bytes: Uint8Array, key: string) {
  const read = parseSignerDocument(bytes);
  if (!read.ok) throw unusable(key);
  const { key: publicKey, signer: _computed, ...rest } = read.value;
  return { publicKeyPem: formatPublicKeyPem(publicKey), ...rest };
}

function grantOf(bytes: Uint8Array, key: string) {
  const read = parseGrantDocument(bytes);
  if (!read.ok) throw unusable(key);
  return read.value;
}

function objectOf(bytes: Uint8Array, key: string): JsonObject {
  const read = parseJson(bytes);
  if (!read.ok || typeof read.value !== 'object' || read.value === null || Array.isArray(read.value))
    throw unusable(key);
  return read.value as JsonObject;
}

function unusable(key: string) {
  return stop(
    EXIT.input,
    'cli/unusable-file',
    `The document that is proposed for ${key} does not read: propose another.`,
  );
}
