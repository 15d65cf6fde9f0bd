/** What several handlers ask of the rooms in the same words. */
import type { Execution, ExecutionRow, Label } from '../../core/protocol/entities/execution.ts';
import { executionOf } from '../../core/protocol/entities/execution.ts';
import { ProtocolError, forbidden, illegalArgument, notFound } from '../../core/protocol/errors.ts';
import type { Action, Page } from '../../core/protocol/operation.ts';
import { parseDateMs as dateMsOf } from '../../core/protocol/time.ts';
import type { Caller } from '../access/contract.ts';
import type { RawInputs, Reply } from '../executor/contract.ts';
import { loadExecution, loadTaskRuns } from '../store/index.ts';
import type { Rooms } from './handler.ts';

/** The value of a reply, or its problem thrown. */
export function replied<T>(reply: Reply<T>): T {
  if (reply.ok) return reply.value;
  throw new ProtocolError(reply.problem);
}

/** The execution, if the caller may do this in its namespace; where one may not even see, nothing is there. */
export function needExecution(rooms: Rooms, caller: Caller, id: string, action: Action = 'read'): ExecutionRow {
  const row = loadExecution(rooms.engine, caller.tenant, id);
  if (row === undefined || rooms.access.refusal(caller, { resource: 'execution', action: 'read' }, row.namespace) !== undefined) throw notFound(`there is no execution "${id}"`);
  const refusal = rooms.access.refusal(caller, { resource: 'execution', action }, row.namespace);
  if (refusal !== undefined) throw forbidden(refusal);
  return row;
}

export const wholeExecution = (rooms: Rooms, row: ExecutionRow): Execution => executionOf(row, loadTaskRuns(rooms.engine, row));

export const executionUrl = (rooms: Rooms, execution: Pick<Execution, 'namespace' | 'flowId' | 'id'>, tenant: string): string =>
  `${rooms.config.publicUrl}/ui/${tenant}/executions/${execution.namespace}/${execution.flowId}/${execution.id}`;

interface Form {
  readonly fields: Readonly<Record<string, unknown>>;
  readonly files: readonly { readonly field: string; readonly filename: string; readonly blob: string }[];
}

/** A file counts as the input that its part names, or, in a part called `files`, the input that its filename names. */
export const rawInputs = (form: Form | undefined): RawInputs => ({
  fields: form?.fields ?? {},
  files: (form?.files ?? []).map((file) => ({ input: file.field === 'files' ? file.filename : file.field, path: file.blob, filename: file.filename })),
});

/** `key:value`; only the first colon splits. */
export function parseLabel(text: string): Label {
  const at = text.indexOf(':');
  if (at < 1) throw illegalArgument(`label "${text}" is not of the form key:value`);
  return { key: text.slice(0, at), value: text.slice(at + 1) };
}

/** Labels that a person gives: `system.` is the server's own, but for the correlation id. */
export function givenLabels(texts: readonly string[] | undefined): readonly Label[] {
  return (texts ?? []).map((text) => {
    const label = parseLabel(text);
    if (label.key.startsWith('system.') && label.key !== 'system.correlationId') throw illegalArgument(`label "${label.key}" begins with "system.", which only the server may use`);
    return label;
  });
}

/** A date of a query, or a 422 that names the parameter. */
export function parseDateMs(name: string, text: string): number {
  const ms = dateMsOf(text);
  if (ms === undefined) throw illegalArgument(`${name} "${text}" is not a date; expected yyyy-MM-ddTHH:mm:ss with Z or an offset`);
  return ms;
}

export interface Sort<Field extends string> {
  readonly field: Field;
  readonly direction: 'asc' | 'desc';
}

/** The first `field:direction`; anything but `asc` counts as `desc`. */
export function parseSort<const Fields extends readonly string[]>(texts: readonly string[] | undefined, fields: Fields): Sort<Fields[number]> | undefined {
  const first = texts?.[0];
  if (first === undefined || first === '') return undefined;
  const [name = '', direction] = first.split(':');
  const field = fields.find((known) => known === name);
  if (direction === undefined || field === undefined) throw illegalArgument(`Invalid sort parameter "${first}": expected FIELD:asc or FIELD:desc with one of ${fields.join(', ')}`);
  return { field, direction: direction === 'asc' ? 'asc' : 'desc' };
}

export function pageOf<Row>(rows: readonly Row[], input: { readonly page?: number | undefined; readonly size?: number | undefined }): Page<Row> {
  const size = input.size ?? 10;
  const offset = ((input.page ?? 1) - 1) * size;
  return { results: rows.slice(offset, offset + size), total: rows.length };
}

export function sortRows<Row, Field extends string>(rows: readonly Row[], sort: Sort<Field> | undefined, valueOfField: (row: Row, field: Field) => string | number): readonly Row[] {
  if (sort === undefined) return rows;
  const sign = sort.direction === 'asc' ? 1 : -1;
  return [...rows].sort((a, b) => {
    const [left, right] = [valueOfField(a, sort.field), valueOfField(b, sort.field)];
    return left < right ? -sign : left > right ? sign : 0;
  });
}
