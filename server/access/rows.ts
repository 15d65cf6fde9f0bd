/** Rows of people and their credentials (front environment). Secrets are here only as hashes; nobody outside this room reads these rows. */
import type { AuditEntry, Role } from '../../core/protocol/entities/participant.ts';

export interface PersonRow {
  readonly id: string;
  readonly name: string;
  readonly email?: string;
  readonly role: Role;
  readonly color: number;
  readonly passwordHash: string;
  readonly passwordSetAtMs: number;
  readonly createdAtMs: number;
  readonly lastSeenAtMs?: number;
}

export interface SessionRow {
  readonly personId: string;
  readonly createdAtMs: number;
  readonly expiresAtMs: number;
  readonly lastSeenAtMs: number;
  readonly address: string;
}

export interface TokenRow {
  readonly id: string;
  readonly name: string;
  /** The first characters of the secret, to recognise it in a list. */
  readonly prefix: string;
  readonly role: Role;
  readonly bot: boolean;
  readonly ownerId: string;
  readonly color: number;
  readonly createdAtMs: number;
  readonly lastUsedAtMs?: number;
  readonly expiresAtMs?: number;
}

export interface InvitationRow {
  readonly id: string;
  readonly kind: 'invitation' | 'administrator';
  readonly role: Role;
  readonly name?: string;
  readonly createdBy: string;
  readonly createdAtMs: number;
  readonly expiresAtMs: number;
}

export interface VisitorRow {
  readonly name: string;
  readonly color: number;
}

/** A row of the audit is the entity itself: it is written once and only read. */
export type AuditRow = AuditEntry;
