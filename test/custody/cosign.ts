import { formatVkey, parseVkey } from '../../src/core/checkpoint/signed-note.ts';
import type { TrustedMonitorKey } from '../../src/core/custody/trust-file.ts';
import { u64be } from '../../src/core/encoding/bytes.ts';
import { encodeUtf8 } from '../../src/core/encoding/utf8.ts';
import type { LedgerUnderTest } from './ledger-under-test.ts';

/** Key of a monitor of that name, as a trust file names it. */
export function monitorKey(ledger: LedgerUnderTest, name: string): TrustedMonitorKey {
  const vkey = formatVkey(name, 4, ledger.key(name).publicKey.raw);
  const key = parseVkey(vkey);
  if (!key.ok) throw new Error(key.fault.message);
  return { vkey, key: key.value };
}

/** The checkpoint with a cosignature behind it, by C2SP tlog-cosignature; `text` is what is signed, the note's own unless told. */
export function cosigned(ledger: LedgerUnderTest, checkpoint: string, name: string, text?: string): string {
  const { key } = monitorKey(ledger, name);
  const body = text ?? checkpoint.slice(0, checkpoint.indexOf('\n\n') + 1);
  const seconds = 1_772_366_400;
  const signature = ledger.key(name).sign(encodeUtf8(`cosignature/v1\ntime ${seconds}\n${body}`));
  const line = Buffer.concat([key.keyId, u64be(seconds), signature]).toString('base64');
  return `${checkpoint}— ${name} ${line}\n`;
}
