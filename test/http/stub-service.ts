import { ROLES, type Role } from '../../src/core/entry/kinds/principal-granted.ts';
import { fail, ok } from '../../src/core/fault.ts';
import type { ConsoleFile, ConsoleFiles } from '../../src/http/console-files.ts';
import type { Service } from '../../src/service/service.ts';

/** A service without insides: it knows a token for each role, `wbt_<role>`, and finds nothing. */
export function stubService(overrides: Partial<Service> = {}): Service {
  const notFound = async () => fail('service/not-found', 'The stub holds nothing.');
  const emptyPage = async () => ok({ items: [] });
  return {
    origin: 'log.test',
    logVkey: 'log.test+00000000+AAAA',
    authenticate: async (token) => {
      const role = ROLES.find((name) => token === tokenOf(name));
      if (role === undefined) return fail('auth/token-unknown', 'The token is not one of this service.');
      return ok({ principal: `some-${role}`, role, repositories: ['*'], stages: ['*'], grants: 1 });
    },
    authenticateSession: async () => fail('session/ended', 'The stub knows no session.'),
    openSession: notFound,
    listSessions: async () => ok([]),
    endSession: notFound,
    signImage: notFound,
    submitAttestation: notFound,
    listImages: emptyPage,
    readImage: notFound,
    readChain: emptyPage,
    readEvidence: notFound,
    readFacts: notFound,
    verifyCustody: notFound,
    askGate: notFound,
    recordVerdict: notFound,
    readReport: notFound,
    search: async () => ok({ items: [], more: [] }),
    listRepositories: emptyPage,
    readTrend: emptyPage,
    readInbox: async () => ok({ items: [], more: [], evaluatedAt: '2026-01-02T03:04:05.678Z' }),
    listEntries: emptyPage,
    createWebhook: notFound,
    listWebhooks: emptyPage,
    readWebhook: notFound,
    removeWebhook: notFound,
    disableWebhook: notFound,
    enableWebhook: notFound,
    rotateWebhook: notFound,
    testWebhook: notFound,
    listDeliveries: emptyPage,
    redeliverNotices: notFound,
    noticeCounts: async () => ({ enabled: 1, disabled: 0, waiting: 2, dead: 1, oldestSeconds: 3, behind: 4 }),
    watchNotices: () => undefined,
    readEvents: async () => ok({ events: [], reached: -1 }),
    readEntry: notFound,
    readReceipt: notFound,
    readConsistency: notFound,
    proveCompleteness: notFound,
    provePeriod: notFound,
    exportPeriod: notFound,
    readCheckpoint: async () => ok('log.test\n1\nAAAA\n\n— log.test AAAA\n'),
    listCheckpoints: emptyPage,
    readPublishedCheckpoint: notFound,
    readTile: async () => ok(new Uint8Array(32)),
    readEntryBundle: async () => ok(new Uint8Array(2)),
    trustFile: async () => ({ type: 'waybill/trust/v0' }),
    openRun: notFound,
    closeRun: notFound,
    listRuns: emptyPage,
    readRun: notFound,
    registerSigner: notFound,
    rotateSigner: notFound,
    revokeSigner: notFound,
    listSigners: emptyPage,
    readSigner: notFound,
    readImpact: notFound,
    signerAges: async () => ({
      states: { 'in-force': 2, due: 1, overlap: 0, rotated: 0, expired: 0, revoked: 0, disowned: 0 },
      oldestSeconds: 86_400,
    }),
    publishContract: notFound,
    withdrawContract: notFound,
    readControlKeys: notFound,
    changeControlKeys: notFound,
    proposeChange: notFound,
    listChanges: emptyPage,
    readSettings: notFound,
    changeSettings: notFound,
    listContracts: emptyPage,
    readContract: notFound,
    requestWaiver: notFound,
    approveWaiver: notFound,
    revokeWaiver: notFound,
    listWaivers: emptyPage,
    readWaiver: notFound,
    releaseImage: notFound,
    retireImage: notFound,
    listReleases: emptyPage,
    readChanges: notFound,
    grantPrincipal: notFound,
    revokePrincipal: notFound,
    listPrincipals: emptyPage,
    readPrincipal: notFound,
    createToken: notFound,
    listTokens: emptyPage,
    revokeToken: notFound,
    readiness: async () => ({ ready: true, size: 3 }),
    queue: () => ({ depth: 2, oldestWaiting: 0.5 }),
    watchBatches: () => undefined,
    ...overrides,
  };
}

/** A console of one page and one file. */
export function stubConsole(): ConsoleFiles {
  const file = (text: string, mediaType: string): ConsoleFile => ({
    bytes: new TextEncoder().encode(text),
    mediaType,
    encoded: {},
  });
  return {
    shell: file('<!doctype html><title>Console</title>', 'text/html; charset=utf-8'),
    asset: (name) => (name === 'console.js' ? file('0;', 'text/javascript; charset=utf-8') : undefined),
    isPage: (address) => address === 'page',
  };
}

export function tokenOf(role: Role): string {
  return `wbt_${role}`;
}

export function bearer(role: Role): { readonly Authorization: string } {
  return { Authorization: `Bearer ${tokenOf(role)}` };
}
