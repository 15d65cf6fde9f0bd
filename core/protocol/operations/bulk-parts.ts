/** What the bulk forms of executions share. */
import { Type } from 'typebox';

/** Of 0.24 the count, of 2.x the other two: all clients read their own. */
export interface BulkAnswer {
  readonly count: number;
  readonly operationId: string;
  readonly totalItems: number;
}

export const bulkAction = Type.Union([
  Type.Literal('restart'), Type.Literal('replay'), Type.Literal('resume'), Type.Literal('pause'), Type.Literal('force-run'), Type.Literal('kill'), Type.Literal('delete'),
]);

export const bulkOptions = {
  latestRevision: Type.Optional(Type.Boolean({ description: 'Replay: on the flow\'s latest revision' })),
  includeNonTerminated: Type.Optional(Type.Boolean({ description: 'Delete: those that have not ended too' })),
  deleteLogs: Type.Optional(Type.Boolean()),
  deleteMetrics: Type.Optional(Type.Boolean()),
  deleteStorage: Type.Optional(Type.Boolean()),
};
