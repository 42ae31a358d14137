/**
 * Addresses of the console's pages. `:name` is one segment and `:name+` one or more. The service answers 404 for every
 * other address below `/console/`, by the list that scripts/build-web.ts makes of this one.
 */
export const PAGE_PATHS = [
  '/console/',
  '/console/images/:digest',
  '/console/publish',
  '/console/sessions',
  '/console/signers/:signer/revoke',
  '/console/trust',
] as const;

export type PagePath = (typeof PAGE_PATHS)[number];
