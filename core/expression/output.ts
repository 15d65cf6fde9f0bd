// Where a template writes. In text mode it is a text; in typed mode a single value keeps its type.
import type { Evaluation } from './evaluation.ts';
import { fail, spendText } from './evaluation.ts';
import { isList, isMap, kindOf } from './value/kinds.ts';
import { textOf } from './value/text.ts';

/** What has been written so far. */
export interface Output {
  readonly keepsType: boolean;
  text: string;
  /** In typed mode, the only value written until now; `text` is then still empty. */
  single: { readonly value: unknown } | undefined;
}

/** An empty output. */
export function newOutput(keepsType: boolean): Output {
  return { keepsType, text: '', single: undefined };
}

/** Writes the value of a `{{ }}`. */
export function writeValue(evaluation: Evaluation, output: Output, value: unknown): void {
  if (output.keepsType && output.text === '' && (output.single === undefined || output.single.value === '')) {
    output.single = { value };
    return;
  }
  if (output.single !== undefined) {
    const { value: first } = output.single;
    output.single = undefined;
    writeText(evaluation, output, joinableText(evaluation, first));
  }
  writeText(evaluation, output, output.keepsType ? joinableText(evaluation, value) : textOf(evaluation, value));
}

/** What was written: in typed mode the single value, else the text. */
export function resultOf(output: Output): unknown {
  return output.single === undefined ? output.text : output.single.value;
}

function writeText(evaluation: Evaluation, output: Output, text: string): void {
  const charCount = output.text.length + text.length;
  // Only the new piece is paid for, but the whole must fit.
  spendText(evaluation, charCount > evaluation.limits.outputCharsMax ? charCount : text.length);
  output.text += text;
}

function joinableText(evaluation: Evaluation, value: unknown): string {
  if (isMap(value) || isList(value)) {
    return fail(evaluation, 'type', `Can not join ${kindOf(value)} with other text in a typed value; use toJson to make it a text`);
  }
  return textOf(evaluation, value);
}
