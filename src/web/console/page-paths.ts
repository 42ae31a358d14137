/**
 * Addresses of the console's pages. `:name` is one segment and `:name+` one or more. The service answers 404 for every
 * other address below `/console/`, by the list that scripts/build-web.ts makes of this one.
 */
export const PAGE_PATHS = [
  '/console/',
  '/console/changes',
  '/console/changes/:proposal',
  '/console/contracts',
  '/console/contracts/:contract',
  '/console/images',
  '/console/images/:digest',
  '/console/ledger',
  '/console/ledger/:seq',
  '/console/publish',
  '/console/repositories',
  '/console/repositories/:repository+',
  '/console/runs',
  '/console/runs/:run',
  '/console/search',
  '/console/sessions',
  '/console/signers',
  '/console/signers/:signer',
  '/console/signers/:signer/revoke',
  '/console/trust',
  '/console/waivers',
  '/console/waivers/:waiver',
] as const;

export type PagePath = (typeof PAGE_PATHS)[number];
