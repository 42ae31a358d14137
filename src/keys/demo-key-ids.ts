/**
 * Signer ids of the demo keys in `keys.example/`: everybody has their private parts, so that nothing they sign means
 * anything. `openServiceKeys` refuses them wherever keys are encrypted, which is everywhere but in development.
 */
export const DEMO_KEY_IDS: ReadonlySet<string> = new Set([
  /** log.key */
  'aec39884b62599a5b3b617cf9913395fc8e1196e079ce760e48cecd37f2e1bcf',
  /** image.key */
  '37755cf73e6288935dda2383a7e1d118cb76d6ec46bed1caa2988b0f28645228',
  /** service.key */
  'a0dc3588c4dbfec9762029c73ebe651c2bc4a7f849361c8d5c749146ae14fff3',
  /** verdict.key */
  'dfbd87eb551d7142dfe17395c01eca8ac82788edeaef64b23950d31e73bac790',
]);
