/** Who is at work: people, bots and visitors of an open workspace. */
export type Role = 'admin' | 'editor' | 'viewer';
export const roles: readonly Role[] = ['admin', 'editor', 'viewer'];

export interface Participant {
  readonly id: string;
  readonly name: string;
  readonly kind: 'person' | 'bot' | 'visitor';
  readonly role: Role;
  /** 1 to 12: a hue of the look. */
  readonly color: number;
}

/** A person on the people page. */
export interface Person extends Participant {
  readonly email?: string;
  readonly createdAt: string;
  readonly lastSeenAt?: string;
}

/** An API token as lists show it; the secret itself is shown once, at its creation. */
export interface ApiToken {
  readonly id: string;
  readonly name: string;
  readonly prefix: string;
  readonly role: Role;
  readonly kind: 'person' | 'bot';
  readonly createdAt: string;
  readonly lastUsedAt?: string;
  readonly expiresAt?: string;
}

/** One line of the list of who did what. */
export interface AuditEntry {
  readonly id: string;
  readonly at: string;
  readonly participant: { readonly id: string; readonly name: string; readonly kind: Participant['kind'] };
  /** The operation's name, `executions.kill`, or `access.login`, `documents.refused`. */
  readonly operation: string;
  readonly door: 'browser' | 'rest' | 'rpc' | 'sync' | 'cli';
  readonly subject: Readonly<Record<string, string>>;
  readonly outcome: 'done' | 'refused' | 'failed';
  readonly reason?: string;
  readonly address?: string;
}
