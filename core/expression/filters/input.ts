// What filters accept as input: null passes through, as in `{{ null | upper }}`.
import type { Call, Filter } from '../call.ts';
import { refuse } from '../call.ts';
import { spendText } from '../evaluation.ts';
import { isList, isMap, kindOf } from '../value/kinds.ts';
import { textOf } from '../value/text.ts';

/** A filter on a text; numbers, booleans and dates are taken as text. A text that comes out is within the limits. */
export function onText(apply: (text: string, call: Call) => unknown): Filter['apply'] {
  return (input, call) => {
    if (input === null || input === undefined) return null;
    if (isList(input) || isMap(input)) return refuse(call, `expects a text, found ${kindOf(input)}`);
    const text = textOf(call.evaluation, input);
    spendText(call.evaluation, text.length);
    const result = apply(text, call);
    if (typeof result === 'string') spendText(call.evaluation, result.length);
    return result;
  };
}

/** A filter on anything but null. */
export function notNull(apply: (input: unknown, call: Call) => unknown): Filter['apply'] {
  return (input, call) => (input === null || input === undefined ? null : apply(input, call));
}
