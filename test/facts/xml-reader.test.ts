import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { XmlReader } from '../../src/core/facts/xml-reader.ts';

/** Events as `<name a=1 b=2>` and `</name>`, or the code of the fault. */
function read(text: string, allowsDoctype = true): string {
  const reader = new XmlReader(text, { allowsDoctype });
  const events: string[] = [];
  for (let event = reader.next(); event !== undefined; event = reader.next()) {
    if (event.kind === 'close') events.push(`</${event.name}>`);
    else
      events.push(`<${[event.name, ...[...event.attributes].map(([name, value]) => `${name}=${value}`)].join(' ')}>`);
  }
  return reader.fault?.code ?? events.join('');
}

describe('the XML reader', () => {
  test('gives elements in order, with their attributes', () => {
    assert.equal(read('<a/>'), '<a></a>');
    assert.equal(
      read('<?xml version="1.0" encoding="UTF-8"?>\n<a b="1" c=\'2\'>t<d/>t</a>\n'),
      '<a b=1 c=2><d></d></a>',
    );
    assert.equal(read('\ufeff<a/>'), '<a></a>');
    assert.equal(read('<a ><b></b ></a >'), '<a><b></b></a>');
    assert.equal(read('<ns:a xmlns:ns="urn:x" ö="1"/>'), '<ns:a xmlns:ns=urn:x ö=1></ns:a>');
  });

  test('resolves the five entities and references to characters in attributes', () => {
    assert.equal(read('<a b="&lt;&gt;&amp;&quot;&apos;&#65;&#x1F600;"/>'), '<a b=<>&"\'A😀></a>');
  });

  test('passes over comments, instructions, CDATA and text', () => {
    assert.equal(
      read('<!-- a --><?pi x?><a><!-- <b/> --><![CDATA[<b>&x;]]><?pi?>x &amp; y</a><!-- c --><?z?>'),
      '<a></a>',
    );
  });

  test('takes control characters of terminals in text and values for characters', () => {
    assert.equal(read('<a b="\u001b[31m&#27;">\u001b[0m&#x1b;<![CDATA[\u0007]]></a>'), '<a b=\u001b[31m\u001b></a>');
  });

  test('takes ]]> in text for text, as writers leave it', () => {
    assert.equal(read('<a>]]> <b/>]]></a>'), '<a><b></b></a>');
  });

  test('passes over a document type that only says where it is found, where that is allowed', () => {
    const documents = [
      '<!DOCTYPE a SYSTEM "a.dtd"><a/>',
      '<?xml version="1.0"?><!DOCTYPE a PUBLIC "-//A//DTD A 1.0//EN" \'a.dtd\' >\n<a/>',
    ];
    for (const text of documents) {
      assert.equal(read(text), '<a></a>', text);
      assert.equal(read(text, false), 'facts/doctype-not-allowed', text);
    }
  });

  test('refuses document types that declare anything', () => {
    const documents = [
      '<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>',
      '<!DOCTYPE a SYSTEM "a.dtd" [<!ENTITY x SYSTEM "file:///etc/passwd">]><a/>',
      '<!DOCTYPE a SYSTEM "a.dtd"><!DOCTYPE a SYSTEM "a.dtd"><a/>',
      `<!DOCTYPE a SYSTEM "${'x'.repeat(1_025)}"><a/>`,
      '<!DOCTYPE a><a/>',
    ];
    for (const text of documents) assert.equal(read(text), 'facts/doctype-not-allowed', text.slice(0, 60));
  });

  test('refuses what is not well-formed', () => {
    const documents = [
      '',
      'a',
      '<a>',
      '</a>',
      '<a></b>',
      '<a></a><b/>',
      '<a/>x',
      'x<a/>',
      '<a b=1/>',
      '<a b/>',
      '<a b="1"c="2"/>',
      '<a b="1" b="2"/>',
      '<a b="<"/>',
      '<a b="1/>',
      '<a b="&x;"/>',
      '<a>&x;</a>',
      '<a>& </a>',
      '<a>&#0;</a>',
      '<a>&#xd800;</a>',
      '<a>&#x110000;</a>',
      '<a>\u0000</a>',
      '<\u0001a/>',
      '<a \u000bb="1"/>',
      '<a>\uffff</a>',
      '<a><!-- -- --></a>',
      '<a><!-- </a>',
      '<a><![CDATA[ </a>',
      '<![CDATA[x]]><a/>',
      '<a><!DOCTYPE a SYSTEM "a"></a>',
      '<a><?xml version="1.0"?></a>',
      '<a><? x?></a>',
      '<a><?x </a>',
      '< a/>',
      '<1/>',
      '<a/ >',
      '<?xml version="1.1"?><a/>',
      '<?xml encoding="UTF-8"?><a/>',
      ' <?xml version="1.0"?><a/>',
    ];
    for (const text of documents) assert.equal(read(text), 'facts/malformed-xml', text);
  });

  test('refuses encodings other than UTF-8', () => {
    assert.equal(read('<?xml version="1.0" encoding="ISO-8859-1"?><a/>'), 'facts/unsupported-encoding');
    assert.equal(read('<?xml version="1.0" encoding="us-ascii" standalone="yes"?><a/>'), '<a></a>');
  });

  test('keeps its bounds: 64 levels, 64 attributes, names of 256 and values of 1 Mi characters', () => {
    const nested = (depth: number) => read('<a>'.repeat(depth) + '</a>'.repeat(depth));
    assert.match(nested(64), /^(?:<a>){64}/);
    assert.equal(nested(65), 'facts/too-deep');
    assert.equal(read(`${'<a>'.repeat(64)}<b/>`), 'facts/too-deep');
    const attributes = (count: number) => read(`<a${Array.from({ length: count }, (_, i) => ` n${i}=""`).join('')}/>`);
    assert.match(attributes(64), /^<a /);
    assert.equal(attributes(65), 'facts/too-many-elements');
    assert.match(read(`<${'n'.repeat(256)}/>`), /^<n/);
    assert.equal(read(`<${'n'.repeat(257)}/>`), 'facts/text-too-long');
    assert.equal(read(`<${'n'.repeat(300_000)}/>`), 'facts/text-too-long');
    assert.match(read(`<a b="${'x'.repeat(2 ** 20)}"/>`), /^<a b=x/);
    assert.equal(read(`<a b="${'x'.repeat(2 ** 20 + 1)}"/>`), 'facts/text-too-long');
  });

  test('gives the place of a fault, and nothing after it', () => {
    const reader = new XmlReader('<a><b></c></a>', { allowsDoctype: false });
    assert.equal(reader.next()?.kind, 'open');
    assert.equal(reader.next()?.kind, 'open');
    assert.equal(reader.depth, 2);
    assert.equal(reader.next(), undefined);
    assert.deepEqual([reader.fault?.code, reader.fault?.at], ['facts/malformed-xml', '10']);
    assert.equal(reader.next(), undefined);
  });
});
