// The one error of this room, and how an offset becomes a line and a column.
import { messageCharsMax, quotedTemplateCharsMax } from './limits.ts';

/**
 * syntax: the template can not be parsed. missing: a variable or attribute does not exist (`??` and `default` catch it).
 * type: an operation met a value it can not use. limit: fuel, size or depth is used up. function: a filter or function failed.
 */
export type ExpressionErrorKind = 'syntax' | 'missing' | 'type' | 'limit' | 'function';

/** The words in which an error is made; `offset` counts UTF-16 units from the start of `template`. */
export interface ExpressionErrorDetails {
  readonly kind: ExpressionErrorKind;
  readonly template: string;
  readonly offset: number;
  readonly cause?: unknown;
}

/** Why a template could not be compiled or rendered, and where. Lines and columns start at 1. */
export class ExpressionError extends Error {
  readonly kind: ExpressionErrorKind;
  readonly template: string;
  readonly line: number;
  readonly column: number;

  constructor(message: string, details: ExpressionErrorDetails) {
    super(message.length > messageCharsMax ? `${message.slice(0, messageCharsMax)}…` : message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'ExpressionError';
    this.kind = details.kind;
    this.template = details.template;
    const position = positionOf(details.template, details.offset);
    this.line = position.line;
    this.column = position.column;
  }
}

/** The place of an offset as people count: line and column from 1. */
export function positionOf(text: string, offset: number): { readonly line: number; readonly column: number } {
  let line = 1;
  let lineStart = 0;
  for (let at = text.indexOf('\n'); at !== -1 && at < offset; at = text.indexOf('\n', at + 1)) {
    line += 1;
    lineStart = at + 1;
  }
  return { line, column: offset - lineStart + 1 };
}

/** The error for a name that is not there, in the words that users of Kestra know. */
export function missingError(name: string, template: string, offset: number): ExpressionError {
  const { line } = positionOf(template, offset);
  return new ExpressionError(`Unable to find \`${name}\` used in the expression \`${quoteTemplate(template)}\` at line ${line}`, {
    kind: 'missing',
    template,
    offset,
  });
}

function quoteTemplate(template: string): string {
  return template.length <= quotedTemplateCharsMax ? template : `${template.slice(0, quotedTemplateCharsMax)}…`;
}

/** The message of anything that was thrown. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
