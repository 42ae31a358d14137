/**
 * What to do about a fault, by its code; only where that is not said by the message itself, and where the command line
 * can say it better than the remedy that the service sends.
 */
const HINTS: Readonly<Record<string, string>> = {
  'auth/token-missing':
    'Set WAYBILL_TOKEN, or give --token-file. The first admin token lies in data/admin.token of the service.',
  'auth/token-unknown': 'The token is not one of this service. Is WAYBILL_URL the right address?',
  'auth/token-expired': 'Ask an admin for a new one: waybill token create <principal>.',
  'auth/token-revoked': 'Ask an admin for a new one: waybill token create <principal>.',
  'auth/role-not-allowed':
    'Ask an admin for a role that may do this: waybill principal grant <principal> --role <role>.',
  'auth/repository-out-of-scope':
    'Ask an admin to widen the scope: waybill principal grant <principal> --repository <glob>.',
  'auth/stage-out-of-scope': 'Ask an admin to widen the scope: waybill principal grant <principal> --stage <stage>.',
  'attestation/signer-unknown':
    'Register the key first: waybill signer register <key file> --repository <glob> --stage <stage>.',
  'attestation/signer-out-of-scope':
    'The key is registered for other repositories or stages; see waybill signer show <id>.',
  'attestation/signer-revoked': 'Make a new key and register it: waybill keys new, waybill signer register.',
  'attestation/filed-elsewhere': 'The signed statement names another repository or stage than the command line does.',
  'image/unknown':
    'Check the digest. Sign the image first: waybill sign <layout> --repository <repository>; or attest with --repository.',
  'image/repository-ambiguous': 'Say which one is meant: --repository <repository>.',
  'custody/malformed-evidence':
    'What can be checked: reports, evidence, receipts, proofs of completeness and of a period, exports. A Sigstore bundle is for "cosign verify --bundle".',
  'cli/no-service': 'Set WAYBILL_URL, or give --url. "waybill serve" prints its address.',
  'cli/no-token': 'Set WAYBILL_TOKEN, or give --token-file.',
  'client/unreachable': 'Is the service running, and is WAYBILL_URL its address? The command can be repeated safely.',
  'client/bad-url': 'An address looks like http://127.0.0.1:8420; the token goes into WAYBILL_TOKEN.',
  'client/timeout': 'The command can be repeated safely: what was recorded is recognised.',
  'client/malformed-answer': 'Is WAYBILL_URL the address of a Waybill service, and not of something in front of it?',
  'contract/unchanged': 'The newest version says exactly this already; there is nothing to publish.',
  'signer/already-registered': 'A key is registered once. To change its scope, revoke it and register a new key.',
  'statement/unrecognised-document':
    'Give --type with a name or URI of its predicate type; "waybill attest --help" lists the names.',
  'checkpoint/rolled-back':
    'Entries are missing that this machine has seen. Keep the state file and your receipts; they prove it. Tell the auditor.',
  'checkpoint/forked':
    'The log has two histories. Keep the state file and your receipts; they prove it. Tell the auditor.',
  'log-key/changed':
    'If the log ended and this is its successor, or it was replaced on purpose, confirm its key over another channel and give it with --log-key.',
  ...Object.fromEntries(
    [
      'head/behind-anchor',
      'head/not-consistent-with-anchor',
      'head/other-cluster',
      'head/other-timeline',
      'anchor/missing',
      'anchor/malformed',
      'log/missing',
      'log/not-opened',
      'database/data-missing',
    ].map((code) => [code, 'Nothing was signed. "waybill resume" says what is there and what can be done.']),
  ),
};

export function hintFor(code: string): string | undefined {
  return Object.hasOwn(HINTS, code) ? HINTS[code] : undefined;
}
