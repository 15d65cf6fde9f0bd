/**
 * Reads properties of a running task: renders them and turns them into the wanted kind, or fails with a sentence that names
 * the property, what was found and what was expected.
 */
import { isLogLevel, type LogLevel } from '../../core/protocol/entities/log-entry.ts';
import { parseJsonText } from '../../core/protocol/json.ts';
import { parseDurationMs } from '../../core/protocol/time.ts';
import type { TaskContext } from './index.ts';

/** What reading a property needs of a task's context. */
export type PropertySource = Pick<TaskContext, 'properties' | 'render' | 'renderTyped' | 'renderDeep'>;

/** A failure of the task that its author can do something about; its message goes to the log as it is. */
export class TaskFailure extends Error {
  readonly outputs: Readonly<Record<string, unknown>> | undefined;
  constructor(message: string, options: { readonly outputs?: Readonly<Record<string, unknown>>; readonly cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'TaskFailure';
    this.outputs = options.outputs;
  }
}

/** There is no such task runner on this machine; the message names what was tried, and the remedy. */
export class RunnerMissing extends TaskFailure {
  constructor(message: string, options: { readonly cause?: unknown } = {}) {
    super(message, options);
    this.name = 'RunnerMissing';
  }
}

/** Undefined when the property is left out or null. */
export function renderedText(source: PropertySource, name: string): string | undefined {
  const value = source.properties[name];
  return value === undefined || value === null ? undefined : source.render(value);
}

export function requiredText(source: PropertySource, name: string): string {
  const value = renderedText(source, name);
  if (value === undefined) throw new TaskFailure(`The property "${name}" is missing: give it a text.`);
  return value;
}

export function renderedBoolean(source: PropertySource, name: string, whenMissing: boolean): boolean {
  const value = renderedText(source, name)?.trim();
  if (value === undefined || value === '') return whenMissing;
  if (/^true$/i.test(value)) return true;
  if (/^false$/i.test(value)) return false;
  throw new TaskFailure(`The property "${name}" is "${clipped(value)}": expected true or false.`);
}

export function renderedDurationMs(source: PropertySource, name: string): number | undefined {
  const value = renderedText(source, name)?.trim();
  if (value === undefined || value === '') return undefined;
  return durationOf(value, name);
}

export function durationOf(value: string, name: string): number {
  const ms = parseDurationMs(value);
  if (ms === undefined || ms < 0) throw new TaskFailure(`The property "${name}" is "${clipped(value)}": expected an ISO-8601 duration such as PT10S.`);
  return ms;
}

export function renderedLevel(source: PropertySource, name: string, whenMissing: LogLevel): LogLevel {
  const value = renderedText(source, name)?.trim().toUpperCase();
  if (value === undefined || value === '') return whenMissing;
  if (!isLogLevel(value)) throw new TaskFailure(`The property "${name}" is "${clipped(value)}": expected TRACE, DEBUG, INFO, WARN or ERROR.`);
  return value;
}

/** A list of texts; one text counts as a list of one, a text that renders to a JSON list as that list. */
export function renderedTexts(source: PropertySource, name: string): readonly string[] {
  const value = source.properties[name];
  if (value === undefined || value === null) return [];
  if (Array.isArray(value)) return value.map((item: unknown) => source.render(item));
  const rendered = source.renderTyped(value);
  if (Array.isArray(rendered)) return rendered.map(textOf);
  const plain = textOf(rendered);
  const parsed = plain.trimStart().startsWith('[') ? parsedJson(plain) : undefined;
  return Array.isArray(parsed) ? parsed.map(textOf) : [plain];
}

/** A map with rendered keys and texts; a text that renders to a JSON object counts as that object. */
export function renderedMap(source: PropertySource, name: string): Readonly<Record<string, unknown>> {
  const value = source.properties[name];
  if (value === undefined || value === null) return {};
  let rendered = source.renderDeep(value);
  if (typeof rendered === 'string') rendered = rendered.trim() === '' ? {} : parsedJson(rendered);
  if (!isMap(rendered)) throw new TaskFailure(`The property "${name}" is no map: expected names with values, or a text that renders to a JSON object.`);
  return rendered;
}

/** How a value reads as text: null is empty, maps and lists are JSON. */
export function textOf(value: unknown): string {
  if (value === null || value === undefined) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

export const isMap = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null && !Array.isArray(value);

/** What was thrown, in words. */
export const messageOf = (thrown: unknown): string => (thrown instanceof Error ? thrown.message : String(thrown));

/** Rendered text is false when it is empty, "false", "0" or "-0", as everywhere in the flow language. */
export const isTruthy = (rendered: string): boolean => rendered !== '' && rendered !== 'false' && rendered !== '0' && rendered !== '-0';

/** At most 200 characters of a value, for a message. */
export const clipped = (value: string): string => (value.length <= 200 ? value : `${value.slice(0, 200)}…`);

/** The parsed JSON, or undefined when the text is none. */
function parsedJson(value: string): unknown {
  try {
    return parseJsonText(value);
  } catch {
    // Not JSON is an answer here: the caller then takes the text as it is, or says what it expected.
    return undefined;
  }
}
