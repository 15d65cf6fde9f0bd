/**
 * Builders for the properties of a type: TypeBox schemas with the words that the language and the editor know
 * (`$dynamic`, `$tasks`, ...; see `JsonSchema` in core/language/model.ts). Each builder takes a title and further options.
 */
import { Type, type TObject, type TSchema } from 'typebox';
import { logLevels } from '../../core/protocol/entities/log-entry.ts';

/** `title`: a few words, shown in completion. `description`: a sentence or more, markdown. */
export interface PropertyOptions {
  readonly title: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly examples?: readonly unknown[];
  readonly deprecated?: boolean;
  readonly minimum?: number;
  readonly maximum?: number;
}

type Fields = Readonly<Record<string, TSchema>>;

/** The properties (or outputs) of a type. Wrap what may be left out in `Type.Optional`. */
export const properties = (fields: Fields): TObject => Type.Object({ ...fields }, { additionalProperties: false });

/** May be left out. */
export const optional = <Schema extends TSchema>(schema: Schema) => Type.Optional(schema);

/** An expression may stand there; what it renders to has this schema. */
export const dynamic = (schema: TSchema): TSchema => ({ ...schema, $dynamic: true });

export const text = (options: PropertyOptions): TSchema => Type.String(written(options));
export const boolean = (options: PropertyOptions): TSchema => Type.Boolean(written(options));
export const integer = (options: PropertyOptions): TSchema => Type.Integer(written(options));
export const number = (options: PropertyOptions): TSchema => Type.Number(written(options));
export const anything = (options: PropertyOptions): TSchema => Type.Unsafe<unknown>(written(options));
/** One of a few words. */
export const choice = (values: readonly string[], options: PropertyOptions): TSchema => Type.Unsafe<string>({ type: 'string', enum: values, ...written(options) });
/** A level of the log. */
export const logLevel = (options: PropertyOptions): TSchema => choice(logLevels, options);
/** An ISO-8601 duration, `PT10S`. */
export const duration = (options: PropertyOptions): TSchema => Type.String({ format: 'duration', ...written(options) });
export const listOf = (items: TSchema, options: PropertyOptions): TSchema => Type.Array(items, written(options));
export const texts = (options: PropertyOptions): TSchema => listOf(Type.String(), options);
/** One text, or a list of texts. */
export const textOrTexts = (options: PropertyOptions): TSchema => Type.Unsafe<unknown>({ anyOf: [{ type: 'string' }, { type: 'array', items: { type: 'string' } }], ...written(options) });
/** Names chosen by the author, each with a value of one schema (anything when left out). */
export const mapOf = (values: TSchema | undefined, options: PropertyOptions): TSchema => Type.Unsafe<unknown>({ type: 'object', additionalProperties: values ?? true, ...written(options) });
/** A map, or a text that renders to one (JSON). */
export const mapOrText = (options: PropertyOptions): TSchema => Type.Unsafe<unknown>({ anyOf: [{ type: 'object', additionalProperties: true }, { type: 'string' }], ...written(options) });
/** An object with these members only. */
export const group = (fields: Fields, options: PropertyOptions): TSchema => Type.Object({ ...fields }, { additionalProperties: false, ...written(options) });

/** A list of tasks. */
export const tasks = (options: PropertyOptions): TSchema => Type.Unsafe<unknown>({ type: 'array', items: { type: 'object' }, $tasks: true, ...written(options) });
/** The tasks of a Dag: `{task, dependsOn}` each. */
export const dagTasks = (options: PropertyOptions): TSchema => Type.Unsafe<unknown>({ type: 'array', items: { type: 'object' }, $dagTasks: true, ...written(options) });
/** Lists of tasks by the text of a case. */
export const cases = (options: PropertyOptions): TSchema => Type.Unsafe<unknown>({ type: 'object', additionalProperties: { type: 'array', items: { type: 'object' } }, $cases: true, ...written(options) });
/** A task runner: an object with a `type`. */
export const taskRunnerProperty = (options: PropertyOptions): TSchema => Type.Unsafe<unknown>({ type: 'object', $taskRunner: true, ...written(options) });
/** A list of conditions: objects with a `type`. */
export const conditions = (options: PropertyOptions): TSchema => Type.Unsafe<unknown>({ type: 'array', items: { type: 'object' }, $conditions: true, ...written(options) });

/** The lists every flowable may have besides its own. */
export const branches = (): Record<string, TSchema> => ({
  errors: optional(tasks({ title: 'Tasks after a failure', description: 'Run one after the other when a child failed and has no retry left. The task stays FAILED.' })),
  finally: optional(tasks({ title: 'Tasks that run in any case', description: 'Run one after the other at the end, after the children and after `errors`.' })),
});

function written(options: PropertyOptions): Record<string, unknown> {
  const { deprecated, ...rest } = options;
  return deprecated === true ? { ...rest, $deprecated: true } : { ...rest };
}

/** What a task that starts a child execution is told: the flow, what it gets, and what comes back. */
export const subflowProperties = (): TObject => properties({
  namespace: dynamic(text({ title: 'Namespace of the flow' })),
  flowId: dynamic(text({ title: 'Id of the flow' })),
  revision: optional(integer({ title: 'Revision to run', description: 'Left out: the latest one.', minimum: 1 })),
  inputs: optional(dynamic(mapOf(undefined, { title: 'Inputs', description: 'Values by input id.' }))),
  labels: optional(dynamic(anything({ title: 'Labels of the new execution', description: 'A map, or a list of `{key, value}`.' }))),
  wait: optional(boolean({ title: 'Wait for its end', description: 'With `false` the task succeeds as soon as the execution exists.', default: true })),
  transmitFailed: optional(boolean({ title: 'Take over its failure', description: 'With `false` the task succeeds even when the execution fails, is killed or warns.', default: true })),
  inheritLabels: optional(boolean({ title: 'Pass on the labels', description: 'The labels of this execution are given to the new one.', default: false })),
  scheduleDate: optional(dynamic(text({ title: 'When to start', description: 'An ISO date with time and offset. Left out: at once.' }))),
  outputs: optional(dynamic(mapOf(undefined, { title: 'Values to take from it', description: 'Rendered in the context of the new execution. Give the flow `outputs` instead.', deprecated: true }))),
  restartBehavior: optional(choice(['RETRY_FAILED', 'NEW_EXECUTION'], { title: 'On restart of this execution', description: 'RETRY_FAILED restarts the failed child, NEW_EXECUTION starts another one.', default: 'RETRY_FAILED' })),
});

/** The `timeWindow` of triggers that wait for executions of several flows. */
export const timeWindow = (): TSchema => group({
  type: optional(choice(['DURATION_WINDOW', 'SLIDING_WINDOW', 'DAILY_TIME_WINDOW', 'DAILY_TIME_DEADLINE'], { title: 'Kind', default: 'DURATION_WINDOW' })),
  window: optional(duration({ title: 'Length', description: 'Of DURATION_WINDOW and SLIDING_WINDOW.', default: 'P1D' })),
  windowAdvance: optional(duration({ title: 'Where windows begin', description: 'After the beginning of a day, an hour or a minute.' })),
  startTime: optional(text({ title: 'From', description: 'A time of day, of DAILY_TIME_WINDOW.' })),
  endTime: optional(text({ title: 'To', description: 'A time of day, of DAILY_TIME_WINDOW.' })),
  deadline: optional(text({ title: 'Before', description: 'A time of day, of DAILY_TIME_DEADLINE.' })),
}, { title: 'Time window', description: '`type` is DURATION_WINDOW (`window`, `windowAdvance`), SLIDING_WINDOW (`window`), DAILY_TIME_WINDOW (`startTime`, `endTime`) or DAILY_TIME_DEADLINE (`deadline`).' });
