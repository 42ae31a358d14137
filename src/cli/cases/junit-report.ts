import { differenceLines } from './render-cases.ts';
import type { CaseResult } from './run-cases.ts';

/** The results as JUnit XML, which build servers show: a case that differs is a failure, one that cannot be read an error. */
export function junitReport(contract: string, results: readonly CaseResult[]): string {
  const failures = results.filter((result) => 'judged' in result && result.difference !== undefined).length;
  const errors = results.filter((result) => 'trouble' in result).length;
  const counts = `tests="${results.length}" failures="${failures}" errors="${errors}"`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="waybill contract test" ${counts}>`,
    `  <testsuite name="${escaped(contract)}" ${counts} skipped="0">`,
    ...results.flatMap((result) => testCase(contract, result)),
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
}

function testCase(contract: string, result: CaseResult): readonly string[] {
  const head = `    <testcase classname="${escaped(contract)}" name="${escaped(result.name)}" file="${escaped(result.file)}"`;
  const lines = differenceLines(result);
  if (lines.length === 0) return [`${head}/>`];
  const [element, type] = 'trouble' in result ? ['error', result.trouble.code] : ['failure', 'differs'];
  return [
    `${head}>`,
    `      <${element} type="${escaped(type)}" message="${escaped(lines[0] ?? '')}">${escaped(lines.join('\n'))}</${element}>`,
    '    </testcase>',
  ];
}

/** Text in XML 1.0, attributes included; characters that it has no place for become U+FFFD. */
function escaped(text: string): string {
  const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
  return text
    .replaceAll(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '\ufffd')
    .replaceAll(/[&<>"]/g, (character) => entities[character] ?? character);
}
