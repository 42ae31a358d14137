/** What scripts/build-web.ts knows of the programs of this build. */
declare const WAYBILL_VERSION: string;
declare const WAYBILL_VERIFY_PROGRAM: string;

/** Version of the package that this console is built from. */
export const VERSION = WAYBILL_VERSION;

/** Address of the worker that verifies. */
export const VERIFY_PROGRAM = WAYBILL_VERIFY_PROGRAM;
