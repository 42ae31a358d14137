import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { encodeUtf8 } from '../../src/core/encoding/utf8.ts';
import { knownPrograms } from '../../src/report/known-programs.ts';
import { isPage, readReport } from '../../src/report/read-report.ts';
import { renderReport } from '../../src/report/render-report.ts';
import { processorMs } from '../harness/processor-time.ts';

const EVIDENCE = encodeUtf8('{"sha256":"00","type":"not evidence, but without the character"}');
const PROGRAM = 'document.title="known";';
const KNOWN = knownPrograms([{ version: '9.9.9', sha256: createHash('sha256').update(PROGRAM).digest('hex') }]);
const PAGE = renderReport(EVIDENCE, PROGRAM);

const read = (page: string) => readReport(encodeUtf8(page), KNOWN);

function codesOf(page: string): readonly string[] {
  const report = read(page);
  assert(report.ok, JSON.stringify(report));
  return [...new Set(report.value.warnings.map(({ code }) => code))].sort();
}

describe('a report is read without being believed', () => {
  it('gives the exact evidence and recognises the program, with nothing to warn of', () => {
    const report = read(PAGE);
    assert(report.ok);
    assert.deepEqual(report.value.evidence, EVIDENCE);
    assert.equal(report.value.programKnown, true);
    assert.equal(report.value.programVersion, '9.9.9');
    assert.deepEqual(report.value.warnings, []);
  });

  it('is rendered to the same bytes from the same evidence and program', () => {
    assert.equal(renderReport(EVIDENCE, PROGRAM), PAGE);
  });

  it('names a program that no release contains by its SHA-256 (report/unknown-program)', () => {
    const forged = 'document.body.textContent="verified";';
    const report = read(renderReport(EVIDENCE, forged));
    assert(report.ok);
    const hash = createHash('sha256').update(forged).digest('hex');
    assert.equal(report.value.programKnown, false);
    assert.equal(report.value.programSha256, hash);
    assert.deepEqual(
      report.value.warnings.map(({ code }) => code),
      ['report/unknown-program'],
    );
    assert(report.value.warnings[0]?.message.includes(hash));
  });

  it('does not recognise a known program that stands beside another one (report/unknown-program)', () => {
    const page = PAGE.replace('</body>', '<script>alert(1)</script>\n</body>');
    const report = read(page);
    assert(report.ok);
    assert.equal(report.value.programKnown, false);
    assert(codesOf(page).includes('report/unknown-program'));
  });

  it('refuses a page without evidence (report/no-evidence)', () => {
    const report = read(PAGE.replace('waybill-evidence', 'waybill-testimony'));
    assert(!report.ok);
    assert.equal(report.fault.code, 'report/no-evidence');
  });

  it('refuses a page with two evidence blocks (report/several-evidence-blocks)', () => {
    const block = '<script type="application/json" id="waybill-evidence">{}</script>';
    for (const page of [PAGE.replace('<main', `${block}<main`), PAGE.replace('</body>', `<!-- ${block} --></body>`)]) {
      const report = read(page);
      assert(!report.ok);
      assert.equal(report.fault.code, 'report/several-evidence-blocks');
    }
  });

  it('refuses what is no report at all (report/malformed)', () => {
    const cut = PAGE.slice(0, PAGE.indexOf('"type"'));
    const withoutProgram = PAGE.replace(/<script type="module"[\s\S]*<\/script>/, '');
    for (const page of [cut, withoutProgram]) {
      const report = read(page);
      assert(!report.ok);
      assert.equal(report.fault.code, 'report/malformed');
    }
    const notText = readReport(Uint8Array.of(0xff, 0xfe), KNOWN);
    assert(!notText.ok);
    assert.equal(notText.fault.code, 'report/malformed');
  });

  for (const [what, content] of [
    ['an inline frame', '<iframe srcdoc="x"></iframe>'],
    ['an object', '<object data="x"></object>'],
    ['an image with a handler', '<img src=x onerror=alert(1)>'],
    ['a handler on a known element', '<p onclick="alert(1)">x</p>'],
    ['an address that runs', '<a href="javascript:alert(1)">x</a>'],
    ['a drawing', '<svg onload=alert(1)>'],
    ['metadata that leads elsewhere', '<meta http-equiv="refresh" content="0;url=x">'],
    ['a base address', '<base href="//example.com/">'],
    ['a style attribute', '<p style="position:fixed">x</p>'],
    ['a comment', '<!-- x -->'],
    ['an upper-case element', '<IFRAME src=x></IFRAME>'],
    ['a tag without end', '<iframe '],
    ['a script tag with "<" in an attribute', '<script a="<">alert(1)</script>'],
  ] as const) {
    it(`names ${what} (report/unexpected-content)`, () => {
      const codes = codesOf(PAGE.replace('<noscript>', `${content}<noscript>`));
      assert(codes.includes('report/unexpected-content'), codes.join());
      assert(codes.includes('report/different-frame'));
    });
  }

  it('names a changed style sheet, which could hide or paint anything (report/different-frame)', () => {
    assert.deepEqual(codesOf(PAGE.replace('<style>', '<style>.banner{display:none}')), ['report/different-frame']);
  });

  it('warns after any inserted text outside the evidence', () => {
    const evidenceAt = PAGE.indexOf('waybill-evidence">');
    const evidenceEnd = PAGE.indexOf('</script>', evidenceAt);
    fc.assert(
      fc.property(
        fc.nat(PAGE.length),
        fc.string({ minLength: 1, maxLength: 12, unit: 'grapheme-ascii' }),
        (at, text) => {
          fc.pre(at < evidenceAt || at >= evidenceEnd);
          const report = read(PAGE.slice(0, at) + text + PAGE.slice(at));
          assert(!report.ok || report.value.warnings.length > 0);
        },
      ),
    );
  });

  it('reads a hostile page in time that its size bounds', () => {
    const started = processorMs();
    for (const piece of ['<script', '<a "', "<a '", '<!--', '<script>', '<p a=', '</script ']) {
      read(PAGE.replace('<noscript>', `${piece.repeat(200_000)}<noscript>`));
    }
    assert(processorMs() - started < 10_000);
  });

  it('tells a page from JSON by its first character', () => {
    assert.equal(isPage(encodeUtf8('\ufeff \n<!doctype html>')), true);
    assert.equal(isPage(encodeUtf8(' {"a":1}')), false);
    assert.equal(isPage(new Uint8Array()), false);
  });
});
