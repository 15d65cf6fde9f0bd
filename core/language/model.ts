/**
 * The flow as the engine runs it: parsed, checked, types resolved to their canonical names, plugin defaults merged in.
 * Made from source text by `parseFlow`; the source stays the truth.
 */
import type { Label } from '../protocol/entities/execution.ts';
import type { Diagnostic } from '../protocol/entities/flow.ts';
import type { LogLevel } from '../protocol/entities/log-entry.ts';
import type { ExecutionChange, FlowableKind, TaskKind } from '../protocol/task-kinds.ts';

export type LanguageLevel = '0.20' | '1.x' | '2.0';

export interface FlowModel {
  readonly id: string;
  readonly namespace: string;
  readonly description?: string;
  readonly disabled: boolean;
  readonly labels: readonly Label[];
  readonly inputs: readonly InputModel[];
  readonly outputs: readonly OutputModel[];
  readonly variables: Readonly<Record<string, unknown>>;
  readonly tasks: readonly TaskModel[];
  readonly errors: readonly TaskModel[];
  readonly finally: readonly TaskModel[];
  readonly afterExecution: readonly TaskModel[];
  /** Deprecated form of `afterExecution`. */
  readonly listeners: readonly ListenerModel[];
  readonly triggers: readonly TriggerModel[];
  readonly concurrency?: { readonly limit: number; readonly behavior: 'QUEUE' | 'CANCEL' | 'FAIL' };
  readonly retry?: RetryModel;
  readonly sla: readonly SlaModel[];
  readonly checks: readonly CheckModel[];
  /** The level that it was read with: a few words changed their meaning. */
  readonly level: LanguageLevel;
  /** The source as plain data (labels as a list), for the API. */
  readonly data: Readonly<Record<string, unknown>>;
}

export interface SlaModel {
  readonly id: string;
  readonly type: 'MAX_DURATION' | 'EXECUTION_ASSERTION';
  readonly behavior: 'FAIL' | 'CANCEL' | 'NONE';
  readonly durationMs?: number;
  readonly assert?: string;
  /** Added to the execution at a violation, where it has none of the key. */
  readonly labels: readonly Label[];
}

export interface CheckModel {
  /** Falsy: the check fails. */
  readonly condition: string;
  readonly message: string;
  readonly style: 'INFO' | 'SUCCESS' | 'WARNING' | 'ERROR';
  readonly behavior: 'BLOCK_EXECUTION' | 'FAIL_EXECUTION' | 'CREATE_EXECUTION';
}

export interface ListenerModel {
  readonly conditions: readonly ConditionModel[];
  readonly tasks: readonly TaskModel[];
}

export interface TaskModel {
  readonly id: string;
  /** Canonical type name; the source may have used an alias. */
  readonly type: string;
  readonly kind: TaskKind;
  readonly flowable?: FlowableKind;
  /** It is one step of a structural task that the worker does: `split` of a ForEachItem. */
  readonly part?: string;
  /** For kind `execution`. */
  readonly change?: ExecutionChange;
  readonly description?: string;
  readonly retry?: RetryModel;
  /** Duration text or expression. */
  readonly timeout?: string;
  readonly disabled: boolean;
  readonly allowFailure: boolean;
  readonly allowWarning: boolean;
  readonly runIf: string;
  readonly logLevel?: LogLevel;
  readonly logToFile: boolean;
  /** Outputs of an earlier run with the same rendered properties are taken, within the time. */
  readonly taskCache?: { readonly ttlMs?: number };
  /** A pure in-process task: its result may join the commit that started it. */
  readonly pure: boolean;
  /** Everything else as written, plugin defaults merged in (without children lists). */
  readonly properties: Readonly<Record<string, unknown>>;
  readonly children: TaskChildren;
  readonly errors: readonly TaskModel[];
  readonly finally: readonly TaskModel[];
}

/** Child tasks by the shape of the flowable. Runnables have none. */
export type TaskChildren =
  | { readonly type: 'none' }
  | { readonly type: 'list'; readonly tasks: readonly TaskModel[] }
  | { readonly type: 'dag'; readonly tasks: readonly { readonly task: TaskModel; readonly dependsOn: readonly string[] }[] }
  | { readonly type: 'branches'; readonly then: readonly TaskModel[]; readonly else: readonly TaskModel[] }
  | { readonly type: 'cases'; readonly cases: Readonly<Record<string, readonly TaskModel[]>>; readonly defaults: readonly TaskModel[] };

export interface RetryModel {
  readonly type: 'constant' | 'exponential' | 'random';
  readonly intervalMs?: number;
  readonly maxIntervalMs?: number;
  readonly minIntervalMs?: number;
  readonly delayFactor?: number;
  readonly maxAttempt?: number;
  readonly maxDurationMs?: number;
  readonly warningOnRetry: boolean;
  readonly behavior: 'RETRY_FAILED_TASK' | 'CREATE_NEW_EXECUTION';
}

export const inputTypes = [
  'STRING', 'ENUM', 'SELECT', 'MULTISELECT', 'INT', 'FLOAT', 'BOOLEAN', 'BOOL', 'DATETIME', 'DATE', 'TIME', 'DURATION',
  'FILE', 'JSON', 'YAML', 'URI', 'SECRET', 'ARRAY', 'EMAIL',
] as const;
export type InputType = (typeof inputTypes)[number];

export interface InputModel {
  readonly id: string;
  readonly type: InputType;
  readonly required: boolean;
  readonly defaults?: unknown;
  readonly description?: string;
  readonly displayName?: string;
  readonly dependsOn?: { readonly inputs: readonly string[]; readonly condition?: string };
  readonly validator?: string;
  readonly min?: number | string;
  readonly max?: number | string;
  readonly after?: string;
  readonly before?: string;
  readonly values?: readonly string[];
  readonly expression?: string;
  readonly itemType?: InputType;
  readonly allowCustomValue?: boolean;
  readonly isRadio?: boolean;
  readonly extension?: string;
  /** First value of the form's field; never used by the API or by triggers. */
  readonly prefill?: unknown;
  /** SELECT, MULTISELECT: the first value is taken when none is given. */
  readonly autoSelectFirst?: boolean;
  /** FILE: the name endings that are taken, `.csv`. */
  readonly accept?: readonly string[];
  /** JSON: the schema that a value has to fit. */
  readonly jsonSchema?: unknown;
  /** How values are called in the form, where they have a name of their own. */
  readonly valueLabels?: Readonly<Record<string, string>>;
  /** The FORM that it is a leaf of. */
  readonly form?: { readonly id: string; readonly displayName?: string; readonly description?: string };
}

export interface OutputModel {
  readonly id: string;
  readonly type: InputType;
  readonly value: unknown;
  readonly description?: string;
  readonly displayName?: string;
  readonly required?: boolean;
}

export interface TriggerModel {
  readonly id: string;
  /** Canonical type name. */
  readonly type: string;
  readonly kind: 'SCHEDULE' | 'POLLING' | 'REALTIME' | 'WEBHOOK' | 'FLOW';
  readonly description?: string;
  readonly disabled: boolean;
  readonly conditions: readonly ConditionModel[];
  readonly labels: readonly Label[];
  readonly stopAfter: readonly string[];
  readonly properties: Readonly<Record<string, unknown>>;
}

export interface ConditionModel {
  readonly type: string;
  readonly properties: Readonly<Record<string, unknown>>;
}

/** What a flow says about types it uses. Implemented by `server/catalog`; a plain object in tests and in the browser. */
export interface TypeCatalog {
  /** By canonical name or alias. */
  resolve(type: string): TypeInfo | undefined;
  /** All canonical names, for "did you mean" and completion. */
  names(): readonly string[];
}

export interface TypeInfo {
  readonly type: string;
  readonly aliases: readonly string[];
  readonly role: 'task' | 'trigger' | 'condition' | 'taskRunner';
  readonly title: string;
  readonly description?: string;
  readonly deprecated?: boolean;
  /** JSON Schema (draft-07) of the type's own properties (an `object` schema, without the common ones). */
  readonly properties: JsonSchema;
  readonly outputs?: JsonSchema;
  /** For tasks. */
  readonly kind?: TaskKind;
  readonly flowable?: FlowableKind;
  readonly change?: ExecutionChange;
  readonly pure?: boolean;
  /** For triggers. */
  readonly triggerKind?: TriggerModel['kind'];
}

/**
 * The part of JSON Schema that types use. Besides the standard words: `$dynamic` true = an expression may stand there;
 * `$tasks` true = a list of tasks; `$dagTasks`, `$cases` likewise; `$taskRunner`, `$conditions` a nested typed object or list of them.
 */
export interface JsonSchema {
  readonly type?: string | readonly string[];
  readonly title?: string;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly items?: JsonSchema;
  readonly additionalProperties?: boolean | JsonSchema;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly JsonSchema[];
  readonly default?: unknown;
  readonly minItems?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly pattern?: string;
  readonly format?: string;
  readonly examples?: readonly unknown[];
  readonly $dynamic?: boolean;
  readonly $deprecated?: boolean;
  readonly $tasks?: boolean;
  readonly $dagTasks?: boolean;
  readonly $cases?: boolean;
  readonly $taskRunner?: boolean;
  readonly $conditions?: boolean;
  readonly [more: string]: unknown;
}

export interface ParsedFlow {
  /** Present only when there is no error among the diagnostics. */
  readonly flow?: FlowModel;
  /** What could be read in spite of errors, for the topology and the lists; never run it. Absent when the text is no map. */
  readonly outline?: FlowModel;
  readonly diagnostics: readonly Diagnostic[];
  /** Best effort even for broken text: what could be read of id and namespace. */
  readonly id?: string;
  readonly namespace?: string;
}

export interface ParseOptions {
  readonly catalog: TypeCatalog;
  readonly level: LanguageLevel;
  /** Global plugin defaults of the server's configuration. */
  readonly globalDefaults?: readonly PluginDefault[];
}

export interface PluginDefault {
  readonly type: string;
  readonly forced: boolean;
  readonly values: Readonly<Record<string, unknown>>;
}

/** The topology of a flow, laid out by the client. Node ids are `root.parent.task` paths, as in the API's graph. */
export interface FlowGraphModel {
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly { readonly from: string; readonly to: string; readonly relation: GraphRelation; readonly label?: string }[];
  readonly clusters: readonly { readonly id: string; readonly parent?: string; readonly nodes: readonly string[]; readonly relation: GraphRelation }[];
}
export type GraphRelation = 'SEQUENTIAL' | 'CHOICE' | 'ERROR' | 'PARALLEL' | 'DYNAMIC' | 'FINALLY' | 'AFTER_EXECUTION';
export type GraphNode =
  | { readonly type: 'task'; readonly id: string; readonly taskId: string; readonly taskType: string; readonly flowable: boolean; readonly cluster?: string; readonly branch: 'nominal' | 'error' }
  | { readonly type: 'trigger'; readonly id: string; readonly triggerId: string; readonly triggerType: string; readonly cluster?: string }
  | { readonly type: 'start' | 'end'; readonly id: string; readonly cluster?: string };
