/** A flow as the API shows it. The text of the source is the truth; this is its parsed shape. */
import type { Label } from './execution.ts';
import type { StateType } from '../states.ts';

export interface Flow {
  readonly id: string;
  readonly namespace: string;
  /** 0 while the flow is only a draft. */
  readonly revision: number;
  readonly description?: string;
  readonly disabled: boolean;
  readonly deleted: boolean;
  readonly tenantId?: string;
  readonly labels?: readonly Label[];
  readonly inputs?: readonly Readonly<Record<string, unknown>>[];
  readonly outputs?: readonly Readonly<Record<string, unknown>>[];
  readonly variables?: Readonly<Record<string, unknown>>;
  readonly tasks: readonly Readonly<Record<string, unknown>>[];
  readonly errors?: readonly Readonly<Record<string, unknown>>[];
  readonly triggers?: readonly Readonly<Record<string, unknown>>[];
  readonly pluginDefaults?: readonly Readonly<Record<string, unknown>>[];
  readonly source?: string;
  /** Set when a stored source no longer parses (a plugin went away): the reason. */
  readonly exception?: string;
  readonly updated?: string;
  readonly draft?: boolean;
  readonly [more: string]: unknown;
}

/** A row of the list of flows: what the list and the jump box need, without the tasks. */
export interface FlowRow {
  readonly id: string;
  readonly namespace: string;
  readonly revision: number;
  readonly description?: string;
  readonly disabled: boolean;
  readonly labels: readonly Label[];
  /** Unpublished changes in the draft. */
  readonly draft: boolean;
  readonly triggers: readonly { readonly id: string; readonly type: string }[];
  readonly updated: string;
  readonly authors: readonly string[];
  readonly lastExecution?: { readonly id: string; readonly state: StateType; readonly startDate: string };
  /** Names of the participants who have it open now. */
  readonly present: readonly { readonly name: string; readonly color: number }[];
}

/** A deliberate publish: exactly these bytes, with who wrote which range. */
export interface Revision {
  readonly revision: number;
  readonly source: string;
  readonly publishedBy: RevisionAuthor;
  readonly publishedAt: string;
  readonly message?: string;
  readonly authors: readonly RevisionAuthor[];
  /** `[from, to)` in UTF-16 units of the source, and whose characters they are. */
  readonly ranges: readonly { readonly from: number; readonly to: number; readonly author: RevisionAuthor }[];
  readonly restoredFrom?: number;
}

export interface RevisionAuthor {
  readonly id: string;
  readonly name: string;
  readonly kind: 'person' | 'bot' | 'api';
  /** 1 to 12: a hue of the look. */
  readonly color: number;
}

/** Where a text is wrong, in 0-based UTF-16 offsets and 1-based lines and columns. */
export interface Diagnostic {
  readonly severity: 'error' | 'warning' | 'info';
  readonly message: string;
  /** `tasks[0].type`; empty for the whole flow. */
  readonly path: string;
  readonly from: number;
  readonly to: number;
  readonly line: number;
  readonly column: number;
  readonly remedy?: string;
  /** Whose characters stand there, when the text is a draft with known authors. */
  readonly author?: RevisionAuthor;
}

export interface ValidateConstraintViolation {
  readonly index: number;
  readonly flow?: string;
  readonly namespace?: string;
  readonly constraints?: string;
  readonly outdated?: boolean;
  readonly deprecationPaths?: readonly string[];
  readonly warnings?: readonly string[];
  readonly infos?: readonly string[];
}

/** A check of a flow that does not hold for the inputs of an execution. */
export interface FlowCheck {
  readonly message: string;
  readonly style: 'INFO' | 'SUCCESS' | 'WARNING' | 'ERROR';
  readonly behavior: 'BLOCK_EXECUTION' | 'FAIL_EXECUTION' | 'CREATE_EXECUTION';
}
