/** Addresses of pages about one thing. */
export function repositoryAddress(repository: string): string {
  return `/console/repositories/${repository}`;
}

export function runAddress(run: string): string {
  return `/console/runs/${run}`;
}

export function waiverAddress(waiver: string): string {
  return `/console/waivers/${waiver}`;
}

export function signerAddress(signer: string): string {
  return `/console/signers/${signer}`;
}

export function contractAddress(contract: string): string {
  return `/console/contracts/${contract}`;
}

export function entryAddress(seq: number): string {
  return `/console/ledger/${seq}`;
}

/** Of a change that one person proposed, by the seq of the proposal. */
export function changeAddress(proposal: number): string {
  return `/console/changes/${proposal}`;
}
