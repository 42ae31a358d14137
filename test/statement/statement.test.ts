import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { decodeUtf8, encodeUtf8 } from '../../src/core/encoding/utf8.ts';
import { buildStatement, imageSignatureStatement } from '../../src/core/statement/build-statement.ts';
import { envelopeStatement } from '../../src/core/statement/envelope-statement.ts';
import { statementPlacement } from '../../src/core/statement/placement.ts';
import { formatStatement, parseStatement, type Statement } from '../../src/core/statement/statement.ts';
import { namesSubject, subjectsOf } from '../../src/core/statement/subjects.ts';

const HEX = 'a'.repeat(64);
const COMMIT = 'b'.repeat(40);
const V1 = 'https://in-toto.io/Statement/v1';

function statement(members: object = {}): object {
  return { _type: V1, subject: [{ digest: { sha256: HEX } }], predicateType: 'https://example.com/x', ...members };
}

function parse(document: unknown): Statement | string {
  const text = typeof document === 'string' ? document : JSON.stringify(document);
  const result = parseStatement(encodeUtf8(text));
  return result.ok ? result.value : result.fault.code;
}

function read(document: unknown): Statement {
  const value = parse(document);
  assert.ok(typeof value !== 'string', String(value));
  return value;
}

describe('parseStatement', () => {
  test('reads version 0.1 and version 1', () => {
    for (const type of [V1, 'https://in-toto.io/Statement/v0.1']) {
      assert.equal(read(statement({ _type: type })).type, type);
    }
  });

  test('keeps what the specification names and passes over the rest', () => {
    const subject = {
      name: 'api',
      uri: 'pkg:oci/api',
      digest: { sha256: HEX, dirHash: 'x' },
      annotations: { remotes: [{ name: 'origin' }] },
    };
    assert.deepEqual(read(statement({ subject: [{ ...subject, extra: 1 }], predicate: { a: null }, extra: 2 })), {
      type: V1,
      subject: [subject],
      predicateType: 'https://example.com/x',
      predicate: { a: null },
    });
  });

  test('reads a null predicate as absent', () => {
    assert.ok(!Object.hasOwn(read(statement({ predicate: null })), 'predicate'));
  });

  const refused: readonly [string, string, unknown][] = [
    ['another version', 'statement/unsupported-version', statement({ _type: 'https://in-toto.io/Statement/v2' })],
    ['a version with a slash at its end', 'statement/unsupported-version', statement({ _type: `${V1}/` })],
    ['no subject', 'statement/no-subject', statement({ subject: [] })],
    ['a subject without a digest', 'statement/subject-without-digest', statement({ subject: [{ uri: 'pkg:x' }] })],
    ['a subject with no digest in it', 'statement/subject-without-digest', statement({ subject: [{ digest: {} }] })],
    [
      'an upper-case digest',
      'statement/malformed-digest',
      statement({ subject: [{ digest: { sha256: HEX.toUpperCase() } }] }),
    ],
    ['a short digest', 'statement/malformed-digest', statement({ subject: [{ digest: { sha256: 'aa' } }] })],
    [
      'a commit of 41 digits',
      'statement/malformed-digest',
      statement({ subject: [{ digest: { gitCommit: `${COMMIT}b` } }] }),
    ],
    ['a predicate that is an array', 'statement/malformed-statement', statement({ predicate: [] })],
    ['a predicate that is text', 'statement/malformed-statement', statement({ predicate: 'x' })],
    ['no predicate type', 'statement/malformed-statement', statement({ predicateType: undefined })],
    ['an empty predicate type', 'statement/malformed-statement', statement({ predicateType: '' })],
    ['a second Subject', 'statement/malformed-statement', statement({ Subject: [] })],
    [
      'a second Digest',
      'statement/malformed-statement',
      statement({ subject: [{ digest: { sha256: HEX }, Digest: {} }] }),
    ],
    ['a member twice', 'statement/malformed-statement', `{"_type":"${V1}","_type":"${V1}"}`],
    ['a digest that is a number', 'statement/malformed-statement', statement({ subject: [{ digest: { sha256: 1 } }] })],
    ['an array', 'statement/malformed-statement', []],
  ];
  for (const [title, code, document] of refused) {
    test(`refuses ${title} (${code})`, () => {
      assert.equal(parse(document), code);
    });
  }

  test('refuses more than 23 MiB (statement/too-large)', () => {
    const result = parseStatement(new Uint8Array(23 * 1024 * 1024 + 1));
    assert.equal(!result.ok && result.fault.code, 'statement/too-large');
  });

  test('never throws on mutated or random bytes', () => {
    const good = encodeUtf8(JSON.stringify(statement({ predicate: { a: [1] } })));
    fc.assert(
      fc.property(fc.nat(good.length - 1), fc.nat(255), fc.nat(good.length), (place, byte, end) => {
        const bytes = good.slice(0, end);
        bytes[place] = byte;
        const result = parseStatement(bytes);
        if (result.ok) formatStatement(result.value);
      }),
    );
    fc.assert(fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => void parseStatement(bytes)));
  });
});

describe('formatStatement', () => {
  test('writes version 1 as canonical JSON, an absent predicate as an empty object', () => {
    const old = read(statement({ _type: 'https://in-toto.io/Statement/v0.1', extra: 1 }));
    assert.equal(
      formatStatement(old),
      `{"_type":"${V1}","predicate":{},"predicateType":"https://example.com/x","subject":[{"digest":{"sha256":"${HEX}"}}]}`,
    );
  });

  test('is undone by parseStatement', () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 10 });
    const statements = fc.record({
      predicate: fc.dictionary(text, fc.oneof(text, fc.integer(), fc.array(fc.boolean(), { maxLength: 3 }))),
      name: text,
      annotation: text,
    });
    fc.assert(
      fc.property(statements, ({ predicate, name, annotation }) => {
        const subject = [{ name, digest: { sha256: HEX }, annotations: { a: annotation } }];
        const value: Statement = { type: V1, subject, predicateType: 'x', predicate };
        assert.equal(formatStatement(read(formatStatement(value))), formatStatement(value));
      }),
    );
  });
});

describe('subjectsOf', () => {
  test('gives distinct image digests and commits in order and nothing of other algorithms', () => {
    const subject = [
      { digest: { gitCommit: COMMIT, sha1: COMMIT } },
      { name: 'x', digest: { sha256: HEX, sha512: 'ff' } },
      { name: 'y', digest: { sha256: HEX } },
      { digest: { md5: 'x' } },
    ];
    assert.deepEqual(subjectsOf(read(statement({ subject }))), {
      ok: true,
      value: [`gitCommit:${COMMIT}`, `sha256:${HEX}`],
    });
  });

  test('refuses a sixty-fifth subject (statement/too-many-subjects)', () => {
    const subject = Array.from({ length: 65 }, (_, n) => ({ digest: { sha256: n.toString(16).padStart(64, '0') } }));
    const all = subjectsOf(read(statement({ subject })));
    assert.equal(!all.ok && all.fault.code, 'statement/too-many-subjects');
    const fewer = subjectsOf(read(statement({ subject: subject.slice(1) })));
    assert.equal(fewer.ok && fewer.value.length, 64);
  });
});

describe('namesSubject', () => {
  const value = read(statement({ subject: [{ name: `sha256:${'c'.repeat(64)}`, digest: { sha256: HEX } }] }));

  test('goes by digest and algorithm, never by name', () => {
    assert.ok(namesSubject(value, `sha256:${HEX}`));
    assert.ok(!namesSubject(value, `sha256:${'c'.repeat(64)}`));
    assert.ok(!namesSubject(value, `gitCommit:${HEX}`));
    assert.ok(!namesSubject(value, HEX));
    assert.ok(!namesSubject(value, 'constructor:x'));
  });
});

describe('statementPlacement', () => {
  function placed(annotations: unknown): unknown {
    const result = statementPlacement(read(statement({ subject: [{ digest: { sha256: HEX }, annotations }] })));
    return result.ok ? result.value : result.fault.code;
  }

  test('reads repository, stage and run from the first subject', () => {
    const annotations = {
      'dev.waybill.repository': 'shop/api',
      'dev.waybill.stage': 'test',
      'dev.waybill.run': 'r1',
      x: 1,
    };
    assert.deepEqual(placed(annotations), { repository: 'shop/api', stage: 'test', run: 'r1' });
  });

  test('leaves out what is not there', () => {
    assert.deepEqual(placed({ 'dev.waybill.stage': 'test' }), { stage: 'test' });
    assert.deepEqual(placed(undefined), {});
  });

  test('ignores the other subjects', () => {
    const subject = [
      { digest: { sha256: HEX } },
      { digest: { sha256: HEX }, annotations: { 'dev.waybill.stage': 'test' } },
    ];
    assert.deepEqual(statementPlacement(read(statement({ subject }))), { ok: true, value: {} });
  });

  test('refuses a value that is no text of 1 to 255 characters (statement/malformed-placement)', () => {
    for (const value of [1, null, '', 'a'.repeat(256), ['test']]) {
      assert.equal(placed({ 'dev.waybill.stage': value }), 'statement/malformed-placement');
    }
  });
});

describe('buildStatement', () => {
  const rest = { repository: 'shop/api', stage: 'test', predicateType: 'https://example.com/x', predicate: { a: 1 } };

  test('binds an image to its place', () => {
    assert.equal(
      formatStatement(buildStatement({ digest: `sha256:${HEX}`, ...rest, run: 'r1' })),
      `{"_type":"${V1}","predicate":{"a":1},"predicateType":"https://example.com/x","subject":[{"annotations":` +
        '{"dev.waybill.repository":"shop/api","dev.waybill.run":"r1","dev.waybill.stage":"test"},' +
        `"digest":{"sha256":"${HEX}"}}]}`,
    );
  });

  test('takes a commit with and without its prefix', () => {
    for (const commit of [COMMIT, `gitCommit:${COMMIT}`]) {
      assert.deepEqual(subjectsOf(buildStatement({ commit, ...rest })), { ok: true, value: [`gitCommit:${COMMIT}`] });
    }
  });

  test('is read back with the same placement', () => {
    const built = read(formatStatement(buildStatement({ digest: `sha256:${HEX}`, ...rest })));
    assert.deepEqual(statementPlacement(built), { ok: true, value: { repository: 'shop/api', stage: 'test' } });
  });
});

describe('imageSignatureStatement', () => {
  const head = `{"_type":"${V1}","predicate":{},"predicateType":"https://sigstore.dev/cosign/sign/v1","subject":[{`;

  test('has one subject with nothing but the digest', () => {
    const text = decodeUtf8(imageSignatureStatement(`sha256:${HEX}`));
    assert.equal(text.ok && text.value, `${head}"digest":{"sha256":"${HEX}"}}]}`);
  });

  test('carries annotations where they are given', () => {
    const text = decodeUtf8(imageSignatureStatement(`sha256:${HEX}`, { env: 'prod' }));
    assert.equal(text.ok && text.value, `${head}"annotations":{"env":"prod"},"digest":{"sha256":"${HEX}"}}]}`);
  });
});

describe('envelopeStatement', () => {
  function inEnvelope(payloadType: string): string {
    const payload = encodeUtf8(JSON.stringify(statement()));
    const result = envelopeStatement({ payloadType, payload, signatures: [] });
    return result.ok ? 'read' : result.fault.code;
  }

  test('reads the generic payload type and the ones that name a predicate', () => {
    for (const type of [
      'application/vnd.in-toto+json',
      'application/vnd.in-toto.provenance+json',
      'application/vnd.in-toto.test-result+json',
    ]) {
      assert.equal(inEnvelope(type), 'read');
    }
  });

  test('refuses every other payload type (statement/unsupported-payload-type)', () => {
    for (const type of [
      'application/json',
      'application/vnd.in-toto',
      'application/vnd.in-toto.+json',
      'application/vnd.in-toto+xml',
      'application/vnd.in-toto+json ',
      'Application/vnd.in-toto+json',
      'application/vnd.in-totox+json',
    ]) {
      assert.equal(inEnvelope(type), 'statement/unsupported-payload-type');
    }
  });
});
