import type { Command } from 'commander';
import type { ControlSetFields } from '../../core/control/control-keys.ts';
import { type Cli, type Perform, receiptFields, remarkFirstUse, withReceipt } from '../cli.ts';
import { type ServiceOptions, withServiceOptions } from '../connect.ts';
import { readAgreedChange } from '../control-file.ts';
import { fields, plain } from '../layout-text.ts';
import { takeReceipt } from '../take-receipt.ts';

type ChangeOptions = ServiceOptions & { readonly control: string };

export function addChangeKeys(control: Command, perform: Perform): void {
  withServiceOptions(
    control
      .command('change-keys')
      .summary('change the control keys')
      .description(
        'Puts another set of control keys into force. The set before it agrees: "waybill control prepare keys".',
      )
      .requiredOption('--control <file>', 'the agreement of the control keys'),
  ).action(perform(changeKeys));
  withServiceOptions(
    control
      .command('status')
      .summary('show the control keys in force')
      .description(
        'Shows the control keys that the service says are in force, and those that the log was opened with.',
      ),
  ).action(perform(status));
}

async function changeKeys(cli: Cli, options: ChangeOptions): Promise<undefined> {
  const { body, control } = readAgreedChange<ControlSetFields>(options.control, 'control-keys.changed');
  const { client, watch } = cli.connect(options);
  const { value, json } = await client.changeControlKeys({ ...body, control });
  const taken = await takeReceipt(watch, value.recorded.receipt, { kind: 'control-keys.changed' });
  remarkFirstUse(cli, taken);
  cli.print.result(withReceipt(json, taken), () =>
    [
      `changed: it takes ${value.view.controlThreshold} of ${value.view.controlKeys.length} control keys from now on`,
      fields(receiptFields(taken, value.recorded.duplicate)),
    ].join('\n'),
  );
}

async function status(cli: Cli, options: ServiceOptions): Promise<undefined> {
  const { value, json } = await cli.connect(options).client.controlKeys();
  const lines = ({ controlKeys, controlThreshold }: ControlSetFields) =>
    controlKeys.length === 0
      ? ['none: changes of trust are the operator’s alone']
      : [`${controlThreshold} of ${controlKeys.length}`, ...controlKeys.map((key) => plain(`  ${key}`))];
  cli.print.result(json, () =>
    ['in force:', ...lines(value), '', 'opened with, as trust files name them:', ...lines(value.opened)].join('\n'),
  );
}
