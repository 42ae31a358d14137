import type { ServiceFaultCode } from '../../core/fault-codes/service.ts';
import type { FaultRow } from './faults.ts';

/** What the use cases refuse, and what keeps them from working. */
export const SERVICE_FAULTS = {
  'service/overloaded': [
    503,
    'More is waiting than the service takes on.',
    'Wait as long as Retry-After says and send it again; nothing was lost.',
  ],
  'service/stopping': [
    503,
    'The service is shutting down.',
    'Send it again; another replica or the next start answers.',
  ],
  'service/contended': [503, 'What the request rests on kept changing while it was written.', 'Send it again.'],
  'service/not-found': [404, 'There is no such thing, or not yet.', 'Check the number or path.'],
  'service/out-of-range': [
    422,
    'A size or place lies outside the ledger.',
    'Ask within the size of the newest checkpoint.',
  ],
  'head/not-ours': [
    503,
    'The head of the ledger was not written by this service; it refuses to sign it.',
    'Whoever runs the service must find out who wrote to the database.',
  ],
  'head/behind-anchor': [
    503,
    'The ledger is shorter than this service has seen it; it refuses to sign.',
    'An old backup was restored: restore the newest, or see the runbook.',
  ],
  'head/not-consistent-with-anchor': [
    503,
    'The ledger is not a continuation of what this service has seen; it refuses to sign.',
    'Treat as tampering: keep the database and the anchor, see the runbook.',
  ],
  'head/other-cluster': [
    503,
    'The database is in another Postgres cluster than the one that this service wrote to; it refuses to use it.',
    'Connect it to its own, or have `waybill resume` compare the two.',
  ],
  'head/other-timeline': [
    503,
    'A standby was promoted, or the database was restored, since this service last wrote; it refuses to use it.',
    'Have `waybill resume` compare what is there with what was signed.',
  ],
  'head/clock-behind': [
    503,
    'The clock of the database is behind the ledger.',
    'Correct the clocks; appending goes on by itself.',
  ],
  'log/missing': [
    503,
    'The service’s keys have signed a log, and the database holds none.',
    'Bring the database back, or see what `waybill resume` says.',
  ],
  'log/wrong-origin': [
    503,
    'The database holds another log than the one that the service’s keys sign.',
    'Connect the service to its own database.',
  ],
  'log/succeeded': [
    503,
    'The log was ended, and another one has taken its place; it is never signed again.',
    'Connect the service to the database of the successor.',
  ],
  'log/not-opened': [
    503,
    'The successor of a log was begun and not opened.',
    'Run `waybill resume --open-successor` again.',
  ],
  'log/sealed': [
    503,
    'The log was sealed: it takes no more entries.',
    'Send it to the service of the successor, which the last entry names.',
  ],
  'anchor/missing': [
    503,
    'The anchor of an existing ledger is missing.',
    'Give the service the folder that holds its anchor.',
  ],
  'anchor/wrong-origin': [503, 'The anchor belongs to another log.', 'Give each log its own state folder.'],
  'anchor/malformed': [503, 'The anchor file cannot be read.', 'Restore it from the newest copy.'],
  'anchor/not-durable': [
    503,
    'The anchor cannot be written, and nothing is signed without it.',
    'Make room on the volume of the state folder; what was sent meanwhile is found when it is sent again.',
  ],
  'head/clock-differs': [
    503,
    'The clocks of the database and of the service are more than 5 seconds apart.',
    'Correct the clocks; appending goes on by itself.',
  ],
  'auth/token-missing': [401, 'The request carries no token.', 'Send `Authorization: Bearer` and a token.'],
  'auth/token-unknown': [
    401,
    'The token is not one of this service.',
    'Check the token, and that it is meant for this service.',
  ],
  'auth/token-expired': [401, 'The token has expired.', 'Ask an administrator for a new one.'],
  'auth/token-revoked': [401, 'The token was revoked.', 'Ask an administrator for a new one.'],
  'auth/role-not-allowed': [
    403,
    'The role of the caller may not do this.',
    'Use a principal with one of the roles that /docs names.',
  ],
  'auth/repository-out-of-scope': [
    403,
    'The caller’s scope does not reach this repository.',
    'Ask an administrator for a grant that does.',
  ],
  'auth/stage-out-of-scope': [
    403,
    'The caller may not attest this stage.',
    'Ask an administrator for a grant that names the stage.',
  ],
  'auth/principal-revoked': [403, 'The caller’s role was taken away.', 'Ask an administrator.'],
  'attestation/filed-elsewhere': [
    422,
    'The statement says that it belongs to another repository, stage or run.',
    'Submit it under the place that it names.',
  ],
  'attestation/subject-not-named': [
    422,
    'The statement does not name the subject that it is filed under.',
    'Name the image by its digest in the statement’s subject.',
  ],
  'attestation/signer-unknown': [
    422,
    'No registered signer made the signature.',
    'Register the key, or sign with one that is registered.',
  ],
  'attestation/signer-revoked': [422, 'The signer of the attestation is revoked.', 'Sign with a key that is in force.'],
  'attestation/signer-out-of-scope': [
    422,
    'The signer may not attest this stage of this repository.',
    'Register the key for the stage, or sign with another.',
  ],
  'attestation/subject-full': [
    422,
    'The subject has as many entries in this repository as evidence can hold.',
    'Build a new image; what is recorded of this one stays as it is.',
  ],
  'attestation/no-subject': [
    422,
    'It is not said what the document is about.',
    'Send `subject`, `repository` and `stage` with it.',
  ],
  'image/repository-ambiguous': [
    422,
    'The digest is in several repositories that the caller may read.',
    'Say which, with `repository`.',
  ],
  'image/unknown': [
    404,
    'The ledger knows no such image there, or the caller may not read it.',
    'Check digest and repository; sign the image first.',
  ],
  'signer/already-registered': [
    409,
    'The key is registered already, with another scope.',
    'A key is registered once; use a new key for a new scope.',
  ],
  'signer/unknown': [404, 'There is no such signer.', 'See which there are: `waybill signer list`.'],
  'signer/later-than-before': [
    422,
    'A revocation may move earlier, never later.',
    'Name a time before the earlier one.',
  ],
  'contract/unknown': [404, 'There is no such contract.', 'See which there are: `waybill contract list`.'],
  'contract/unchanged': [422, 'The contract is the same as its newest version.', 'Nothing needs to be published.'],
  'principal/unknown': [
    404,
    'There is no such principal.',
    'See who has a role: `waybill principal list`. An administrator grants one.',
  ],
  'principal/last-admin': [
    409,
    'Without this principal nobody could administer the service.',
    'Grant another principal the role admin first.',
  ],
  'token/unknown': [404, 'There is no such token.', 'See which there are: `waybill token list`.'],
  'token/lifetime-out-of-range': [
    422,
    'The lifetime is not one that tokens may have.',
    'Choose one within the bounds that `detail` names.',
  ],
  'evidence/too-many-entries': [
    422,
    'The image has more entries than one piece of evidence holds.',
    'Ask about one repository; the bound is 1,000 entries.',
  ],
  'evidence/too-large': [
    422,
    'The documents about the image are larger than one piece of evidence may be.',
    'Keep large documents in an object store and attest their digests; the bound is 256 MiB as base64.',
  ],
  'verdict/not-replayable': [
    422,
    'What is known now about a past state is not recorded: it rests on two states of the ledger.',
    'Record what was known then, or the verdict of now.',
  ],
  'verification/out-of-time': [
    503,
    'The verification, or a large document, took longer than the service allows.',
    'Take the evidence and judge it yourself, or try again when less is going on.',
  ],
  'verification/worker-lost': [
    503,
    'The part of the service that verifies, or reads large documents, ended before it was done.',
    'Send it again; another one has taken its place.',
  ],
} as const satisfies Readonly<Record<ServiceFaultCode, FaultRow>>;
