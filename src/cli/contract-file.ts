import { checkRules } from '../core/contract/check-rules.ts';
import { type Contract, readContract } from '../core/contract/contract.ts';
import type { Json } from '../core/encoding/json.ts';
import type { Fault, Result } from '../core/fault.ts';
import { type Place, placesIn } from '../yaml/place-in-yaml.ts';
import { parseYamlDocument } from '../yaml/yaml-document.ts';
import { EXIT } from './exit-codes.ts';
import { readLocalFile } from './local-file.ts';
import { Stop } from './stop.ts';

/** Largest file that is read as a contract or as a case of one. */
export const CONTRACT_BYTES_MAX = 1024 * 1024;

/** What is wrong with a document, and where. */
export type Trouble = { readonly code: string; readonly message: string } & Place;

/** A contract with the places of its members, or why it would be refused. */
export type ContractFile =
  | { readonly ok: true; readonly contract: Contract; readonly placeOf: (pointer: string) => Place }
  | { readonly ok: false; readonly trouble: Trouble };

/** A contract in YAML or JSON, as strictly as the service reads it, its rules included. */
export function readContractFile(bytes: Uint8Array): ContractFile {
  const document = readYaml(bytes);
  if (!document.ok) return document;
  const read = readContract(document.value);
  const checked = read.ok ? checkRules(read.value) : read;
  if (checked.ok) return { ok: true, contract: checked.value, placeOf: document.placeOf };
  return { ok: false, trouble: document.troubleOf(checked.fault) };
}

/** The contract in a file that the user named; one that would be refused stops with `file:line:column` and exit code 5. */
export function demandContract(path: string): Contract {
  const read = readContractFile(readLocalFile(path, CONTRACT_BYTES_MAX));
  if (read.ok) return read.contract;
  const { code, message, line, column } = read.trouble;
  throw new Stop(EXIT.input, { code, message: `${path}:${line}:${column}: ${message}`, hint: HINT });
}

const HINT = 'waybill contract lint says what else there is to say about it.';

/** The value of a YAML document, with the places of its members. */
export type YamlFile =
  | {
      readonly ok: true;
      readonly value: Json;
      readonly placeOf: (pointer: string) => Place;
      /** A fault of the value as what is wrong with the document. */
      readonly troubleOf: (fault: Fault) => Trouble;
    }
  | { readonly ok: false; readonly trouble: Trouble };

export function readYaml(bytes: Uint8Array): YamlFile {
  const parsed: Result<Json> = parseYamlDocument(bytes);
  const places = () => placesIn(Buffer.from(bytes).toString('utf8'));
  if (parsed.ok) {
    const placeOf = (pointer: string) => places().ofPointer(pointer);
    const troubleOf = (fault: Fault) => ({ ...saidOf(fault), ...placeOf(fault.at ?? '') });
    return { ok: true, value: parsed.value, placeOf, troubleOf };
  }
  const { code, message, at } = parsed.fault;
  // Without a place it was refused before anybody could read it, and is not read for one.
  const place = code === 'http/malformed-yaml' && at !== undefined ? places().ofOffset(Number(at)) : START;
  return { ok: false, trouble: { code, message, ...place } };
}

const START: Place = { line: 1, column: 1 };

/** The sentence that helps: what exactly is malformed, where that is known. */
function saidOf({ code, message, cause }: Fault): { readonly code: string; readonly message: string } {
  return { code, message: code === 'contract/malformed' && cause !== undefined ? cause.message : message };
}
