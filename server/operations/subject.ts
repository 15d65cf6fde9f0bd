/** What an operation was about, for the list of who did what: names and ids, never a value that somebody typed into a form. */
import type { Operation } from '../../core/protocol/operation.ts';

const members = ['namespace', 'id', 'executionId', 'flowId', 'triggerId', 'taskRunId', 'type', 'action', 'status', 'revision', 'path'] as const;
const bodyMembers = ['namespace', 'flowId', 'triggerId', 'role', 'name', 'disabled', 'bot', 'color', 'state', 'taskRunId', 'reason'] as const;
const outputMembers = ['namespace', 'id', 'flowId', 'revision'] as const;

export function subjectOf(operation: Operation, input: unknown, output: unknown): Readonly<Record<string, string>> {
  const subject: Record<string, string> = {};
  const take = (from: unknown, names: readonly string[]): void => {
    if (typeof from !== 'object' || from === null || Array.isArray(from)) return;
    for (const [name, value] of Object.entries(from)) {
      if (names.includes(name) && subject[name] === undefined && (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')) subject[name] = String(value);
    }
  };
  take(input, members);
  // A KV key is a name; a webhook's key is a secret.
  if (operation.permission !== 'open' && operation.permission.resource === 'kv') take(input, ['key']);
  const body: unknown = typeof input === 'object' && input !== null && 'body' in input ? input.body : undefined;
  if (Array.isArray(body)) subject['count'] = String(body.length);
  else take(body, bodyMembers);
  if (operation.name === 'executions.create' || operation.name === 'executions.replay' || operation.name === 'executions.webhook') {
    if (typeof output === 'object' && output !== null && 'id' in output) subject['executionId'] = String(output.id);
    else if (typeof output === 'object' && output !== null && 'executionId' in output) subject['executionId'] = String(output.executionId);
  } else take(output, outputMembers);
  return subject;
}
