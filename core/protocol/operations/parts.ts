/** Parts of inputs that several operations share. */
import { Type } from 'typebox';

const text = (description: string) => Type.String({ description });
export const executionIdInput = Type.Object({ executionId: text('The execution, 22 characters') });
export const flowAddressInput = Type.Object({ namespace: text('The flow\'s namespace'), id: text('The flow\'s id') });

/** Query texts arrive as texts; the edge turns them into the types of the schema (numbers, booleans, lists). */
export const pageInput = {
  page: Type.Optional(Type.Integer({ minimum: 1, default: 1 })),
  size: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, default: 10 })),
  sort: Type.Optional(Type.Array(Type.String({ description: 'field:asc or field:desc' }))),
};

/** The filters of newer clients, for any list: how to use them stands in `filters/syntax.ts`. */
export const filterInput = {
  filters: Type.Optional(Type.Array(Type.Unknown(), { description: '{field, operation, value} of labels also key; {and: […]}, {or: […]}. REST: filters[FIELD][OPERATOR]=value' })),
};

/** The filters of executions, as addresses, REST and topics spell them. */
export const executionFilterInput = {
  ...filterInput,
  q: Type.Optional(Type.String()),
  scope: Type.Optional(Type.Array(Type.String({ description: 'USER, SYSTEM' }))),
  namespace: Type.Optional(Type.String({ description: 'This namespace and all below' })),
  flowId: Type.Optional(Type.String()),
  state: Type.Optional(Type.Array(Type.String())),
  labels: Type.Optional(Type.Array(Type.String({ description: 'key:value; all must match' }))),
  startDate: Type.Optional(Type.String()),
  endDate: Type.Optional(Type.String()),
  timeRange: Type.Optional(Type.String({ description: 'ISO duration back from now' })),
  triggerExecutionId: Type.Optional(Type.String()),
  childFilter: Type.Optional(Type.String({ description: 'CHILD or MAIN' })),
};

/** A form: input values by id, uploaded files beside them. */
export const formInput = Type.Object({
  fields: Type.Record(Type.String(), Type.Unknown()),
  files: Type.Array(Type.Object({ field: Type.String(), filename: Type.String(), contentType: Type.String(), sizeBytes: Type.Integer(), blob: Type.String() })),
});
