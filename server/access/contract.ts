/** Who is this, may they. Every operation, frame and document update asks here. */
import type { Participant, Role } from '../../core/protocol/entities/participant.ts';
import type { Permission } from '../../core/protocol/operation.ts';

/** A participant who has proved who they are, and how. */
export interface Caller {
  readonly participant: Participant;
  readonly tenant: string;
  readonly door: 'browser' | 'rest' | 'rpc' | 'sync' | 'cli';
  /** The session or token, so that its revocation finds every open socket. */
  readonly credential: { readonly type: 'session' | 'token' | 'visitor' | 'basic' | 'ticket' | 'system'; readonly id: string };
  readonly address: string;
}

export interface Credentials {
  readonly cookie?: string;
  readonly authorization?: string;
  /** Of a stock WebSocket provider: the protocol header, or a single-use ticket in the query. */
  readonly protocols?: readonly string[];
  readonly ticket?: string;
  readonly address: string;
}

export type Identified = { readonly type: 'known'; readonly caller: Caller } | { readonly type: 'unknown'; readonly reason: string; readonly retryAfterMs?: number };

export interface Access {
  identify(credentials: Credentials, door: Caller['door']): Identified;
  /** Undefined when allowed, else the reason. Rights are read anew at each call. */
  refusal(caller: Caller, permission: Permission | 'open', namespace?: string): string | undefined;
  /** May this participant write text? (viewers may not) */
  mayWrite(caller: Caller, namespace: string): boolean;
  roleOf(participantId: string): Role | undefined;
  /** The caller with today's name and role; undefined when the session, token or person has ended. */
  current(caller: Caller): Caller | undefined;
  /** Called when rights, sessions or tokens of somebody end: sockets with that credential or participant have to close or ask again. */
  onRevoked(listener: (revoked: { readonly participantId: string; readonly credentialId?: string }) => void): () => void;
}
