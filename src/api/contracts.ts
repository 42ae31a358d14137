import { z } from 'zod';
import { contractName, control, json, onlyControl, page, pageQuery, recorded, time, wholeNumber } from './fields.ts';
import { JSON_BODY_BYTES_MAX } from './limits.ts';
import { ANY_ROLE, CHANGE_REFUSALS, defineRoute } from './route.ts';

const contractFields = {
  contract: contractName,
  version: z.int().min(1),
  publishedAt: time,
  withdrawn: z.boolean(),
  document: json.meta({ description: 'The contract, as JSON. See docs/spec/contracts.md.' }),
};
const contract = z.strictObject(contractFields).meta({ id: 'Contract' });
const recordedContract = z.strictObject({ ...contractFields, ...recorded }).meta({ id: 'RecordedContract' });

/** A contract with the agreement of control keys: the contract itself has no place for it. */
export const CONTROLLED_MEDIA_TYPE = 'application/vnd.waybill.controlled+json';
export const controlledContract = z.strictObject({ document: json, control });

const contractParams = z.strictObject({ contract: contractName });

export const publishContract = defineRoute({
  operation: 'publishContract',
  method: 'post',
  path: '/v1/contracts',
  tag: 'Contracts',
  summary: 'Publish a contract, or its next version',
  access: ['admin'],
  params: z.strictObject({}),
  query: z.strictObject({}),
  body: {
    form: 'bytes',
    description:
      'The contract as JSON or YAML. YAML: one document, no anchors, aliases, tags or duplicate keys, so that it says what it seems to say. With the agreement of control keys `{document, control}` as application/vnd.waybill.controlled+json, the document as JSON.',
    mediaTypes: ['application/json', 'application/yaml', 'application/x-yaml', 'text/yaml', CONTROLLED_MEDIA_TYPE],
    onlyThese: true,
    bytesMax: JSON_BODY_BYTES_MAX,
    example: {
      contract: 'shop',
      repositories: ['shop/*'],
      stages: [{ stage: 'sbom' }, { stage: 'test', assurance: 'pipeline' }],
    },
  },
  answers: {
    201: { description: 'Published.', schema: recordedContract, location: true },
    200: { description: 'Was published so before.', schema: recordedContract },
  },
  faults: [
    'contract/malformed',
    'contract/unchanged',
    'contract/cyclic-order',
    'http/malformed-yaml',
    ...CHANGE_REFUSALS,
  ],
});

export const listContracts = defineRoute({
  operation: 'listContracts',
  method: 'get',
  path: '/v1/contracts',
  tag: 'Contracts',
  summary: 'List contracts, each in its newest version',
  access: ANY_ROLE,
  params: z.strictObject({}),
  query: z.strictObject(pageQuery),
  answers: { 200: { description: 'A page of contracts.', schema: page(contract) } },
});

export const readContract = defineRoute({
  operation: 'readContract',
  method: 'get',
  path: '/v1/contracts/{contract}',
  tag: 'Contracts',
  summary: 'One contract, in its newest version or in the one that is asked for',
  access: ANY_ROLE,
  params: contractParams,
  query: z.strictObject({
    version: wholeNumber(
      { min: 1, max: 1_000_000 },
      'Version of the contract; its newest where absent.',
    ).exactOptional(),
  }),
  answers: { 200: { description: 'The contract.', schema: contract } },
  faults: ['contract/unknown'],
});

export const withdrawContract = defineRoute({
  operation: 'withdrawContract',
  method: 'post',
  path: '/v1/contracts/{contract}/withdraw',
  tag: 'Contracts',
  summary: 'Withdraw a contract',
  access: ['admin'],
  params: contractParams,
  query: z.strictObject({}),
  body: { form: 'json', optional: true, schema: onlyControl, bytesMax: JSON_BODY_BYTES_MAX },
  answers: { 200: { description: 'Withdrawn.', schema: recordedContract } },
  faults: ['contract/unknown', ...CHANGE_REFUSALS],
});
