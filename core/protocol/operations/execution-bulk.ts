/** One action on many executions: all that match a filter, or the further by-ids forms. Nothing is done at all when one does not fit. */
import { Type } from 'typebox';
import { operation } from '../operation.ts';
import { bulkAction, bulkOptions, type BulkAnswer } from './bulk-parts.ts';
import { executionFilterInput } from './parts.ts';

const execute = { resource: 'execution', action: 'execute' } as const;
const update = { resource: 'execution', action: 'update' } as const;
const lists = ['state', 'labels', 'scope'] as const;
const ids = Type.Array(Type.String(), { description: 'Ids of executions' });
const labels = Type.Array(Type.Object({ key: Type.String(), value: Type.String() }));

export const executionsBulkByQuery = operation<BulkAnswer>()({
  name: 'executions.bulkByQuery', doc: 'One action on all executions that match; without a filter on every one.', permission: execute, audited: true,
  input: Type.Object({ action: bulkAction, ...bulkOptions, ...executionFilterInput }),
  rest: [
    { method: 'POST', path: '/executions/{action}/by-query', lists },
    { method: 'DELETE', path: '/executions/kill/by-query', lists, preset: { action: 'kill' } },
    { method: 'DELETE', path: '/executions/by-query', lists, preset: { action: 'delete' } },
  ],
});
export const executionsChangeStatusByIds = operation<BulkAnswer>()({
  name: 'executions.changeStatusByIds', doc: 'Sets the state of ended executions.', permission: update, audited: true,
  input: Type.Object({ newStatus: Type.String(), body: ids }),
  rest: [{ method: 'POST', path: '/executions/change-status/by-ids', body: 'json' }],
});
export const executionsChangeStatusByQuery = operation<BulkAnswer>()({
  name: 'executions.changeStatusByQuery', doc: 'Sets the state of all ended executions that match.', permission: update, audited: true,
  input: Type.Object({ newStatus: Type.String(), ...executionFilterInput }),
  rest: [{ method: 'POST', path: '/executions/change-status/by-query', lists }],
});
export const executionsUnqueueByIds = operation<BulkAnswer>()({
  name: 'executions.unqueueByIds', doc: 'Starts queued executions regardless of their limits, or ends them with a state.', permission: execute, audited: true,
  input: Type.Object({ state: Type.String(), body: ids }),
  rest: [{ method: 'POST', path: '/executions/unqueue/by-ids', body: 'json' }],
});
export const executionsUnqueueByQuery = operation<BulkAnswer>()({
  name: 'executions.unqueueByQuery', doc: 'Starts all queued executions that match, or ends them with a state.', permission: execute, audited: true,
  input: Type.Object({ newState: Type.Optional(Type.String()), ...executionFilterInput }),
  rest: [{ method: 'POST', path: '/executions/unqueue/by-query', lists }],
});
export const executionsLabelsByIds = operation<BulkAnswer>()({
  name: 'executions.labelsByIds', doc: 'Merges labels into ended executions.', permission: update, audited: true,
  input: Type.Object({ body: Type.Object({ executionsId: ids, executionLabels: labels }) }),
  rest: [{ method: 'POST', path: '/executions/labels/by-ids', body: 'json' }],
});
export const executionsLabelsByQuery = operation<BulkAnswer>()({
  name: 'executions.labelsByQuery', doc: 'Merges labels into all ended executions that match.', permission: update, audited: true,
  input: Type.Object({ body: labels, ...executionFilterInput }),
  rest: [{ method: 'POST', path: '/executions/labels/by-query', body: 'json', lists }],
});
