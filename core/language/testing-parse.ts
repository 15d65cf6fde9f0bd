/** Shorthands of this folder's tests. */
import type { Diagnostic } from '../protocol/entities/flow.ts';
import { constraintsText } from './constraints.ts';
import type { ParsedFlow } from './model.ts';
import { parseFlow } from './parse-flow.ts';
import { testingCatalog } from './testing-catalog.ts';

export { constraintsText };
export type { Diagnostic };

const catalog = testingCatalog();

export const parse = (source: string): ParsedFlow => parseFlow(source, { catalog, level: '1.x' });
export const parseErrors = (source: string): readonly Diagnostic[] => parse(source).diagnostics.filter((item) => item.severity === 'error');
export const parseWarnings = (source: string): readonly Diagnostic[] => parse(source).diagnostics.filter((item) => item.severity === 'warning');
export const tasksOf = (parsed: ParsedFlow): readonly string[] => (parsed.outline?.tasks ?? []).map((task) => task.id);
