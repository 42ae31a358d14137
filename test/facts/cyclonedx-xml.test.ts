import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { factsOf, factsOfFile, statedBy, wrapped } from './facts-under-test.ts';

const NAMESPACE = 'http://cyclonedx.org/schema/bom/1.6';
const bom = (inside: string, namespace = NAMESPACE) =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<bom xmlns="${namespace}" version="1">${inside}</bom>`;

const XML = bom(`
  <metadata><component type="container" bom-ref="image"><name>shop/api</name></component></metadata>
  <components>
    <component type="library" bom-ref="a">
      <group>org.acme</group>
      <name><![CDATA[left & right]]></name>
      <version> 1.2.3 </version>
      <licenses><license><id>MIT</id></license><license><name>Own &amp; house</name></license></licenses>
      <purl>pkg:maven/org.acme/left@1.2.3?type=jar</purl>
      <components>
        <component type="library"><name>inner</name><version>2</version>
          <licenses><expression>Apache-2.0 OR MIT</expression></licenses></component>
        <component type="file"><name>/etc/passwd</name></component>
      </components>
    </component>
  </components>
  <vulnerabilities>
    <vulnerability bom-ref="v1">
      <id>CVE-2024-0001</id>
      <references><reference><id>GHSA-1</id></reference></references>
      <ratings>
        <rating><score>5.0</score><severity>medium</severity><method>CVSSv31</method></rating>
        <rating><vector>AV:N/AC:L/Au:N/C:C/I:C/A:C</vector></rating>
      </ratings>
      <affects><target><ref>a</ref></target></affects>
    </vulnerability>
    <vulnerability>
      <id>CVE-2024-0002</id>
      <analysis><state>not_affected</state></analysis>
      <affects><target><ref>a</ref></target></affects>
    </vulnerability>
  </vulnerabilities>`);

/** The same bill as JSON. */
const JSON_BOM = {
  bomFormat: 'CycloneDX',
  specVersion: '1.6',
  components: [
    {
      type: 'library',
      'bom-ref': 'a',
      group: 'org.acme',
      name: 'left & right',
      version: '1.2.3',
      licenses: [{ license: { id: 'MIT' } }, { license: { name: 'Own & house' } }],
      purl: 'pkg:maven/org.acme/left@1.2.3?type=jar',
      components: [
        { type: 'library', name: 'inner', version: '2', licenses: [{ expression: 'Apache-2.0 OR MIT' }] },
        { type: 'file', name: '/etc/passwd' },
      ],
    },
  ],
  vulnerabilities: [
    {
      id: 'CVE-2024-0001',
      references: [{ id: 'GHSA-1' }],
      ratings: [{ score: 5, severity: 'medium' }, { vector: 'AV:N/AC:L/Au:N/C:C/I:C/A:C' }],
      affects: [{ ref: 'a' }],
    },
    { id: 'CVE-2024-0002', analysis: { state: 'not_affected' }, affects: [{ ref: 'a' }] },
  ],
};

describe('CycloneDX in XML', () => {
  test('states what the same bill states in JSON', () => {
    const facts = factsOfFile(Buffer.from(XML));
    assert.deepEqual(facts, statedBy('cyclonedx', JSON_BOM));
    assert(typeof facts !== 'string');
    assert.deepEqual([facts.components?.count, facts.vulnerabilities?.critical, facts.vex?.notAffected], [2, 1, 1]);
  });

  test('states nothing where there is nothing, and an empty list where there is one', () => {
    assert.deepEqual(factsOf('cyclonedx-xml', wrapped(bom(''))), {});
    assert.deepEqual(
      factsOf('cyclonedx-xml', wrapped(bom('<components/>'))),
      statedBy('cyclonedx', { ...JSON_BOM, components: [], vulnerabilities: [] }),
    );
  });

  test('that cannot be read is refused by its code, and expands nothing', () => {
    const component = (inside: string) =>
      bom(`<components><component type="library">${inside}</component></components>`);
    const nested = (depth: number): string =>
      depth === 0 ? '' : `<components><component><name>a</name>${nested(depth - 1)}</component></components>`;
    const refused: readonly (readonly [string, string])[] = [
      ['<bom/>', 'facts/unsupported-version'],
      [bom('', 'http://cyclonedx.org/schema/bom/1.3'), 'facts/unsupported-version'],
      [bom('', 'http://cyclonedx.org/schema/ext/1.6'), 'facts/unsupported-version'],
      [`<x:bom xmlns:x="${NAMESPACE}"/>`, 'facts/unsupported-version'],
      [component(''), 'facts/malformed-document'],
      [component('<name>&a;</name>'), 'facts/malformed-xml'],
      [`<!DOCTYPE bom [<!ENTITY a "b">]>${bom('').slice(38)}`, 'facts/doctype-not-allowed'],
      [component(`<name>${'x'.repeat(2_000)}</name>`), 'facts/text-too-long'],
      [component(`<name>${'x'.repeat(1_048_577)}</name>`), 'facts/text-too-long'],
      [bom(nested(17)), 'facts/too-deep'],
      [bom(nested(40)), 'facts/too-deep'],
      [bom('<components>'), 'facts/malformed-xml'],
    ];
    for (const [xml, code] of refused) assert.equal(factsOf('cyclonedx-xml', wrapped(xml)), code, xml.slice(0, 120));
  });

  test('never throws, whatever is cut out of it or put into it', () => {
    const property = fc.property(fc.nat(XML.length), fc.nat(60), fc.string({ maxLength: 8 }), (at, length, text) => {
      factsOf('cyclonedx-xml', wrapped((XML.slice(0, at) + text + XML.slice(at + length)).toWellFormed()));
    });
    fc.assert(property, { numRuns: 300 });
  });
});
