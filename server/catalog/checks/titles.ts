/** Completion, forms and pages show titles: the type, each property and each output has one. */
import type { JsonSchema } from '../../../core/language/model.ts';
import type { Check } from './check.ts';

export const everythingHasTitle: Check = ({ definition, properties }) => [
  ...(definition.title.trim() === '' ? ['the type has no title'] : []),
  ...(definition.description === undefined || definition.description.trim() === '' ? ['the type has no description'] : []),
  ...untitled(properties).map((name) => `the property "${name}" has no title`),
];

const untitled = (schema: JsonSchema): readonly string[] => Object.entries(schema.properties ?? {}).filter(([, property]) => (property.title ?? '').trim() === '').map(([name]) => name);
