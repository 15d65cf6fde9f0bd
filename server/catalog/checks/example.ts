/** example.yaml is a whole flow that uses the type. That it parses is a test of the catalog, which has the language at hand. */
import type { Check } from './check.ts';

export const exampleUsesType: Check = ({ example, definition }) => [
  ...(example.split('\n').some((line) => line.trim().replace(/^- /, '') === `type: ${definition.type}`) ? [] : [`example.yaml has no line "type: ${definition.type}"`]),
  ...(['id', 'namespace', 'tasks'].filter((key) => !new RegExp(`^${key}:`, 'm').test(example)).map((key) => `example.yaml is no whole flow: "${key}:" is missing`)),
];
