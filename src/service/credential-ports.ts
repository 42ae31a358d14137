export type TokenRow = {
  readonly id: string;
  readonly principal: string;
  readonly title: string;
  readonly createdAt: Date;
  readonly expiresAt: Date;
  readonly revokedAt?: Date;
};

/** Credentials. `hash` is the MAC of the whole token and of what it stands for, 32 bytes. */
export type TokenStore = {
  readonly insert: (
    token: Omit<TokenRow, 'createdAt' | 'revokedAt'> & { readonly hash: Uint8Array },
  ) => Promise<TokenRow>;
  /**
   * By the id that stands in the token; whether the rest of the token is right is for the hash to say. `grants` is the
   * length of its principal's list in the same instant. All who ask meanwhile share one statement, which begins after
   * each of them asked: what was revoked before is known as revoked.
   */
  readonly find: (
    id: string,
  ) => Promise<(TokenRow & { readonly hash: Uint8Array; readonly grants: number }) | undefined>;
  /** By id, ascending, after `afterId`. */
  readonly list: (afterId: string | undefined, limit: number) => Promise<readonly TokenRow[]>;
  /** Revokes once; a second time changes nothing. Undefined for an unknown id. */
  readonly revoke: (id: string) => Promise<TokenRow | undefined>;
};

export type SessionRow = {
  readonly id: string;
  /** The token that was signed in with. */
  readonly tokenId: string;
  readonly principal: string;
  readonly createdAt: Date;
  readonly expiresAt: Date;
  /** When its user was last seen, to about a minute. */
  readonly seenAt: Date;
};

/** A session as it is looked up: with its MAC, where its token stands, and the length of its principal's list just then. */
export type FoundSession = SessionRow & {
  readonly hash: Uint8Array;
  readonly tokenExpiresAt: Date;
  readonly tokenRevoked: boolean;
  readonly grants: number;
};

/** Sign-ins of browsers. `hash` is the MAC of the whole cookie and of what it stands for, 32 bytes. */
export type SessionStore = {
  /** Keeps it, forgets those whose time is over, and of its principal's the oldest beyond `mostOfPrincipal`. */
  readonly insert: (session: SessionRow & { readonly hash: Uint8Array }, mostOfPrincipal: number) => Promise<void>;
  /** By the id that stands in the cookie; whether the rest is right is for the hash to say. */
  readonly find: (id: string) => Promise<FoundSession | undefined>;
  /** Its user was seen; never moves back. */
  readonly touch: (id: string, seenAt: Date) => Promise<void>;
  /** Newest first. */
  readonly listOf: (principal: string) => Promise<readonly SessionRow[]>;
  /** Forgets it; false where the principal has none of that id. */
  readonly remove: (id: string, principal: string) => Promise<boolean>;
};
