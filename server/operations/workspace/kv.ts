/** KV pairs of namespaces. A body is one Ion or JSON literal; an unquoted word is refused, because it would silently be something else later. */
import type * as Ion from 'ion-js';
import { ProtocolError, illegalArgument } from '../../../core/protocol/errors.ts';
import { kvKeyProblem } from '../../../core/protocol/entities/kv.ts';
import { namespacePattern } from '../../../core/protocol/ids.ts';
import { jsonDepth } from '../../../core/protocol/json.ts';
import { limits } from '../../../core/protocol/limits.ts';
import { isoText, parseDurationMs } from '../../../core/protocol/time.ts';
import type { kvDelete, kvGet, kvPut } from '../../../core/protocol/operations/workspace.ts';
import { loadKv } from '../../store/index.ts';
import type { Handler } from '../handler.ts';
import { replied } from '../rooms.ts';

export const put: Handler<typeof kvPut> = async ({ rooms, input, caller }) => {
  const problem = kvKeyProblem(input.key);
  if (problem !== undefined) throw illegalArgument(problem);
  if (!namespacePattern.test(input.namespace)) throw illegalArgument(`namespace "${input.namespace}" must hold only lower-case letters, digits, ".", "_" and "-"`);
  const ttlMs = input.ttl === undefined || input.ttl === '' ? undefined : parseDurationMs(input.ttl);
  if (input.ttl !== undefined && input.ttl !== '' && (ttlMs === undefined || ttlMs <= 0)) throw illegalArgument(`ttl "${input.ttl}" is not an ISO-8601 duration such as PT1H`);
  return replied(await rooms.executor.putKv({
    tenant: caller.tenant, namespace: input.namespace, key: input.key, value: await parseLiteral(input.source),
    ...(ttlMs === undefined ? {} : { ttlMs }), ...(input.description === undefined ? {} : { description: input.description }),
  }));
};

export const get: Handler<typeof kvGet> = ({ rooms, input, caller }) => {
  const row = loadKv(rooms.engine, caller.tenant, input.namespace, input.key, rooms.ambient.clock.nowMs());
  if (row !== undefined) return { type: row.type, value: row.value, updated: isoText(row.updatedAtMs) };
  // A row that has expired is told apart until it is swept away.
  const expired = loadKv(rooms.engine, caller.tenant, input.namespace, input.key, 0);
  if (expired !== undefined) throw new ProtocolError({ status: 410, message: 'Resource has expired' });
  throw new ProtocolError({ status: 404, message: `No value found for key '${input.key}' in namespace '${input.namespace}'` });
};

export const remove: Handler<typeof kvDelete> = async ({ rooms, input, caller }) => replied(await rooms.executor.deleteKv(caller.tenant, input.namespace, [input.key])).length > 0;

/** JSON first, the common case; then dates, which JSON lacks; then Ion, whose keys may stand unquoted. */
export async function parseLiteral(text: string): Promise<unknown> {
  const literal = text.trim();
  if (literal === '') throw illegalArgument('the body is empty; expected a JSON literal such as "text", 12, true or {"a": 1}');
  if (jsonDepth(literal) > limits.jsonDepthMax) throw illegalArgument(`the body is nested deeper than ${limits.jsonDepthMax} levels`);
  try {
    const value: unknown = JSON.parse(literal);
    return value;
  } catch {
    // Not JSON: one of the following.
  }
  if (/^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:?\d{2})?)?$/.test(literal)) return literal;
  // Loaded at the first such body: it is large, and most servers never see one.
  const ion = await import('ion-js');
  let value: Ion.dom.Value | null | undefined;
  try {
    // Its reader forgives a list or object that is never closed; half a body must not become a value.
    if (closes(literal)) {
      const values = ion.loadAll(literal);
      value = values.length === 1 ? values[0] : undefined;
    }
  } catch {
    // The sentence below says what is expected.
  }
  if (value !== null && value !== undefined) return plain(ion, value);
  throw illegalArgument(`the body is no literal: ${JSON.stringify(literal.slice(0, 100))}; expected "text" in quotes, a number, true, false, a date, {…} or […]`);
}

function closes(literal: string): boolean {
  const end = new Map([['{', '}'], ['[', ']'], ['(', ')'], ['"', '"']]).get(literal.charAt(0));
  return end === undefined || (literal.length > 1 && literal.endsWith(end));
}

function plain(ion: typeof Ion, value: Ion.dom.Value): unknown {
  const type = value.getType();
  if (value.isNull()) return null;
  switch (type) {
    case ion.IonTypes.STRUCT: return Object.fromEntries(value.fields().map(([name, member]) => [name, plain(ion, member)]));
    case ion.IonTypes.LIST: return value.elements().map((element) => plain(ion, element));
    case ion.IonTypes.STRING: return value.stringValue();
    case ion.IonTypes.BOOL: return value.booleanValue();
    case ion.IonTypes.INT: case ion.IonTypes.FLOAT: case ion.IonTypes.DECIMAL: return value.numberValue();
    case ion.IonTypes.TIMESTAMP: return value.timestampValue()?.toString() ?? null;
    default: throw illegalArgument(`the body holds ${type.name} ${JSON.stringify(String(value).slice(0, 60))}; texts stand in quotes`);
  }
}
