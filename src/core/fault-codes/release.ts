/** Codes of releases and retirements. docs/spec/releases.md says which check gives which, and what a service refuses. */
export const RELEASE_FAULT_CODES = [
  'image/retired',
  'release/not-released',
  'release/verdict-not-passed',
  'release/verdict-outdated',
  'release/verdict-unknown',
] as const;
export type ReleaseFaultCode = (typeof RELEASE_FAULT_CODES)[number];
