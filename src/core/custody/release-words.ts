import type { Changes, StageSummary } from './compare-custody.ts';

/**
 * What changed between two images in sentences, a line for each thing; empty where nothing did. Names of signers are cut
 * to twelve digits, for people to compare.
 */
export function changeWords({ stages, signers, contracts }: Changes): readonly string[] {
  return [
    ...listed('New stage', stages.added),
    ...listed('Stage no longer attested', stages.removed),
    ...stages.changed.map(
      ({ stage, before, after }) => `Stage ${stage}: ${summaryWords(before)}; now ${summaryWords(after)}.`,
    ),
    ...listed('New signer', signers.added.map(short)),
    ...listed('Signer no longer seen', signers.removed.map(short)),
    ...contracts.map(({ contract, before, after }) => `Contract ${contract}: ${versionWords(before, after)}.`),
  ];
}

function listed(what: string, names: readonly string[]): readonly string[] {
  if (names.length === 0) return [];
  return [`${what}${names.length === 1 ? '' : 's'}: ${names.join(', ')}.`];
}

function summaryWords({ attestations, predicateTypes, signers, assurances }: StageSummary): string {
  const how = assurances.length === 0 ? '' : `, ${assurances.join(' and ')}`;
  const count = `${attestations} attestation${attestations === 1 ? '' : 's'}`;
  return `${count} of ${predicateTypes.join(' and ')} by ${signers.map(short).join(' and ')}${how}`;
}

function versionWords(before: number | undefined, after: number | undefined): string {
  if (before === undefined) return `applies since, in version ${after}`;
  return after === undefined ? `version ${before} applied, and none does now` : `version ${before} then, ${after} now`;
}

function short(signer: string): string {
  return signer.length > 16 ? `${signer.slice(0, 12)}…` : signer;
}
