/** TypeBox schemas as plain JSON Schema, the form that the language, the editor and the API share. */
import type { TSchema } from 'typebox';
import type { JsonSchema } from '../../core/language/model.ts';

/** A copy with nothing but JSON in it: TypeBox's own marks do not survive. */
export function jsonSchemaOf(schema: TSchema): JsonSchema {
  const copy: unknown = JSON.parse(JSON.stringify(schema));
  if (!isSchema(copy)) throw new Error('a schema is an object');
  return copy;
}

const isSchema = (value: unknown): value is JsonSchema => typeof value === 'object' && value !== null && !Array.isArray(value);
