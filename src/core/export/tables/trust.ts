import { sha256 } from '#sha256';
import { parseCanonicalJson } from '../../encoding/canonical-json.ts';
import { formatHex } from '../../encoding/hex.ts';
import { isJsonObject, type Json, type JsonObject } from '../../encoding/json.ts';
import type { Entry } from '../../entry/entry.ts';
import type { ChangeProposed } from '../../entry/kinds/change-proposed.ts';
import type { ControlKeysChanged } from '../../entry/kinds/control-keys-changed.ts';
import type { LogOpened } from '../../entry/kinds/log-opened.ts';
import type { LogSealed } from '../../entry/kinds/log-sealed.ts';
import type { SettingsChanged } from '../../entry/kinds/settings-changed.ts';
import type { SignerRotated } from '../../entry/kinds/signer-rotated.ts';
import type { TokenIssued } from '../../entry/kinds/token-issued.ts';
import type { ExportRow } from '../export-lines.ts';
import { type Table, type TableRow, together, yesNo } from '../table.ts';

/** Changes of what is trusted: contracts, signers, roles, tokens, control keys, settings, and the keys of the log. */
export const trust: Table = {
  name: 'trust',
  kinds: [
    'change.proposed',
    'contract.published',
    'contract.withdrawn',
    'control-keys.changed',
    'log-key.rotated',
    'log.opened',
    'log.sealed',
    'principal.granted',
    'principal.revoked',
    'settings.changed',
    'signer.registered',
    'signer.revoked',
    'signer.rotated',
    'token.issued',
  ],
  columns: [
    'about',
    'proposed',
    'version',
    'role',
    'use',
    'repositories',
    'stages',
    'person',
    'title',
    'successor',
    'effective',
    'keys',
    'threshold',
    'setting',
    'lifetime_seconds',
    'document_sha256',
    'control',
  ],
  cells: (row) => ({
    about: aboutOf(row.entry),
    ...bodyCells(row.entry),
    ...documentCells(row),
    document_sha256: row.document && formatHex(sha256(row.document.bytes)),
    control: yesNo(row.entry.control !== undefined),
  }),
};

/** The list that the change belongs to: the first that is no list of coverage; of a rotation that of the key before. */
function aboutOf({ kind, keys, body }: Entry): string | undefined {
  if (kind === 'signer.rotated') return `signer:${(body as SignerRotated).signer}`;
  return keys.find(({ key }) => !key.startsWith('coverage:'))?.key;
}

/** What an entry says of itself. Every kind of the table was read strictly, so that its body has its form. */
function bodyCells({ kind, body }: Entry): TableRow {
  const members = body as JsonObject;
  switch (kind) {
    case 'change.proposed':
      return { proposed: (body as ChangeProposed).kind };
    case 'contract.published':
    case 'contract.withdrawn':
      return { version: members.version as number, repositories: textsOf(members.repositories) };
    case 'control-keys.changed': {
      const { controlKeys, controlThreshold } = body as ControlKeysChanged;
      return { keys: together(controlKeys), threshold: controlThreshold };
    }
    case 'log.opened': {
      const { logKeys, controlThreshold } = body as LogOpened;
      return { keys: together(logKeys), ...(controlThreshold === 0 ? {} : { threshold: controlThreshold }) };
    }
    case 'log.sealed':
      return { keys: together((body as LogSealed).logKeys), successor: (body as LogSealed).successor };
    case 'log-key.rotated':
      return { keys: textsOf(members.logKeys) };
    case 'settings.changed':
      return { setting: `dual-control=${(body as SettingsChanged).dualControl ? 'on' : 'off'}` };
    case 'signer.rotated':
      return { successor: (body as SignerRotated).successor, effective: (body as SignerRotated).until };
    case 'token.issued':
      return { lifetime_seconds: (body as TokenIssued).lifetimeSeconds };
    default:
      return { role: textOf(members.role), use: textOf(members.use), effective: textOf(members.effective) };
  }
}

/** What the document of a grant or of a registration adds; only what has the right type counts. */
function documentCells({ entry, document }: ExportRow): TableRow {
  if (entry.kind !== 'principal.granted' && entry.kind !== 'signer.registered') return {};
  const read = document === undefined ? undefined : parseCanonicalJson(document.bytes);
  if (read?.ok !== true || !isJsonObject(read.value)) return {};
  const { repositories, stages, person, title } = read.value;
  return {
    repositories: textsOf(repositories),
    stages: textsOf(stages),
    person: textOf(person),
    title: textOf(title),
  };
}

function textOf(value: Json | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function textsOf(value: Json | undefined): string | undefined {
  return Array.isArray(value) ? together(value.filter((each) => typeof each === 'string')) : undefined;
}
