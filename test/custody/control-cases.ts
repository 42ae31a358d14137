import { controlSetFields } from '../../src/core/control/control-keys.ts';
import { controlStatement } from '../../src/core/control/control-statement.ts';
import type { Json } from '../../src/core/encoding/json.ts';
import { CONTROL, controlledCustody, controlSet, signEntry, signStatement } from './control-under-test.ts';

/** An entry under many envelopes, good and bad, of every algorithm: what one backend makes of them, every other must. */
export function controlCases(): readonly Json[] {
  const ledger = controlledCustody();
  const entry = ledger.entry(7);
  const document = ledger.payload(7) ?? new Uint8Array();
  const good = signEntry(entry, document);
  const statement = controlStatement(entry, document);
  const misstated = [{ log: 'waybill-other' }, { kind: 'contract.withdrawn' }, { key: 'trust' }, { body: {} }];
  const envelopes: (string | undefined)[] = [
    undefined,
    good,
    `${good} `,
    good.replace('"sig"', '"signature"'),
    ...[['ann'], ['ann', 'p256-ben'], ['p256-ben', 'p384-cat'], ['stranger', 'p384-cat']].map((by) =>
      signEntry(entry, document, by),
    ),
    ...misstated.map((change) => signStatement({ ...statement, ...change }, ['ann', 'p256-ben'])),
    ...Array.from({ length: 24 }, (_, index) => flipDigit(good, Math.floor((good.length * (index + 1)) / 26))),
  ];
  const sets = [CONTROL, controlSet(['ann'], 1)].map(controlSetFields);
  return envelopes.flatMap((control) =>
    sets.map((fields) => {
      const { control: _before, ...rest } = entry;
      const changed = { ...rest, ...(control === undefined ? {} : { control }) };
      return { entry: changed, document: Buffer.from(document).toString('base64'), ...fields } as unknown as Json;
    }),
  );
}

/** Another character of base64 at the place, wherever that lies. */
function flipDigit(text: string, at: number): string {
  return `${text.slice(0, at)}${text[at] === 'A' ? 'B' : 'A'}${text.slice(at + 1)}`;
}
