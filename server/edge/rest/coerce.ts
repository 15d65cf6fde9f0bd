/** Texts of a path or query become the types of the operation's schema. What does not fit stays a text, and the schema says what is wrong. */
import { filtersOfQuery } from '../../../core/protocol/filters/syntax.ts';
import type { Operation, RestBinding } from '../../../core/protocol/operation.ts';
import { propertiesOf } from './routes.ts';

/** Query parameters are read by name; unknown ones are left alone, as clients of several generations send their own. */
export function coerceQuery(operation: Operation, binding: RestBinding, query: string): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  if (query === '') return values;
  const given = new URLSearchParams(query);
  const properties = propertiesOf(operation.input);
  for (const name of new Set(given.keys())) {
    // Filters are spelled in several ways, read together below.
    if (name === 'filters') continue;
    const schema = Object.hasOwn(properties, name) ? properties[name] : undefined;
    // What the body gives no query replaces; `?source=true` of a read without a body is a parameter like any other.
    if (schema === undefined || name === 'body' || name === 'form' || (name === 'source' && (binding.body === 'yaml' || binding.body === 'text'))) continue;
    const texts = given.getAll(name);
    const isList = typeOf(schema) === 'array' || binding.lists?.includes(name) === true;
    const value = isList ? listOf(name, texts) : coerceText(schema, texts[texts.length - 1] ?? '');
    if (value !== undefined) values[name] = value;
  }
  const filters = Object.hasOwn(properties, 'filters') ? filtersOfQuery(given) : undefined;
  if (filters !== undefined) values['filters'] = filters;
  return values;
}

/** `state=A,B` or repeated. A comma belongs to a label's value, so labels are only repeated. */
function listOf(name: string, texts: readonly string[]): readonly string[] {
  const parts = name === 'labels' ? texts : texts.flatMap((text) => text.split(','));
  return parts.map((part) => (name === 'labels' ? part : part.trim())).filter((part) => part !== '');
}

export function coerceText(schema: unknown, text: string): unknown {
  switch (typeOf(schema)) {
    case 'integer': case 'number': {
      const trimmed = text.trim().replace(/^(?:W\/)?"(.*)"$/, '$1');
      if (trimmed === '') return undefined;
      const number = Number(trimmed);
      return Number.isFinite(number) && /^[+-]?\d/.test(trimmed) && Math.abs(number) <= Number.MAX_SAFE_INTEGER ? number : text;
    }
    case 'boolean': {
      const word = text.trim().toLowerCase();
      // `?source` alone means yes.
      if (word === 'true' || word === '' || word === '1') return true;
      return word === 'false' || word === '0' ? false : text;
    }
    case 'union': {
      const words = unionWords(schema);
      return words.find((word) => word.toLowerCase() === text.toLowerCase()) ?? text;
    }
    default: return text;
  }
}

function typeOf(schema: unknown): string {
  if (typeof schema !== 'object' || schema === null) return 'unknown';
  if ('type' in schema && typeof schema.type === 'string') return schema.type;
  return 'anyOf' in schema ? 'union' : 'unknown';
}

function unionWords(schema: unknown): readonly string[] {
  const branches: unknown = typeof schema === 'object' && schema !== null && 'anyOf' in schema ? schema.anyOf : [];
  return Array.isArray(branches) ? branches.flatMap((branch: unknown) => (typeof branch === 'object' && branch !== null && 'const' in branch && typeof branch.const === 'string' ? [branch.const] : [])) : [];
}
