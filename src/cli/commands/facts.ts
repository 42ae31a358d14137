import type { Command } from 'commander';
import type { Client } from '../../client/client.ts';
import { isJsonObject, type Json, parseJson } from '../../core/encoding/json.ts';
import { IMAGE_DIGEST } from '../../core/entry/names.ts';
import { combineFacts } from '../../core/facts/combine-facts.ts';
import { compareFacts } from '../../core/facts/compare-facts.ts';
import { type Facts, factsJson } from '../../core/facts/facts.ts';
import { PAYLOAD_BYTES_MAX } from '../../core/limits.ts';
import { type RecognisedDocument, recogniseDocument } from '../../core/statement/recognise-document.ts';
import { subjectsOf } from '../../core/statement/subjects.ts';
import type { Cli, Perform } from '../cli.ts';
import { collect, type ServiceOptions, withServiceOptions } from '../connect.ts';
import { EXIT } from '../exit-codes.ts';
import { plain } from '../layout-text.ts';
import { readLocalFile } from '../local-file.ts';
import { openProgress } from '../progress.ts';
import { renderComparison, renderFacts } from '../render-facts.ts';
import { stop, stopOf } from '../stop.ts';
import { readImageSubject } from '../subject.ts';

type Options = ServiceOptions & {
  readonly with?: readonly string[];
  readonly against?: string;
  readonly subject?: string;
  readonly repository?: string;
};

export function addFacts(program: Command, perform: Perform): void {
  const command = program
    .command('facts')
    .summary('what documents state: components, vulnerabilities after VEX, tests, coverage and more')
    .description(
      'Recognises a document and prints the facts that it states, or asks the service for those that the sound ' +
        'attestations of an image state. What cannot be read is missing and never zero. A file needs no network.',
    )
    .argument('<what>', 'file of a tool, statement, envelope or bundle; or digest or repository@digest of an image')
    .option(
      '--with <file>',
      'another document about the same image, such as VEX, of a later time; may be repeated',
      collect,
    )
    .option('--against <what>', 'file or image of before: also show what changed since')
    .option('--subject <digest>', 'image that the files are about, for VEX about the whole image')
    .option('-r, --repository <name>', 'repository, where the digest is in several');
  withServiceOptions(command)
    .addHelpText(
      'after',
      `
Examples:
  waybill facts sbom.cdx.json
  waybill facts scan.json --with openvex.json --subject sha256:… --json
  waybill facts sbom.cdx.json --against sbom-of-the-last-release.cdx.json
  waybill facts sha256:…

Exit codes: 0 the facts were read, 5 a file is of no known format, or does not hold what its format prescribes.
`,
    )
    .action(perform(facts));
}

/** Facts, and what is told beside them. */
type Found = { readonly facts: Facts; readonly title: string; readonly json: { readonly [member: string]: Json } };

async function facts(cli: Cli, options: Options, what = ''): Promise<undefined> {
  const found = await find(cli, options, [what, ...(options.with ?? [])]);
  const before = options.against === undefined ? undefined : await find(cli, options, [options.against]);
  const comparison = before === undefined ? undefined : compareFacts(before.facts, found.facts);
  const compared = comparison === undefined ? {} : { comparison: comparison as Json };
  cli.print.result({ ...found.json, ...compared }, () =>
    [
      found.title,
      '',
      renderFacts(found.facts),
      ...(comparison === undefined || before === undefined
        ? []
        : ['', `Since ${before.title}`, '', renderComparison(comparison)]),
    ].join('\n'),
  );
}

async function find(cli: Cli, options: Options, whats: readonly string[]): Promise<Found> {
  const [first = ''] = whats;
  const isImage = IMAGE_DIGEST.test(first.slice(first.lastIndexOf('@') + 1));
  if (!isImage) return readFiles(options, whats);
  if (whats.length > 1) {
    throw stop(EXIT.usage, 'cli/bad-argument', 'Documents can be put --with files, not with an image of the service.');
  }
  return askService(cli, cli.connect(options).client, readImageSubject(first, options));
}

async function askService(
  cli: Cli,
  client: Client,
  image: { readonly digest: string; readonly repository?: string },
): Promise<Found> {
  const progress = openProgress(cli.world, 'receiving facts', 'bytes');
  const bytes = await client.facts(image, progress.at);
  progress.end();
  const answer = parseJson(bytes);
  if (!answer.ok) throw stopOf(EXIT.unreachable, answer.fault, 'The answer of the service is not JSON');
  const json = isJsonObject(answer.value) ? answer.value : {};
  const { facts: stated, documents, unsound, intact } = json;
  const notes = [
    ...(intact === true ? [] : ['Its evidence does not hold together: see "waybill verify".']),
    ...(Array.isArray(unsound) && unsound.length > 0
      ? [`Not sound, and left out: entries ${unsound.join(', ')}.`]
      : []),
    ...(Array.isArray(documents) ? promotedNote(documents) : []),
    ...(Array.isArray(documents) ? documents.flatMap((document: Json) => unreadNote(document)) : []),
  ];
  const title = [`Facts of ${image.digest}, as the service read them`, ...notes].join('\n');
  return { facts: (isJsonObject(stated) ? stated : {}) as Facts, title, json };
}

/** Where documents were filed that count here because a contract takes images from there. */
function promotedNote(documents: readonly Json[]): readonly string[] {
  const from = documents.flatMap((document) =>
    isJsonObject(document) && typeof document.promotedFrom === 'string' ? [document.promotedFrom] : [],
  );
  if (from.length === 0) return [];
  const places = [...new Set(from)].map(plain).join(', ');
  return [`With what counts of ${places}, from where a contract takes images: ${from.length} of the documents.`];
}

function unreadNote(document: Json): readonly string[] {
  if (!isJsonObject(document) || !isJsonObject(document.fault)) return [];
  const { code, message } = document.fault;
  return [
    `Not read, and its facts are missing: entry ${document.seq}, ${plain(String(message))} (${plain(String(code))})`,
  ];
}

function readFiles({ subject }: Options, files: readonly string[]): Found {
  if (subject !== undefined && !IMAGE_DIGEST.test(subject)) {
    throw stop(EXIT.usage, 'cli/bad-argument', `"${subject}" is no image digest: sha256: and 64 hex digits.`);
  }
  const documents = files.map(readDocument);
  const digest = subject ?? documents.flatMap(statedSubject)[0];
  const { combined, documents: outcomes, fault } = combineFacts(documents, digest === undefined ? {} : { digest });
  for (const [index, outcome] of outcomes.entries()) {
    if (outcome.fault !== undefined) throw stopOf(EXIT.input, outcome.fault, `${files[index]} states no facts`);
  }
  if (fault !== undefined) throw stopOf(EXIT.input, fault, 'The documents cannot be put together');
  const formats = documents.map(({ format, predicateType }, index) => ({
    file: files[index] ?? '',
    format,
    predicateType,
  }));
  return {
    facts: combined,
    title: `Facts of ${formats.map(({ file, format }) => `${plain(file)} (${format})`).join(', ')}`,
    json: { documents: formats, facts: factsJson(combined) },
  };
}

function readDocument(file: string): RecognisedDocument {
  const document = recogniseDocument(readLocalFile(file, PAYLOAD_BYTES_MAX), PAYLOAD_BYTES_MAX);
  if (document.ok) return document.value;
  throw stopOf(EXIT.input, document.fault, `${file} is of no known format`);
}

/** The one image that a statement is about; a plain document names none. */
function statedSubject({ statement }: RecognisedDocument): readonly string[] {
  const subjects = statement === undefined ? undefined : subjectsOf(statement);
  const images = subjects?.ok === true ? subjects.value.filter((each) => IMAGE_DIGEST.test(each)) : [];
  return images.length === 1 ? images : [];
}
