import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { type Entry, entryHash, formatEntry, parseEntry } from '../../src/core/entry/entry.ts';
import { KINDS, RESERVED_KINDS } from '../../src/core/entry/kinds.ts';
import { type Changeable, canonical, DIGEST, OTHER_DIGEST, SAMPLES, sample } from './sample-entries.ts';

const LARGEST = 9_007_199_254_740_991;

function codeOf(bytes: Uint8Array): string {
  const parsed = parseEntry(bytes);
  return parsed.ok ? 'read' : parsed.fault.code;
}

/** Code that the sample of `kind` gives once `change` was made to it. */
function changed(kind: string, change: (entry: Changeable & { body: Changeable; keys: Changeable[] }) => void): string {
  const entry = sample(kind) as Changeable & { body: Changeable; keys: Changeable[] };
  change(entry);
  return codeOf(canonical(entry));
}

const ATTESTATION = 'attestation.recorded';

describe('parseEntry', () => {
  for (const kind of Object.keys(KINDS)) {
    test(`reads ${kind} and writes the same bytes`, () => {
      const bytes = canonical(sample(kind));
      const parsed = parseEntry(bytes);
      assert(parsed.ok, JSON.stringify(parsed));
      assert.deepEqual(formatEntry(parsed.value), bytes);
    });
    test(`refuses ${kind} without its keys, under a foreign one, under one more (entry/keys-wrong)`, () => {
      assert.equal(
        changed(kind, (entry) => {
          entry.keys = [];
        }),
        kind === 'map.committed' ? 'read' : 'entry/keys-wrong',
      );
      assert.equal(
        changed(kind, (entry) => {
          entry.keys = [{ key: 'zone', n: 1 }];
        }),
        'entry/keys-wrong',
      );
      assert.equal(
        changed(kind, (entry) => entry.keys.push({ key: 'zone', n: 1 })),
        'entry/keys-wrong',
      );
    });
    test(`refuses ${kind} with a member in its body that nobody knows (entry/body-malformed)`, () => {
      assert.equal(
        changed(kind, (entry) => {
          entry.body.extra = 1;
        }),
        'entry/body-malformed',
      );
    });
    test(`refuses ${kind} without any one of its members`, () => {
      for (const member of Object.keys(sample(kind))) {
        if (kind === ATTESTATION && member === 'predicateType') continue;
        const entry = sample(kind);
        delete entry[member];
        assert.notEqual(codeOf(canonical(entry)), 'read', member);
      }
    });
  }

  test('has a sample for every kind in force', () => {
    assert.deepEqual(Object.keys(SAMPLES).sort(), Object.keys(KINDS).sort());
  });

  test('reads kinds of later versions, which custody then refuses', () => {
    for (const kind of [...Object.keys(RESERVED_KINDS), 'future.happened']) {
      const entry = { ...sample('principal.revoked'), kind, body: { anything: [1, 'two', null] }, keys: [] };
      assert.equal(codeOf(canonical(entry)), 'read');
    }
  });
});

describe('parseEntry is strict about bytes', () => {
  const text = new TextDecoder().decode(canonical(sample(ATTESTATION)));
  const bytesOf = (altered: string) => new TextEncoder().encode(altered);

  test('refuses white space, another order, an escape or an exponent (entry/malformed)', () => {
    assert.equal(codeOf(bytesOf(`${text} `)), 'entry/malformed');
    assert.equal(codeOf(bytesOf(text.replace('{"assurance"', '{ "assurance"'))), 'entry/malformed');
    assert.equal(codeOf(bytesOf(`{"v":1,${text.slice(1).replace(',"v":1', '')}`)), 'entry/malformed');
    assert.equal(codeOf(bytesOf(text.replace('"ci"', '"\\u0063i"'))), 'entry/malformed');
    assert.equal(codeOf(bytesOf(text.replace('"seq":9', '"seq":9.0'))), 'entry/malformed');
    assert.equal(codeOf(bytesOf(text.replace('"seq":9', '"seq":9e0'))), 'entry/malformed');
  });
  test('refuses a member twice, an unknown one, and one in another case (entry/malformed)', () => {
    assert.equal(codeOf(bytesOf(text.replace('"seq":9', '"seq":9,"seq":9'))), 'entry/malformed');
    for (const member of ['extra', 'Seq', '__proto__']) {
      const entry = canonical({ ...sample(ATTESTATION), [member]: 1 });
      if (member === '__proto__')
        assert.equal(codeOf(bytesOf(text.replace('{"a', '{"__proto__":1,"a'))), 'entry/malformed');
      else assert.equal(codeOf(entry), 'entry/malformed', member);
    }
  });
  test('refuses anything but printable ASCII, and "<" (entry/not-ascii)', () => {
    for (const character of ['é', '\n', '\u007f', '<', '\u2028', '\0']) {
      assert.equal(
        codeOf(bytesOf(text.replace('"ci"', `"${character}"`))),
        'entry/not-ascii',
        JSON.stringify(character),
      );
    }
    assert.equal(codeOf(Uint8Array.of(0xff, 0xfe)), 'entry/not-ascii');
  });
  test('reads 65,535 bytes and refuses one more (entry/too-large)', () => {
    const entry = { ...sample('principal.revoked'), kind: 'future.happened', body: '', keys: [] };
    const spare = 65_535 - canonical(entry).length;
    assert.equal(codeOf(canonical({ ...entry, body: 'x'.repeat(spare) })), 'read');
    assert.equal(codeOf(canonical({ ...entry, body: 'x'.repeat(spare + 1) })), 'entry/too-large');
  });
  test('refuses empty input, no object, and deep nesting (entry/malformed)', () => {
    for (const document of ['', 'null', '[]', '"x"', '7', '{}', `${'['.repeat(200)}${']'.repeat(200)}`]) {
      assert.equal(codeOf(bytesOf(document)), 'entry/malformed', document);
    }
  });
});

describe('parseEntry is strict about values', () => {
  test('reads seq up to 2^53-1 and refuses 2^53, fractions and negatives (entry/malformed)', () => {
    const withSeq = (seq: unknown) => codeOf(canonical({ ...sample('principal.revoked'), seq }));
    assert.equal(withSeq(LARGEST), 'read');
    assert.equal(withSeq(LARGEST + 1), 'entry/malformed');
    assert.equal(withSeq(-1), 'entry/malformed');
    assert.equal(withSeq(1.5), 'entry/malformed');
    assert.equal(withSeq('9'), 'entry/malformed');
  });
  test('refuses other versions by name (entry/unsupported-version)', () => {
    assert.equal(codeOf(canonical({ ...sample(ATTESTATION), v: 0 })), 'entry/unsupported-version');
    assert.equal(codeOf(canonical({ ...sample(ATTESTATION), v: '1' })), 'entry/malformed');
  });
  test('has prev everywhere but at entry 0 (entry/first-has-prev, entry/prev-missing)', () => {
    assert.equal(codeOf(canonical({ ...sample('log.opened'), prev: 'a1'.repeat(32) })), 'entry/first-has-prev');
    const entry = sample(ATTESTATION);
    delete entry.prev;
    assert.equal(codeOf(canonical(entry)), 'entry/prev-missing');
  });
  test('has prev and prevSeq of a list exactly where n is over 1 (entry/malformed)', () => {
    const withLink = (link: Changeable) =>
      changed(ATTESTATION, (entry) => {
        entry.keys = [{ key: `image:${DIGEST}`, ...link }];
      });
    const prev = 'a1'.repeat(32);
    assert.equal(withLink({ n: 2, prev, prevSeq: 8 }), 'read');
    for (const link of [
      { n: 1, prev, prevSeq: 8 },
      { n: 1, prev },
      { n: 1, prevSeq: 8 },
      { n: 2 },
      { n: 2, prev },
      { n: 2, prevSeq: 8 },
      { n: 0 },
      { n: 2, prev, prevSeq: 9 },
      { n: 2, prev, prevSeq: 10 },
      { n: 2, prev: prev.toUpperCase(), prevSeq: 8 },
      { n: 1, other: 1 },
    ]) {
      assert.equal(withLink(link), 'entry/malformed', JSON.stringify(link));
    }
  });
  test('refuses keys that are unsorted, repeated or misspelled (entry/malformed)', () => {
    const withKeys = (...keys: string[]) =>
      changed('image.signed', (entry) => {
        entry.keys = keys.map((key) => ({ key, n: 1 }));
      });
    const [first, second] = [`image:${DIGEST}`, `image:${OTHER_DIGEST}`];
    assert.equal(withKeys(first, second), 'read');
    assert.equal(withKeys(second, first), 'entry/malformed');
    assert.equal(withKeys(first, first), 'entry/malformed');
    assert.equal(withKeys(first, 'Image:x'), 'entry/malformed');
    assert.equal(withKeys(first, `x:${'y'.repeat(129)}`), 'entry/malformed');
  });
  test('refuses a subject, child or glob that stands twice (entry/body-malformed)', () => {
    assert.equal(
      changed(ATTESTATION, ({ body }) => {
        body.subjects = [DIGEST, DIGEST];
      }),
      'entry/body-malformed',
    );
    assert.equal(
      changed('image.signed', ({ body }) => {
        body.children = [OTHER_DIGEST, OTHER_DIGEST];
      }),
      'entry/body-malformed',
    );
    for (const kind of ['contract.published', 'contract.withdrawn']) {
      assert.equal(
        changed(kind, ({ body }) => {
          body.repositories = ['shop/*', 'shop/*'];
        }),
        'entry/body-malformed',
      );
    }
  });
  test('files what names a run under it, and nothing else does (entry/keys-wrong)', () => {
    for (const kind of [ATTESTATION, 'image.signed']) {
      const keys = sample(kind).keys as Changeable[];
      const run = { key: 'run:r1', n: 1 };
      assert.equal(codeOf(canonical({ ...sample(kind), run: 'r1', keys: [...keys, run] })), 'read');
      assert.equal(codeOf(canonical({ ...sample(kind), run: 'r1' })), 'entry/keys-wrong');
      assert.equal(codeOf(canonical({ ...sample(kind), keys: [...keys, run] })), 'entry/keys-wrong');
    }
  });
  test('refuses a run whose contracts or stages repeat or do not ascend, and other outcomes (entry/body-malformed)', () => {
    const bodyOf = (member: string, value: unknown) =>
      changed('run.opened', ({ body }) => {
        body[member] = value;
      });
    const pinned = (...names: string[]) => names.map((contract) => ({ contract, version: 1 }));
    assert.equal(bodyOf('contracts', []), 'read');
    assert.equal(bodyOf('stages', []), 'read');
    for (const [member, value] of [
      ['contracts', pinned('shop', 'bank')],
      ['contracts', pinned('shop', 'shop')],
      ['contracts', [{ contract: 'shop', version: 0 }]],
      ['contracts', pinned(...Array.from({ length: 65 }, (_, number) => `c${String(number).padStart(2, '0')}`))],
      ['stages', ['test', 'build']],
      ['stages', ['test', 'test']],
      ['stages', ['Test']],
      ['stages', Array.from({ length: 513 }, (_, number) => `s${String(number).padStart(3, '0')}`)],
      ['commit', '5b'.repeat(19)],
      ['expires', '2026-03-01T18:00:00Z'],
    ] as const)
      assert.equal(bodyOf(member, value), 'entry/body-malformed', `${member} ${JSON.stringify(value)}`);
    for (const outcome of ['expired', 'open', '', null])
      assert.equal(
        changed('run.closed', ({ body }) => {
          body.outcome = outcome;
        }),
        'entry/body-malformed',
      );
  });
  test('refuses times in any other spelling (entry/malformed)', () => {
    for (const time of ['2026-03-01T12:00:00Z', '2026-03-01T12:00:00.000+00:00', '2026-13-01T12:00:00.000Z', '']) {
      assert.equal(codeOf(canonical({ ...sample(ATTESTATION), time })), 'entry/malformed', time);
    }
  });
  test('refuses a place that the kind does not have, and one that it lacks (entry/field-unexpected, -missing)', () => {
    assert.equal(codeOf(canonical({ ...sample('principal.revoked'), stage: 'test' })), 'entry/field-unexpected');
    assert.equal(codeOf(canonical({ ...sample('run.closed'), stage: 'test' })), 'entry/field-unexpected');
    const entry = sample(ATTESTATION);
    delete entry.signer;
    assert.equal(codeOf(canonical(entry)), 'entry/field-missing');
  });
  test('refuses repositories and log names that no reader could tell apart (entry/malformed)', () => {
    for (const repository of ['Shop/api', 'shop//api', '/shop', 'shop/', 'shop/../api', 'shop/*', '']) {
      assert.equal(codeOf(canonical({ ...sample(ATTESTATION), repository })), 'entry/malformed', repository);
    }
    for (const log of ['Waybill', 'way bill', 'a+b', '']) {
      assert.equal(codeOf(canonical({ ...sample(ATTESTATION), log })), 'entry/malformed', log);
    }
  });
});

test('the hash is the RFC 6962 leaf hash of the exact bytes', () => {
  const bytes = canonical(sample(ATTESTATION));
  const expected = createHash('sha256').update(Uint8Array.of(0)).update(bytes).digest();
  assert.deepEqual(Buffer.from(entryHash(bytes)), expected);
});

test('mutated bytes never throw, and what still reads is written back byte for byte', () => {
  const originals = Object.keys(KINDS).map((kind) => canonical(sample(kind)));
  fc.assert(
    fc.property(
      fc.constantFrom(...originals),
      fc.array(fc.tuple(fc.nat(2_000), fc.integer({ min: 0x20, max: 0x7e })), { minLength: 1, maxLength: 3 }),
      (original, changes) => {
        const bytes = original.slice();
        for (const [offset, byte] of changes) bytes[offset % bytes.length] = byte;
        const parsed = parseEntry(bytes);
        if (parsed.ok) assert.deepEqual(formatEntry(parsed.value satisfies Entry), bytes);
      },
    ),
    { numRuns: 1_500, seed: 1 },
  );
});
