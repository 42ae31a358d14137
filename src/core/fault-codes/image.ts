/** Fault codes of the image area; docs/spec/faults.md lists every code. */
export const IMAGE_FAULT_CODES = [] as const;
export type ImageFaultCode = (typeof IMAGE_FAULT_CODES)[number];
