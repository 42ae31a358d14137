import type { Command } from 'commander';
import { junitReport } from '../cases/junit-report.ts';
import { caseJson, caseLines, outcomeOf } from '../cases/render-cases.ts';
import { checksOf, findCases, runCases } from '../cases/run-cases.ts';
import { unseenFailures } from '../cases/unseen-failures.ts';
import type { Cli, Perform } from '../cli.ts';
import { demandContract } from '../contract-file.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { plain } from '../layout-text.ts';
import { writeLocalFile } from '../local-file.ts';

type Options = { readonly cases?: string; readonly junit?: string; readonly complete?: boolean };

/** Adds `contract test` to the group of contract commands. */
export function addContractTest(group: Command, perform: Perform): void {
  group
    .command('test')
    .summary('hold a contract against cases')
    .description(
      'Judges made-up images by a contract, without a service: each case tells what an image has, and which verdict and which ' +
        'failing checks are expected. Says besides what the contract asks for and no case sees fail.',
    )
    .argument('<file>', 'contract in YAML or JSON')
    .option(
      '--cases <path>',
      'folder of cases, or one case (default: the contract’s name with .cases in place of .yaml)',
    )
    .option('--complete', 'also demand that some case sees fail whatever the contract asks for')
    .option('--junit <file>', 'write the outcome as JUnit XML, too')
    .addHelpText(
      'after',
      `
Cases, in release.cases/ages.yaml beside release.yaml:
  given:
    attestations:
      - {stage: test, document: junit.xml}
      - {stage: scan, type: vulns}
  cases:
    - case: everything is there
      expect: pass
    - case: a scan of last month does not count
      attestations: [{stage: scan, type: vulns, age: 31d}]
      expect: {verdict: fail, failing: [contract/stale scan]}

Exit codes: 0 every case came out as expected, 5 contract or case cannot be read, 17 a case came out otherwise, or is
missing with --complete. Everything that a case can tell: docs/guides/contracts.md.
`,
    )
    .action(perform(test));
}

async function test(cli: Cli, { cases, junit, complete = false }: Options, file = ''): Promise<ExitCode | undefined> {
  const contract = demandContract(file);
  const files = findCases(cases ?? `${file.replace(/\.(?:ya?ml|json)$/, '')}.cases`);
  const results = files.flatMap((each) => runCases(contract, each));
  const unseen = unseenFailures(contract, checksOf(results));
  if (junit !== undefined) writeLocalFile(junit, junitReport(contract.contract, results));
  const numberOf = (outcome: ReturnType<typeof outcomeOf>) =>
    results.filter((one) => outcomeOf(one) === outcome).length;
  const counts = { ok: numberOf('ok'), differs: numberOf('differs'), unreadable: numberOf('unreadable') };
  cli.print.result({ contract: contract.contract, ...counts, cases: results.map(caseJson), unseen }, () =>
    [
      `${plain(contract.contract)}, ${results.length} case${results.length === 1 ? '' : 's'}`,
      ...results.flatMap(caseLines),
      '',
      `${counts.ok} as expected, ${counts.differs} otherwise, ${counts.unreadable} unreadable`,
      ...(unseen.length === 0 ? [] : ['', 'No case sees this fail, so nobody would notice if it was dropped:']),
      ...unseen.map((text) => `  ${plain(text)}`),
    ].join('\n'),
  );
  if (counts.unreadable > 0) return EXIT.input;
  return counts.differs > 0 || (complete && unseen.length > 0) ? EXIT.cases : undefined;
}
