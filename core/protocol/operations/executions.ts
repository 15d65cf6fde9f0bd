/** Everything that can be done with executions. */
import { Type } from 'typebox';
import { executionKinds, type Execution } from '../entities/execution.ts';
import type { Flow, FlowCheck } from '../entities/flow.ts';
import { operation, type Download, type EventStream, type Page, type Redirection } from '../operation.ts';
import { bulkAction, bulkOptions, type BulkAnswer } from './bulk-parts.ts';
import { executionFilterInput, executionIdInput, formInput, pageInput } from './parts.ts';

const read = { resource: 'execution', action: 'read' } as const;
const execute = { resource: 'execution', action: 'execute' } as const;
const update = { resource: 'execution', action: 'update' } as const;
const one = executionIdInput.properties;
const label = Type.Object({ key: Type.String(), value: Type.String() });

export interface InputCheckAnswer {
  readonly id: string;
  readonly namespace: string;
  readonly inputs: readonly { readonly input: string; readonly value?: unknown; readonly enabled: boolean; readonly isDefault: boolean; readonly errors: readonly { readonly message: string }[] }[];
  /** Checks of the flow that do not hold. */
  readonly checks: readonly FlowCheck[];
}

const startInput = Type.Object({
  namespace: Type.String(), id: Type.String(),
  form: Type.Optional(formInput),
  labels: Type.Optional(Type.Array(Type.String({ description: 'key:value' }))),
  revision: Type.Optional(Type.Integer()),
  wait: Type.Optional(Type.Boolean()),
  scheduleDate: Type.Optional(Type.String()),
  breakpoints: Type.Optional(Type.String({ description: 'Task ids, or `task.value` for one iteration, with commas between them' })),
  kind: Type.Optional(Type.Union(executionKinds.filter((kind) => kind !== 'LOOP').map((kind) => Type.Literal(kind)))),
  draft: Type.Optional(Type.Boolean({ description: 'Run the draft\'s text as it is committed now' })),
});

export const executionsCreate = operation<Execution>()({
  name: 'executions.create', doc: 'Starts a flow.', permission: execute, audited: true, input: startInput,
  rest: [{ method: 'POST', path: '/executions/{namespace}/{id}', also: ['/executions/trigger/{namespace}/{id}'], body: 'form', lists: ['labels'] }],
});
export const executionsValidate = operation<InputCheckAnswer>()({
  name: 'executions.validate', doc: 'Checks inputs as they are typed; stores nothing.', permission: execute, audited: false, input: startInput,
  rest: [{ method: 'POST', path: '/executions/{namespace}/{id}/validate', body: 'form', lists: ['labels'] }],
});
export const executionsGet = operation<Execution>()({
  name: 'executions.get', doc: 'One execution with its task runs.', permission: read, audited: false, input: executionIdInput,
  rest: [{ method: 'GET', path: '/executions/{executionId}' }],
});
export const executionsSearch = operation<Page<Execution>>()({
  name: 'executions.search', doc: 'A page of executions, newest first.', permission: read, audited: false,
  input: Type.Object({ ...pageInput, ...executionFilterInput }),
  rest: [{ method: 'GET', path: '/executions/search', lists: ['state', 'labels', 'sort', 'scope'] }],
});
export const executionsOfFlow = operation<Page<Execution>>()({
  name: 'executions.ofFlow', doc: 'A page of the executions of one flow, newest first.', permission: read, audited: false,
  input: Type.Object({ ...pageInput, namespace: Type.String(), flowId: Type.String() }),
  rest: [{ method: 'GET', path: '/executions', lists: ['sort'] }],
});
export const executionsLatest = operation<readonly { readonly id: string; readonly flowId: string; readonly namespace: string; readonly startDate: string; readonly status: string }[]>()({
  name: 'executions.latest', doc: 'The last execution of each named flow.', permission: read, audited: false,
  input: Type.Object({ body: Type.Array(Type.Object({ namespace: Type.String(), id: Type.String() })) }),
  rest: [{ method: 'POST', path: '/executions/latest', body: 'json' }],
});
export const executionsDelete = operation<null>()({
  name: 'executions.delete', doc: 'Deletes an execution with its logs, metrics and files.', permission: { resource: 'execution', action: 'delete' }, audited: true,
  input: Type.Object({ ...one, deleteLogs: Type.Optional(Type.Boolean()), deleteMetrics: Type.Optional(Type.Boolean()), deleteStorage: Type.Optional(Type.Boolean()) }),
  rest: [{ method: 'DELETE', path: '/executions/{executionId}', status: 204 }],
});
export const executionsKill = operation<Execution | null>()({
  name: 'executions.kill', doc: 'Kills an execution and, unless told not to, the ones it started.', permission: execute, audited: true,
  input: Type.Object({ ...one, isOnKillCascade: Type.Optional(Type.Boolean()) }),
  rest: [{ method: 'DELETE', path: '/executions/{executionId}/kill', status: 202 }, { method: 'DELETE', path: '/executions/{executionId}/actions/kill' }],
});
export const executionsPause = operation<Execution | null>()({
  name: 'executions.pause', doc: 'Pauses at once; running tasks end, nothing new starts.', permission: execute, audited: true, input: executionIdInput,
  rest: [{ method: 'POST', path: '/executions/{executionId}/pause', answer: 'none' }, { method: 'POST', path: '/executions/{executionId}/actions/pause' }],
});
export const executionsResume = operation<Execution | null>()({
  name: 'executions.resume', doc: 'Resumes a paused execution, with the inputs that its Pause task asks for.', permission: execute, audited: true,
  input: Type.Object({ ...one, form: Type.Optional(formInput) }),
  rest: [{ method: 'POST', path: '/executions/{executionId}/resume', body: 'form', status: 204 }, { method: 'POST', path: '/executions/{executionId}/actions/resume', body: 'form' }],
});
export const executionsResumeValidate = operation<InputCheckAnswer>()({
  name: 'executions.resumeValidate', doc: 'Checks the inputs of a resume; stores nothing.', permission: execute, audited: false,
  input: Type.Object({ ...one, form: Type.Optional(formInput) }),
  rest: [{ method: 'POST', path: '/executions/{executionId}/resume/validate', also: ['/executions/{executionId}/actions/resume/validate'], body: 'form' }],
});
export const executionsRestart = operation<Execution>()({
  name: 'executions.restart', doc: 'Runs a failed or paused execution on from where it failed, under the same id.', permission: execute, audited: true,
  input: Type.Object({ ...one, revision: Type.Optional(Type.Integer()) }),
  rest: [{ method: 'POST', path: '/executions/{executionId}/restart', also: ['/executions/{executionId}/actions/restart'] }],
});
export const executionsReplay = operation<Execution>()({
  name: 'executions.replay', doc: 'A new execution from the start or from a task run of this one.', permission: execute, audited: true,
  input: Type.Object({ ...one, taskRunId: Type.Optional(Type.String()), revision: Type.Optional(Type.Integer()) }),
  rest: [{ method: 'POST', path: '/executions/{executionId}/replay', also: ['/executions/{executionId}/actions/replay'] }],
});
export const executionsReplayWithInputs = operation<Execution>()({
  name: 'executions.replayWithInputs', doc: 'A new execution from the start or from a task run of this one, with other inputs: those that are not given stay.', permission: execute, audited: true,
  input: Type.Object({ ...one, taskRunId: Type.Optional(Type.String()), revision: Type.Optional(Type.Integer()), form: Type.Optional(formInput) }),
  rest: [{ method: 'POST', path: '/executions/{executionId}/actions/replay-with-inputs', also: ['/executions/{executionId}/replay-with-inputs'], body: 'form' }],
});
export const executionsState = operation<Execution>()({
  name: 'executions.state', doc: 'Marks a task run with a state and goes on from there.', permission: update, audited: true,
  input: Type.Object({ ...one, body: Type.Object({ taskRunId: Type.String(), state: Type.String() }) }),
  rest: [{ method: 'POST', path: '/executions/{executionId}/state', also: ['/executions/{executionId}/actions/state'], body: 'json' }],
});
export const executionsChangeStatus = operation<Execution>()({
  name: 'executions.changeStatus', doc: 'Sets the state of an ended execution.', permission: update, audited: true,
  input: Type.Object({ ...one, status: Type.String() }),
  rest: [{ method: 'POST', path: '/executions/{executionId}/change-status', also: ['/executions/{executionId}/actions/change-status'] }],
});
export const executionsLabels = operation<Execution>()({
  name: 'executions.labels', doc: 'Merges labels into an ended execution.', permission: update, audited: true,
  input: Type.Object({ ...one, body: Type.Array(label) }),
  rest: [{ method: 'POST', path: '/executions/{executionId}/labels', also: ['/executions/{executionId}/actions/labels'], body: 'json' }],
});
export const executionsResumeFromBreakpoint = operation<Execution | null>()({
  name: 'executions.resumeFromBreakpoint', doc: 'Goes on from a breakpoint; the breakpoints that are given are set instead.', permission: execute, audited: true,
  input: Type.Object({ ...one, breakpoints: Type.Optional(Type.String()) }),
  rest: [{ method: 'POST', path: '/executions/{executionId}/resume-from-breakpoint', also: ['/executions/{executionId}/actions/resume-from-breakpoint'] }],
});
export const executionsUnqueue = operation<Execution>()({
  name: 'executions.unqueue', doc: 'Starts a queued execution regardless of the limit, or ends it with the state that is given.', permission: execute, audited: true,
  input: Type.Object({ ...one, state: Type.Optional(Type.String({ description: 'RUNNING (default), or a terminal state' })) }),
  rest: [{ method: 'POST', path: '/executions/{executionId}/unqueue', also: ['/executions/{executionId}/actions/unqueue'] }],
});
export const executionsForceRun = operation<Execution>()({
  name: 'executions.forceRun', doc: 'Runs an execution on whatever holds it.', permission: execute, audited: true, input: executionIdInput,
  rest: [{ method: 'POST', path: '/executions/{executionId}/force-run', also: ['/executions/{executionId}/actions/force-run'] }],
});
export const executionsEval = operation<{ readonly result?: string; readonly error?: string }>()({
  name: 'executions.eval', doc: 'Renders an expression in the context of a task run, or of the execution.', permission: update, audited: false,
  input: Type.Object({ ...one, taskRunId: Type.Optional(Type.String()), source: Type.String({ maxLength: 100_000 }), share: Type.Optional(Type.Boolean({ description: 'Show it to everybody who has this execution open' })) }),
  rest: [
    { method: 'POST', path: '/executions/{executionId}/eval/{taskRunId}', also: ['/executions/{executionId}/actions/eval/{taskRunId}'], body: 'text' },
    { method: 'POST', path: '/executions/{executionId}/actions/eval', body: 'text' },
  ],
});
/** A file of another execution, which some clients ask the wrong one for, is at that one's own address. */
export const executionsFile = operation<Download | Redirection>()({
  name: 'executions.file', doc: 'The bytes of a file of this execution.', permission: read, audited: false,
  input: Type.Object({ ...one, path: Type.String({ description: 'kestra:///…' }) }),
  rest: [{ method: 'GET', path: '/executions/{executionId}/file', answer: 'download' }],
});
export const executionsFileMetas = operation<{ readonly size: number }>()({
  name: 'executions.fileMetas', doc: 'The size of a file of this execution.', permission: read, audited: false,
  input: Type.Object({ ...one, path: Type.String() }), rest: [{ method: 'GET', path: '/executions/{executionId}/file/metas' }],
});
/** Rows of CSV, ION, NDJSON and lists of JSON objects; else the text. Images and PDFs whole, in base64, and empty when they are too large. */
export interface FilePreview {
  readonly extension: string;
  readonly type: 'TEXT' | 'LIST' | 'IMAGE' | 'MARKDOWN' | 'PDF';
  readonly content: unknown;
  readonly maxLine: number;
  readonly truncated: boolean;
}
export const executionsFilePreview = operation<FilePreview>()({
  name: 'executions.filePreview', doc: 'The first rows of a file of this execution; only its head is read.', permission: read, audited: false,
  input: Type.Object({ ...one, path: Type.String(), maxRows: Type.Optional(Type.Integer({ minimum: 1, description: 'At most 5000 are answered' })), encoding: Type.Optional(Type.String()) }),
  rest: [{ method: 'GET', path: '/executions/{executionId}/file/preview' }],
});
/** SSE: `start`, `progress` for each change, `end` when it and all its task runs have ended. */
export const executionsFollow = operation<EventStream>()({
  name: 'executions.follow', doc: 'Follows an execution to its end.', permission: read, audited: false, input: executionIdInput,
  rest: [{ method: 'GET', path: '/executions/{executionId}/follow', answer: 'events' }],
});
export const executionsFlow = operation<Flow>()({
  name: 'executions.flow', doc: 'The flow as this execution runs it.', permission: read, audited: false, input: executionIdInput,
  rest: [{ method: 'GET', path: '/executions/{executionId}/flow' }],
});
export const executionsGraph = operation<unknown>()({
  name: 'executions.graph', doc: 'The topology of the revision that this execution runs.', permission: read, audited: false, input: executionIdInput,
  rest: [{ method: 'GET', path: '/executions/{executionId}/graph' }],
});
/** GET, POST and PUT; the edge hands the call over whole. The key is the secret, so no login is asked for. */
export const executionsWebhook = operation<WebhookReply | null>()({
  name: 'executions.webhook', doc: 'Starts a flow through its Webhook trigger.', permission: 'open', anonymous: true, audited: true,
  input: Type.Object({
    namespace: Type.String(), id: Type.String(), key: Type.String(), path: Type.Optional(Type.String()),
    body: Type.Unknown(), headers: Type.Record(Type.String(), Type.Array(Type.String())), parameters: Type.Record(Type.String(), Type.Array(Type.String())),
    form: Type.Optional(formInput), blob: Type.Optional(Type.Object({ contentType: Type.String(), sizeBytes: Type.Integer(), blob: Type.String() })),
  }),
  rest: (['GET', 'POST', 'PUT'] as const).map((method) => ({ method, path: '/executions/webhook/{namespace}/{id}/{key}', also: ['/executions/webhook/{namespace}/{id}/{key}/{path}'] })),
});
/** How a webhook is answered. Null: its conditions do not hold, and nothing was started. */
export interface WebhookReply {
  readonly status: number;
  /** `application/json`: the body is a value; else it is a text. */
  readonly contentType: string;
  readonly body: unknown;
  readonly executionId: string;
}
/** Bulk forms: restart, replay, resume, pause, kill, delete by ids. All or nothing by state (http-api section 1); by query in execution-bulk.ts. */
export const executionsBulk = operation<BulkAnswer>()({
  name: 'executions.bulk', doc: 'One action on many executions.', permission: execute, audited: true,
  input: Type.Object({ action: bulkAction, ...bulkOptions, body: Type.Array(Type.String()) }),
  rest: [
    { method: 'POST', path: '/executions/{action}/by-ids', body: 'json' },
    { method: 'DELETE', path: '/executions/kill/by-ids', body: 'json', preset: { action: 'kill' } },
    { method: 'DELETE', path: '/executions/by-ids', body: 'json', preset: { action: 'delete' } },
  ],
});
