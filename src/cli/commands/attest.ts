import type { Command } from 'commander';
import { NAME } from '../../core/entry/names.ts';
import { PAYLOAD_BYTES_MAX } from '../../core/limits.ts';
import { PREDICATE_TYPES } from '../../core/statement/predicate-types.ts';
import { readPipelineKey } from '../../keys/pipeline-key.ts';
import { type Filing, predicateTypeOf, signedSubmission, unsignedSubmission } from '../build-attestation.ts';
import { type Cli, type Perform, receiptFields, remarkFirstUse, withReceipt } from '../cli.ts';
import { readPassphrase, readRun, type ServiceOptions, withServiceOptions } from '../connect.ts';
import { EXIT } from '../exit-codes.ts';
import { fields, plain, short, wrapped } from '../layout-text.ts';
import { readLocalFile } from '../local-file.ts';
import { stop } from '../stop.ts';
import { readSubject, repositoryOf } from '../subject.ts';
import { takeReceipt } from '../take-receipt.ts';

type Options = ServiceOptions & {
  readonly stage: string;
  readonly repository?: string;
  readonly run?: string | false;
  readonly type?: string;
  readonly key?: string;
  readonly passphraseFile?: string;
  readonly ref?: string;
  readonly platform?: string;
  readonly receipt?: string;
  readonly tlogProof?: string;
};

export function addAttest(program: Command, perform: Perform): void {
  const command = program
    .command('attest')
    .summary('record what a stage found')
    .description(
      'Records what a stage of the pipeline found about an image or a commit.\n' +
        'Without --key the service signs for the caller; with it the pipeline signs, and the report says so.\n' +
        'Known by their content: CycloneDX, SPDX, SARIF, JUnit XML, OpenVEX, CSAF, Trivy, Grype, twistcli, cosign ' +
        'vulnerability scans, GitLab security reports, GitHub alerts, Cobertura and JaCoCo coverage, reviews of a pull ' +
        'request, in-toto statements, DSSE envelopes, Sigstore bundles.',
    )
    .argument('<subject>', 'digest, repository@digest, gitCommit:<hex>, OCI image layout folder, or manifest file')
    .argument('<file>', 'what the tool wrote; "-" is standard input')
    .requiredOption('-s, --stage <name>', 'stage that found it')
    .option('-r, --repository <name>', 'repository (default: the one that the service knows the image in)')
    .option('--run <id>', 'open run that found it (default: $WAYBILL_RUN)')
    .option('--no-run', 'file it under no run, whatever $WAYBILL_RUN says')
    .option('-k, --key <file>', 'sign with this private key, which must be registered for the stage')
    .option('--passphrase-file <file>', 'passphrase of the key (default: $WAYBILL_KEY_PASSPHRASE_FILE)')
    .option('-t, --type <type>', 'predicate type of a JSON file of any other format: a name below, or a URI')
    .option('--ref <name>', 'which image of a layout with several')
    .option('--platform <os/arch>', 'one image of an index instead of the index')
    .option('--receipt <file>', 'keep the receipt, which proves the entry without the service')
    .option('--tlog-proof <file>', 'keep the proof part as a C2SP tlog-proof');
  withServiceOptions(command).addHelpText('after', examples()).action(perform(attest));
}

async function attest(cli: Cli, options: Options, text = '', file = ''): Promise<undefined> {
  if (!NAME.test(options.stage)) {
    throw stop(EXIT.usage, 'cli/bad-argument', `"${options.stage}" is no stage name: lower case, such as unit-test.`);
  }
  const named = readSubject(text, options);
  const predicateType = options.type === undefined ? undefined : predicateTypeOf(options.type);
  const document = readLocalFile(file, PAYLOAD_BYTES_MAX);
  const key =
    options.key === undefined
      ? undefined
      : readPipelineKey(options.key, readPassphrase(cli.world, options.passphraseFile));
  const { client, watch } = cli.connect(options);
  const filing: Filing = {
    subject: named.subject,
    repository: await repositoryOf(client, named),
    stage: options.stage,
    ...readRun(cli.world, options.run),
    ...(predicateType === undefined ? {} : { predicateType }),
  };
  const submission = key === undefined ? unsignedSubmission(document, filing) : signedSubmission(document, filing, key);
  const { body, contentType, query, payload } = submission;
  const { value, json } = await client.submitAttestation({ body, contentType, ...query });
  const expected = { kind: 'attestation.recorded', ...filing, ...(payload === undefined ? {} : { payload }) };
  const taken = await takeReceipt(watch, value.receipt, expected, options);
  remarkFirstUse(cli, taken);
  cli.print.result(withReceipt(json, taken), () =>
    [
      `attested ${filing.subject}`,
      fields([
        ['repository', filing.repository],
        ['stage', filing.stage],
        ['run', filing.run],
        ['recognised', `${plain(value.recognised)}, ${plain(value.predicateType)}`],
        [
          'signer',
          `${short(plain(value.signer))} (${value.assurance === 'service' ? 'the service, for you' : 'own key'})`,
        ],
        ...receiptFields(taken, value.duplicate, options),
      ]),
    ].join('\n'),
  );
}

function examples(): string {
  const names = wrapped(`  ${PREDICATE_TYPES.map(({ name }) => name).join(', ')}`, 100, '  ');
  return `
Names of predicate types:
${names}

Examples:
  waybill attest sha256:… --stage sbom sbom.cdx.json
  waybill attest ./image-layout --stage test junit.xml --key ci.key
  waybill attest sha256:… --stage load-test result.json --type https://example.com/load-test/v1
`;
}
