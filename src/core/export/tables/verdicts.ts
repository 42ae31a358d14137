import type { VerdictRecorded } from '../../entry/kinds/verdict-recorded.ts';
import type { Table } from '../table.ts';

/** Verdicts that were recorded, each with what it rests on. */
export const verdicts: Table = {
  name: 'verdicts',
  kinds: ['verdict.recorded'],
  columns: [
    'repository',
    'digest',
    'environment',
    'verdict',
    'cut',
    'view',
    'evaluated',
    'evaluator',
    'trust_sha256',
    'contracts_sha256',
    'signer',
  ],
  cells: ({ entry }) => {
    const { trust, contracts, ...body } = entry.body as VerdictRecorded;
    return {
      ...body,
      repository: entry.repository,
      trust_sha256: trust,
      contracts_sha256: contracts,
      signer: entry.signer,
    };
  },
};
