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

/** What is wrong with names that came from a text somebody rendered, in a sentence; undefined when nothing is. Such names become parts of keys. */
export function nameProblem({ namespace, flowId }: { readonly namespace?: string | undefined; readonly flowId?: string | undefined }): string | undefined {
  if (namespace !== undefined && !namespacePattern.test(namespace)) return `The namespace "${namespace.slice(0, 200)}" is none: it must hold only lower-case letters, digits, ".", "_" and "-".`;
  if (flowId !== undefined && !flowIdPattern.test(flowId)) return `The flow id "${flowId.slice(0, 200)}" is none: it must hold only letters, digits, ".", "_" and "-".`;
  return undefined;
}

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
