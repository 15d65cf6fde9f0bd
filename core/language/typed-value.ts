/** One value as an input or output type: parsed from what a form, a YAML default or an expression gave. */
import { parseJsonText } from '../protocol/json.ts';
import { durationText, parseDurationMs } from '../protocol/time.ts';
import { normalDate, normalInstant, normalTime } from './calendar-text.ts';
import type { InputType } from './model.ts';
import { never } from './source-node.ts';
import { readYamlValue } from './yaml-source.ts';

export type Typed = { readonly value: unknown } | { readonly error: string };

/** The reason of a refusal is worded as the API words it; null stays null. */
export function typedValue(type: InputType, raw: unknown, itemType?: InputType): Typed {
  if (raw === null || raw === undefined) return { value: null };
  switch (type) {
    case 'STRING':
    case 'ENUM':
    case 'SELECT':
    case 'SECRET':
      return { value: textOf(raw) };
    case 'INT':
      return integer(raw);
    case 'FLOAT':
      return float(raw);
    case 'BOOLEAN':
    case 'BOOL':
      return { value: textOf(raw).toLowerCase() === 'true' };
    case 'DATETIME':
      return parsed(type, raw, normalInstant(textOf(raw)), 'a date and time with an offset, such as 2024-01-31T09:00:00Z');
    case 'DATE':
      return parsed(type, raw, normalDate(textOf(raw)), 'a date, such as 2024-01-31');
    case 'TIME':
      return parsed(type, raw, normalTime(textOf(raw)), 'a time, such as 09:00:00');
    case 'DURATION': {
      const ms = parseDurationMs(textOf(raw));
      return parsed(type, raw, ms === undefined ? undefined : durationText(ms), 'an ISO-8601 duration, such as PT5M');
    }
    case 'FILE':
      return /^(?:kestra|nsfile|file):\/\/\S/.test(textOf(raw)) ? { value: textOf(raw) } : { error: `Expected \`FILE\` but received \`${shown(raw)}\` with errors: \`a file, or the URI of a stored one (kestra://…)\`` };
    case 'JSON':
      return json(type, raw);
    case 'YAML':
      return yaml(raw);
    case 'URI':
      return /^[a-zA-Z][a-zA-Z0-9+.-]*:\/\/[^\s]+$/.test(textOf(raw)) ? { value: textOf(raw) } : { error: `Expected \`URI\` but received \`${shown(raw)}\`` };
    case 'EMAIL':
      return /^[^\s@<>,;"]+@[^\s@<>,;".]+(?:\.[^\s@<>,;".]+)+$/.test(textOf(raw)) ? { value: textOf(raw) } : { error: `Expected \`EMAIL\` but received \`${shown(raw)}\`` };
    case 'ARRAY':
    case 'MULTISELECT':
      return list(type, raw, itemType ?? 'STRING');
    default:
      return never(type);
  }
}

/** What stands in a message: short, and JSON for what is no text. */
export function shown(value: unknown): string {
  const text = value === undefined ? 'null' : textOf(value);
  return text.length > 200 ? `${text.slice(0, 197)}...` : text;
}

export function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (value === null || value === undefined) return 'null';
  return typeof value === 'object' ? (JSON.stringify(value) ?? 'null') : String(value);
}

const parsed = (type: InputType, raw: unknown, value: string | undefined, expected: string): Typed =>
  value === undefined ? { error: `Expected \`${type}\` but received \`${shown(raw)}\` with errors: \`${expected}\`` } : { value };

function integer(raw: unknown): Typed {
  const text = textOf(raw).trim();
  const value = typeof raw === 'number' ? raw : /^[+-]?\d+$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isSafeInteger(value)) return { value };
  const why = /^[+-]?\d+$/.test(text) ? 'the number is out of range' : `For input string: "${shown(raw)}"`;
  return { error: `Expected \`INT\` but received \`${shown(raw)}\` with errors: \`${why}\`` };
}

function float(raw: unknown): Typed {
  const text = textOf(raw).trim();
  const value = typeof raw === 'number' ? raw : /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(text) ? Number(text) : Number.NaN;
  if (Number.isFinite(value)) return { value };
  return { error: `Expected \`FLOAT\` but received \`${shown(raw)}\` with errors: \`For input string: "${shown(raw)}"\`` };
}

function json(type: InputType, raw: unknown): Typed {
  if (typeof raw !== 'string') return { value: raw };
  try {
    return { value: parseJsonText(raw) };
  } catch (error) {
    return { error: `Expected \`${type}\` but received \`${shown(raw)}\` with errors: \`${error instanceof Error ? error.message : 'no JSON'}\`` };
  }
}

function yaml(raw: unknown): Typed {
  if (typeof raw !== 'string') return { value: raw };
  const read = readYamlValue(raw);
  return 'error' in read ? { error: `Expected \`YAML\` but received \`${shown(raw)}\` with errors: \`${read.error}\`` } : read;
}

function list(type: InputType, raw: unknown, itemType: InputType): Typed {
  const read = json(type, raw);
  if ('error' in read) return read;
  if (!Array.isArray(read.value)) return { error: `Expected \`${type}\` but received \`${shown(raw)}\` with errors: \`a list, such as ["a", "b"]\`` };
  const items: unknown[] = [];
  for (const item of read.value) {
    const typed = typedValue(itemType, item);
    if ('error' in typed) return { error: `Unable to parse array element as \`${itemType}\` on \`${shown(item)}\`` };
    items.push(typed.value);
  }
  return { value: items };
}
