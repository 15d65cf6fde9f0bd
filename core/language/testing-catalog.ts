/**
 * The core types as a plain catalog, so that the language can be tested without plugins. For tests only: what an installation knows
 * comes from `server/catalog`, which reads the installed plugins.
 */
import type { FlowableKind } from '../protocol/task-kinds.ts';
import type { JsonSchema, TriggerModel, TypeCatalog, TypeInfo } from './model.ts';

type Fields = Readonly<Record<string, JsonSchema>>;

const text: JsonSchema = { type: 'string', $dynamic: true };
const any: JsonSchema = {};
const flag: JsonSchema = { type: 'boolean' };
const count: JsonSchema = { type: 'integer', minimum: 0 };
const duration: JsonSchema = { type: 'string', format: 'duration', $dynamic: true };
const map: JsonSchema = { type: 'object', $dynamic: true };
const texts: JsonSchema = { type: 'array', items: { type: 'string' } };
const textOrTexts: JsonSchema = { anyOf: [{ type: 'string' }, texts] };
const tasks: JsonSchema = { type: 'array', $tasks: true };
const level: JsonSchema = { type: 'string', enum: ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR'] };
const states: JsonSchema = { type: 'array', items: { type: 'string' } };

/** Names with a trailing `!` are required. */
function properties(fields: Fields): JsonSchema {
  const required = Object.keys(fields).filter((key) => key.endsWith('!')).map((key) => key.slice(0, -1));
  return { type: 'object', additionalProperties: false, required, properties: Object.fromEntries(Object.entries(fields).map(([key, schema]) => [key.replace(/!$/, ''), schema])) };
}

const core = (name: string): string => `io.kestra.plugin.core.${name}`;
const old = (name: string): string => `io.kestra.core.tasks.${name}`;
const titleOf = (type: string): string => type.slice(type.lastIndexOf('.') + 1);
const info = (role: TypeInfo['role'], type: string, aliases: readonly string[], fields: Fields): TypeInfo => ({ type, aliases, role, title: titleOf(type), properties: properties(fields) });
const task = (type: string, aliases: readonly string[], fields: Fields, more: Partial<TypeInfo> = {}): TypeInfo => ({ ...info('task', type, aliases, fields), kind: 'runnable', ...more });
const flowable = (type: string, aliases: readonly string[], kind: FlowableKind, fields: Fields): TypeInfo => ({ ...task(type, aliases, { ...fields, errors: tasks, finally: tasks }), kind: 'flowable', flowable: kind });
const trigger = (name: string, kind: TriggerModel['kind'], fields: Fields): TypeInfo => ({ ...info('trigger', core(`trigger.${name}`), [`io.kestra.core.models.triggers.types.${name}`], fields), triggerKind: kind });
const condition = (name: string, fields: Fields, aliases: readonly string[] = []): TypeInfo =>
  info('condition', core(`condition.${name}`), [`io.kestra.core.models.conditions.types.${name}Condition`, `${core('condition.')}${name}Condition`, ...aliases], fields);

const call: Fields = {
  'namespace!': text, 'flowId!': text, revision: count, inputs: map, labels: any, wait: flag, transmitFailed: flag, inheritLabels: flag, scheduleDate: text, outputs: map, restartBehavior: { type: 'string', enum: ['RETRY_FAILED', 'NEW_EXECUTION'] },
};
const script: Fields = {
  beforeCommands: texts, env: map, interpreter: texts, failFast: flag, warningOnStdErr: flag, inputFiles: any, outputFiles: texts, namespaceFiles: map, containerImage: text,
  taskRunner: { type: 'object', $taskRunner: true }, docker: map, runner: text,
};

const types: readonly TypeInfo[] = [
  task(core('log.Log'), [old('log.Log'), old('debugs.Log')], { 'message!': textOrTexts, level }, { pure: true }),
  task(core('debug.Return'), [old('debugs.Return')], { format: text }, { pure: true }),
  task(core('debug.Echo'), [old('debugs.Echo')], { format: text, level }, { deprecated: true }),
  task(core('output.OutputValues'), [], { 'values!': map }, { pure: true }),
  task(core('execution.Fail'), [old('executions.Fail')], { condition: text, errorMessage: text }, { pure: true }),
  task(core('execution.Labels'), [old('executions.Labels')], { 'labels!': any }, { kind: 'execution', change: 'labels' }),
  task(core('execution.SetVariables'), [], { 'variables!': map, overwrite: flag }, { kind: 'execution', change: 'setVariables' }),
  task(core('execution.UnsetVariables'), [], { 'variables!': any, ignoreMissing: flag }, { kind: 'execution', change: 'unsetVariables' }),
  task(core('execution.Exit'), [], { state: text }, { kind: 'execution', change: 'exit' }),
  task(core('execution.Resume'), [old('executions.Resume')], { executionId: text, namespace: text, flowId: text, inputs: map }),
  task(core('flow.Sleep'), [], { 'duration!': duration }),
  task(core('http.Request'), [], { 'uri!': text, method: { type: 'string', enum: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'] }, body: text, headers: map, formData: map, contentType: text, options: map, allowFailed: flag }),
  task(core('state.Get'), ['io.kestra.core.tasks.states.Get'], { name: text, namespace: flag, taskrunValue: flag, errorOnMissing: flag }),
  task(core('state.Set'), ['io.kestra.core.tasks.states.Set'], { name: text, namespace: flag, taskrunValue: flag, data: map }),
  task(core('state.Delete'), ['io.kestra.core.tasks.states.Delete'], { name: text, namespace: flag, taskrunValue: flag, errorOnMissing: flag }),
  task(core('storage.LocalFiles'), [old('storages.LocalFiles')], { inputs: any, outputs: texts }),
  task(core('trigger.Toggle'), [old('trigger.Toggle')], { flowId: text, namespace: text, 'trigger!': text, enabled: flag }),
  task('io.kestra.plugin.scripts.shell.Commands', [], { 'commands!': textOrTexts, ...script }),
  task('io.kestra.plugin.scripts.shell.Script', [], { 'script!': text, ...script }),
  flowable(core('flow.Sequential'), [old('flows.Sequential')], 'sequential', { tasks }),
  flowable(core('flow.Parallel'), [old('flows.Parallel')], 'parallel', { tasks, concurrent: count }),
  flowable(core('flow.Dag'), [old('flows.Dag')], 'dag', { 'tasks!': { type: 'array', $dagTasks: true }, concurrent: count }),
  flowable(core('flow.If'), [old('flows.If')], 'if', { 'condition!': text, 'then!': tasks, else: tasks }),
  flowable(core('flow.Switch'), [old('flows.Switch')], 'switch', { 'value!': text, cases: { type: 'object', $cases: true }, defaults: tasks }),
  flowable(core('flow.ForEach'), [], 'foreach', { 'values!': any, 'tasks!': tasks, concurrencyLimit: count }),
  flowable(core('flow.EachSequential'), [old('flows.EachSequential')], 'eachSequential', { 'value!': any, 'tasks!': tasks }),
  flowable(core('flow.EachParallel'), [old('flows.EachParallel')], 'eachParallel', { 'value!': any, 'tasks!': tasks, concurrent: count }),
  flowable(core('flow.Pause'), [old('flows.Pause')], 'pause', { delay: duration, pauseDuration: duration, timeout: duration, behavior: text, onResume: { type: 'array' }, tasks }),
  flowable(core('flow.AllowFailure'), [old('flows.AllowFailure')], 'allowFailure', { tasks }),
  flowable(core('flow.WorkingDirectory'), [old('flows.WorkingDirectory'), old('flows.Worker')], 'workingDirectory', { 'tasks!': tasks, inputFiles: any, outputFiles: texts, namespaceFiles: map, cache: { type: 'object', properties: { ttl: duration, patterns: texts }, required: ['patterns'], additionalProperties: false } }),
  flowable(core('flow.LoopUntil'), [core('flow.WaitFor')], 'loopUntil', { 'condition!': text, 'tasks!': tasks, failOnMaxReached: flag, checkFrequency: { type: 'object', properties: { interval: duration, maxIterations: count, maxDuration: duration }, additionalProperties: false } }),
  task(core('flow.Loop'), [], { 'values!': any, 'tasks!': tasks, concurrencyLimit: any, transmitFailed: any, outputs: any, fetchType: text, errors: tasks, finally: tasks }, { kind: 'items' }),
  flowable(core('flow.ForEachItem'), [], 'forEachItem', { 'items!': text, batch: map, ...call }),
  { ...task(core('flow.Subflow'), [old('flows.Subflow'), old('flows.Flow')], call), kind: 'subflow' },
  trigger('Schedule', 'SCHEDULE', { 'cron!': text, timezone: text, withSeconds: flag, inputs: map, lateMaximumDelay: duration, recoverMissedSchedules: { type: 'string', enum: ['ALL', 'LAST', 'NONE'] }, scheduleConditions: { type: 'array', $conditions: true } }),
  trigger('Webhook', 'WEBHOOK', { 'key!': text, inputs: map, wait: flag, returnOutputs: flag }),
  trigger('Flow', 'FLOW', { states, inputs: map, preconditions: map }),
  condition('ExecutionStatus', { in: states, notIn: states }),
  condition('ExecutionFlow', { 'namespace!': text, 'flowId!': text }),
  condition('ExecutionNamespace', { 'namespace!': text, comparison: { type: 'string', enum: ['EQUALS', 'PREFIX', 'SUFFIX'] }, prefix: flag }),
  condition('Expression', { 'expression!': text }, ['io.kestra.core.models.conditions.types.VariableCondition']),
  condition('Not', { 'conditions!': { type: 'array', $conditions: true } }),
  condition('Or', { 'conditions!': { type: 'array', $conditions: true } }),
  condition('MultipleCondition', { 'id!': text, 'conditions!': { type: 'object', $conditions: true }, window: duration, windowAdvance: duration, resetOnSuccess: flag }),
  info('taskRunner', core('runner.Process'), [], {}),
  info('taskRunner', 'io.kestra.plugin.scripts.runner.docker.Docker', [], { image: text, pullPolicy: text, volumes: texts }),
  task('io.kestra.core.tasks.test.Encrypted', [], { format: text }),
  task('io.kestra.core.tasks.test.NullOutputTask', [], {}),
  task('io.kestra.core.tasks.test.Read', [], { 'path!': text }),
  task('io.kestra.core.tasks.test.DynamicTask', [], { fail: flag }),
  flowable('io.kestra.core.tasks.test.BadSequential', [], 'badSequential', { tasks }),
  { ...task('io.kestra.core.tasks.test.BadExecutable', [], call), kind: 'subflow' },
  task('io.kestra.core.runners.test.TaskThatFail', [], { 'message!': text }),
  task('io.kestra.core.runners.test.TaskWithAlias', ['io.kestra.core.runners.test.task.Alias'], { 'message!': text }),
  task('io.kestra.core.runners.ListenersTestTask', [], {}),
  { ...info('trigger', 'io.kestra.core.runners.test.TriggerWithAlias', ['io.kestra.core.runners.test.trigger.Alias'], {}), triggerKind: 'POLLING' },
  ...[1, 2, 3].map((number) => flowable(`io.kestra.core.runners.PluginDefaultsCaseTest$DefaultSequential${number}`, [], 'sequential', { tasks, def: text })),
];

/** A catalog of these types, and of more that a test brings. */
export function testingCatalog(more: readonly TypeInfo[] = []): TypeCatalog {
  const all = [...types, ...more];
  const byName = new Map(all.flatMap((type) => [type.type, ...type.aliases].map((name) => [name, type] as const)));
  const names = all.map((type) => type.type);
  return { resolve: (type) => byName.get(type), names: () => names };
}
