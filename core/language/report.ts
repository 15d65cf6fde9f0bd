/** Collects diagnostics while a flow is read. Each says where, what was found, and where possible what to do. */
import type { Diagnostic } from '../protocol/entities/flow.ts';
import { languageLimits } from './limits.ts';
import { type Path, pathSegments, pathText, type Span } from './source-node.ts';
import type { TextLines } from './text-lines.ts';

export interface Report {
  error(path: Path | undefined, at: Span, message: string, remedy?: string): void;
  warn(path: Path | undefined, at: Span, message: string, remedy?: string): void;
  info(path: Path | undefined, at: Span, message: string, remedy?: string): void;
  readonly errorCount: number;
  /**
   * The text is no YAML from this offset on: what the reader makes of the rest is a guess, so no further problems are taken from there,
   * and nothing is called missing.
   */
  brokenFrom(offset: number): void;
  /** In the order of the text. */
  diagnostics(): readonly Diagnostic[];
}

export function openReport(source: string, lines: TextLines): Report {
  const found: Diagnostic[] = [];
  const seen = new Set<string>();
  let errorCount = 0;
  let dropped = 0;
  let brokenAt = Number.POSITIVE_INFINITY;
  const add = (severity: Diagnostic['severity'], path: Path | undefined, at: Span, message: string, remedy: string | undefined): void => {
    if (at.from >= brokenAt || (brokenAt !== Number.POSITIVE_INFINITY && message.startsWith('must not be '))) return;
    const where = pathText(pathSegments(path));
    // A value that is both a common key and a type's own is checked by both.
    const sameAs = `${at.from} ${where} ${message}`;
    if (seen.has(sameAs)) return;
    seen.add(sameAs);
    if (severity === 'error') errorCount += 1;
    if (found.length >= languageLimits.diagnosticsMax) {
      dropped += 1;
      return;
    }
    const from = Math.max(0, Math.min(at.from, source.length));
    const to = trimmedEnd(source, from, Math.max(from, Math.min(at.to, source.length)));
    const { line, column } = lines.at(from);
    found.push({ severity, message, path: where, from, to, line, column, ...(remedy === undefined ? {} : { remedy }) });
  };
  return {
    error: (path, at, message, remedy) => add('error', path, at, message, remedy),
    warn: (path, at, message, remedy) => add('warning', path, at, message, remedy),
    info: (path, at, message, remedy) => add('info', path, at, message, remedy),
    get errorCount() {
      return errorCount;
    },
    brokenFrom: (offset) => {
      brokenAt = Math.min(brokenAt, offset);
    },
    diagnostics() {
      const sorted = found.toSorted((a, b) => a.from - b.from || a.to - b.to);
      if (dropped === 0) return sorted;
      const end = lines.at(source.length);
      return [...sorted, { severity: errorCount > 0 ? 'error' : 'warning', message: `${dropped} more problems are not listed`, path: '', from: source.length, to: source.length, ...end }];
    },
  };
}

/** A report that only counts: for trying one branch of several. */
export function mutedReport(): Report {
  let errorCount = 0;
  return {
    error: () => {
      errorCount += 1;
    },
    warn: () => undefined,
    info: () => undefined,
    get errorCount() {
      return errorCount;
    },
    brokenFrom: () => undefined,
    diagnostics: () => [],
  };
}

/** Block values end with their line breaks; a marker under blank lines would mislead. */
function trimmedEnd(source: string, from: number, to: number): number {
  let end = to;
  while (end > from && /\s/.test(source.charAt(end - 1))) end -= 1;
  return end === from ? to : end;
}
