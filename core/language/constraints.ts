/** Diagnostics in the words of the API's validation. */
import type { Diagnostic } from '../protocol/entities/flow.ts';

/** The `constraints` of the API: all errors in one line, `path: message`; undefined when there is none. */
export function constraintsText(diagnostics: readonly Diagnostic[]): string | undefined {
  const errors = diagnostics.filter((diagnostic) => diagnostic.severity === 'error');
  if (errors.length === 0) return undefined;
  return [...new Set(errors.map(constraintOf))].join('; ');
}

const constraintOf = ({ path, message }: Diagnostic): string => (path === '' ? message : `${path}: ${message}`).replaceAll(/\s*\n\s*/g, ' ');

/** Where deprecated types, keys and spellings stand. */
export const deprecationPaths = (diagnostics: readonly Diagnostic[]): readonly string[] => [
  ...new Set(diagnostics.filter(({ severity, message }) => severity !== 'error' && /\bdeprecated\b|\bis replaced by\b|\bis now called\b/.test(message)).map(({ path }) => path)),
];

/** Texts of one severity, with their paths, for `warnings` and `infos`. */
export const messagesOf = (diagnostics: readonly Diagnostic[], severity: Diagnostic['severity']): readonly string[] => [
  ...new Set(diagnostics.filter((diagnostic) => diagnostic.severity === severity).map(constraintOf)),
];
