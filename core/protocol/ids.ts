/**
 * Ids and keys as the whole house spells them. An id is text on the wire and branded in code, so that an
 * execution's id is never handed to something that wants a task run's.
 */

declare const brand: unique symbol;
export type Branded<T, B extends string> = T & { readonly [brand]: B };

export type TenantId = Branded<string, 'TenantId'>;
/** 22 characters of base62 (a random UUID), as Kestra's clients expect. */
export type ExecutionId = Branded<string, 'ExecutionId'>;
export type TaskRunId = Branded<string, 'TaskRunId'>;
/** A person or bot of the people list, or a visitor of an open workspace (then it begins with `visitor-`). */
export type ParticipantId = Branded<string, 'ParticipantId'>;

export const mainTenant = 'main' as TenantId;
export const executionId = (text: string): ExecutionId => text as ExecutionId;
export const taskRunId = (text: string): TaskRunId => text as TaskRunId;
export const participantId = (text: string): ParticipantId => text as ParticipantId;
export const tenantId = (text: string): TenantId => text as TenantId;

export const flowIdPattern = /^[a-zA-Z0-9][a-zA-Z0-9._-]{0,99}$/;
export const namespacePattern = /^[a-z0-9][a-z0-9._-]{0,149}$/;
export const taskIdPattern = /^[a-zA-Z0-9][a-zA-Z0-9_-]*$/;
export const inputIdPattern = /^[a-zA-Z0-9][.a-zA-Z0-9_-]*$/;

const base62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** Base62 text of 16 random bytes, always 22 characters. */
export function friendlyId(bytes: Uint8Array): string {
  let value = 0n;
  for (const byte of bytes.subarray(0, 16)) value = (value << 8n) | BigInt(byte);
  let text = '';
  for (let index = 0; index < 22; index += 1) {
    text = base62.charAt(Number(value % 62n)) + text;
    value /= 62n;
  }
  return text;
}

/** The key of a flow inside a tenant, as used in maps and topics: `namespace/id`. */
export const flowKey = (namespace: string, flowId: string): string => `${namespace}/${flowId}`;
