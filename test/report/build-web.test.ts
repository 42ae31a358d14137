import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import { renderVerifier } from '../../src/report/render-verifier.ts';
import { buildPrograms } from './built-programs.ts';

describe('the browser programs', () => {
  using first = buildPrograms();
  // As in a checkout, where compiler options lie beside the sources.
  using second = buildPrograms(['tsconfig.json', 'tsconfig.base.json']);

  it('are the same bytes wherever they are built, so that a release can be made again', () => {
    assert.notEqual(first.folder, second.folder);
    assert.deepEqual([...first.files.keys()], ['program.json', 'report.js', 'verifier.html']);
    assert.deepEqual(first.files, second.files);
  });

  it('come with the hash that readers recognise the program of a report by', () => {
    assert.equal(first.known.sha256, createHash('sha256').update(first.report).digest('hex'));
  });

  it('name no folder of the machine that built them, and reach for no network', () => {
    for (const [name, text] of first.files) {
      assert(!text.includes(first.folder), name);
      assert(
        !/\bfetch\(|XMLHttpRequest|WebSocket|EventSource|sendBeacon|localStorage|sessionStorage|indexedDB/.test(text),
        name,
      );
      assert(!/\binnerHTML\b|insertAdjacentHTML|document\.write|\beval\(|new Function\b/.test(text), name);
    }
  });

  it('make a verifier that is written as every page is, with its own program inside', () => {
    const page = first.files.get('verifier.html') ?? '';
    const program = /<script type="module" id="waybill-program">([\s\S]*)<\/script>\n<\/body>/.exec(page)?.[1];
    assert(program !== undefined);
    assert.equal(renderVerifier(program), page);
    assert(program.includes(first.known.sha256));
  });
});
