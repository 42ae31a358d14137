import { DEMO_KEY_IDS } from './demo-key-ids.ts';

/**
 * Signer ids of keys whose private parts are printed somewhere, for tests and examples: whoever registers one lets everybody
 * attest. Refused outside of development.
 */
export const PUBLISHED_KEY_IDS: ReadonlySet<string> = new Set([
  ...DEMO_KEY_IDS,
  /** RFC 8032 section 7.1: tests 1, 2, 3, 1024 and SHA(abc). Test 1 is the key of RFC 8037, too. */
  'd96aebf4f5529e69bdd8c42c9b59d919c37eada12058d668607848ed13fc40d4',
  '36115e7a157f54a80cbeacb5744ff78f2d9e37b81cac5bed6f601ffa06056358',
  '176866b59664f1d80049a668500e951d8c7156cbb0b8b763218d655a92d03085',
  'ec6af2f1def27a48f8cb95ebb6f59cca4bd943d53d8e43a7ebf8120824520934',
  '6f9c24ebd997c348f7c743f95955f4bda56bf11e766cda02b905f53465ea209d',
  /** RFC 8410 section 10.1 */
  'cee197c84c0d781927ae6d246b39955316ccbec31edf1a190f242eeb3af17be3',
  /** RFC 6979 appendix A.2.5 (P-256) and A.2.6 (P-384) */
  'ebb0738c74b0abfc2063d113f26930d6eed234a8f490cc069d7c27c4cb825406',
  '167f3e1adad4b5689244292ed734c4f555b48094a4eab9ec4bfb4bb17a4a8c01',
  /** RFC 7515 appendix A.3 (P-256) */
  '40beb39e35032f6855dc138ad85698f8c821f66b3293bca842df20b4c4d7d8ea',
  /** RFC 7517 appendix A.1: P-256 and RSA */
  '21eba067f615a7bd8e48fdc310629ce37cb07bcfc426fa2f32c35eed15b4230d',
  '9ade53a619783646ebe88c25f0bccf1be85bffea646a25c7db1424b3fcb4c65d',
  /** RFC 9421 appendix B.1: RSA, RSA for PSS, P-256 and Ed25519 */
  'f22d34687b460311b29c4cf4ec81dd2f7b246cfb881f9f88fa0c63451b49ef7f',
  'a99810156e5df2cec3ce14b0eb041a45f30589298bd9d67cc68550170fd8307b',
  '6f8219ec1659f6aa3e43112014b17903e8f7740372de6788caa32c462f8c1b00',
  '864df34e7888ace623917cadb0269af7d9c7b2848ea27b46b7b4ecb28ac5e964',
  /** RFC 9500 sections 2.1 and 2.3: RSA of 2048 and 4096 bits, P-256 and P-384 */
  '670c8642a3d0f7fb6e95e2c1f7bec8595e8423bcc7c7166ba60ef7f332143f7f',
  '6a425e43a72d1e4a8b23c5f632bb8af98f05977ef8f475727925ccfb30ebaf10',
  '8638482ea70540333b4ed30e6c0279107424333927ec99ca20923dbd95d1af1f',
  '437450cd7ddd5b4ca5d0c88551f5dd97c3ab4ac4f072e887cc236fb2dbda7679',
]);
