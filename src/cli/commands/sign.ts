import type { Command } from 'commander';
import { IMAGE_DIGEST, REPOSITORY } from '../../core/entry/names.ts';
import { TAG, TAG_ANNOTATION } from '../../core/image/tags.ts';
import { type Cli, type Perform, receiptFields, remarkFirstUse, withReceipt } from '../cli.ts';
import { collect, readRun, type ServiceOptions, withServiceOptions } from '../connect.ts';
import { EXIT } from '../exit-codes.ts';
import { readLocalManifest } from '../image-layout.ts';
import { fields, short } from '../layout-text.ts';
import { writeLocalFile } from '../local-file.ts';
import { stop } from '../stop.ts';
import { takeReceipt } from '../take-receipt.ts';

type Options = ServiceOptions & {
  readonly repository: string;
  readonly ref?: string;
  readonly platform?: string;
  readonly annotation?: readonly string[];
  readonly tag?: string;
  readonly run?: string | false;
  readonly receipt?: string;
  readonly tlogProof?: string;
  readonly bundle?: string;
};

export function addSign(program: Command, perform: Perform): void {
  const command = program
    .command('sign')
    .summary('sign an image and record it')
    .description(
      'Signs an image with the key of the service and records it in the ledger.\n' +
        'The exact bytes of its manifest are sent; the service never asks a registry.\n' +
        'The signature of an index covers the images of every platform in it.',
    )
    .argument('<image>', 'OCI image layout folder, or a manifest file')
    .requiredOption('-r, --repository <name>', 'repository that the image belongs to')
    .option('--ref <name>', 'which image of a layout with several: its name or digest')
    .option('--platform <os/arch>', 'sign one image of an index instead of the index')
    .option('-a, --annotation <key=value>', 'annotation of the signature, as in "cosign sign -a"; repeatable', collect)
    .option('-t, --tag <tag>', 'tag that it was built as, for "waybill search"; an annotation of the signature')
    .option('--run <id>', 'open run that built it (default: $WAYBILL_RUN)')
    .option('--no-run', 'file it under no run, whatever $WAYBILL_RUN says')
    .option('--receipt <file>', 'keep the receipt, which proves the entry without the service')
    .option('--tlog-proof <file>', 'keep the proof part as a C2SP tlog-proof')
    .option('--bundle <file>', 'keep the signature as a Sigstore bundle, for "cosign verify --bundle"');
  withServiceOptions(command)
    .addHelpText(
      'after',
      `
Examples:
  waybill sign ./image-layout --repository shop/api
  waybill sign manifest.json -r shop/api --receipt api.receipt.json
`,
    )
    .action(perform(sign));
}

async function sign(cli: Cli, options: Options, path = ''): Promise<undefined> {
  if (!REPOSITORY.test(options.repository)) {
    throw stop(EXIT.usage, 'cli/bad-argument', `"${options.repository}" is no repository name, such as shop/api.`);
  }
  if (IMAGE_DIGEST.test(path.slice(path.lastIndexOf('@') + 1))) {
    const hint = 'Give the layout folder, or save the manifest: crane manifest <image> > manifest.json.';
    throw stop(EXIT.usage, 'cli/bad-argument', 'Signing takes the manifest itself, not its digest.', hint);
  }
  const annotations = { ...readAnnotations(options.annotation ?? []), ...readTag(options.tag) };
  const { bytes, mediaType, manifest } = readLocalManifest(path, options);
  const run = readRun(cli.world, options.run);
  const { client, watch } = cli.connect(options);
  const { value, json } = await client.signImage({
    manifest: bytes,
    mediaType,
    repository: options.repository,
    annotations,
    ...run,
  });
  const expected = { kind: 'image.signed', repository: options.repository, subject: manifest.digest, ...run };
  const taken = await takeReceipt(watch, value.receipt, expected, options);
  if (options.bundle !== undefined) writeLocalFile(options.bundle, JSON.stringify(value.bundle));
  remarkFirstUse(cli, taken);
  cli.print.result(withReceipt(json, taken), () =>
    [
      `signed ${manifest.digest}`,
      fields([
        ['repository', options.repository],
        ['run', run.run],
        ['image', manifest.kind === 'index' ? `index of ${manifest.children.length}` : manifest.mediaType],
        ['signer', `${short(value.signer)} (the service's image key)`],
        ...receiptFields(taken, value.duplicate, options),
      ]),
    ].join('\n'),
  );
}

function readTag(tag: string | undefined): Readonly<Record<string, string>> {
  if (tag === undefined) return {};
  if (TAG.test(tag)) return { [TAG_ANNOTATION]: tag };
  throw stop(EXIT.usage, 'cli/bad-argument', `"${tag}" is no tag, such as 1.4.2.`);
}

function readAnnotations(texts: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    texts.map((text) => {
      const [, name, value] = /^([^=]+)=([\s\S]*)$/.exec(text) ?? [];
      if (name !== undefined && value !== undefined) return [name, value];
      throw stop(EXIT.usage, 'cli/bad-argument', `"${text}" is no annotation: give key=value.`);
    }),
  );
}
