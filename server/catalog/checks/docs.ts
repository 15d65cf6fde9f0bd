/** docs.md names every property in backquotes: a reader finds each there. */
import type { Check } from './check.ts';

export const docsNameProperties: Check = ({ docs, properties }) =>
  Object.keys(properties.properties ?? {}).filter((name) => !docs.includes(`\`${name}\``)).map((name) => `docs.md does not name the property \`${name}\``);
