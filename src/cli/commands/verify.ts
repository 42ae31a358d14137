import type { Command } from 'commander';
import type { Perform } from '../cli.ts';

export function addVerify(_program: Command, _perform: Perform): void {
  // placeholder until core/custody stands
}
