import { boolean, type Decoded, object } from '../../encoding/decode.ts';
import { TRUST_KEY } from '../keys.ts';
import type { KindDefinition } from '../kind-definition.ts';

const body = object({
  /** Whether changes of trust take two people from the next entry on. */
  dualControl: boolean(),
});

/** Body of `settings.changed`: what holds in this log from the next entry on. */
export type SettingsChanged = Decoded<typeof body>;

export const settingsChanged: KindDefinition<SettingsChanged> = {
  kind: 'settings.changed',
  required: [],
  allowed: ['control'],
  controlList: 'trust',
  body,
  filedUnder: () => [TRUST_KEY],
};
