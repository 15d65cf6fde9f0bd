// Filters from values to data formats, and the query language jq.
import type { Call, Filter } from '../call.ts';
import { refuse, requiredText } from '../call.ts';
import { messageOf } from '../error.ts';
import { spend, spendText } from '../evaluation.ts';
import { ionText } from '../ion-text.ts';
import { runJq } from '../jq/index.ts';
import { parseJson } from '../value/json-parse.ts';
import { jsonText } from '../value/json-text.ts';
import { isList, isMap, kindOf } from '../value/kinds.ts';
import { isNumber, javaClassOf } from '../value/numbers.ts';
import { isEmpty } from '../value/truth.ts';
import { yamlText } from '../yaml-text.ts';
import { notNull } from './input.ts';

const toJson: Filter = { parameters: [], doc: 'The value as JSON.', apply: (input, call) => jsonText(call.evaluation, input) };

/** Data formats and what else works on any value, by name. */
export const dataFilters = {
  className: { parameters: [], doc: 'The name of the Java class that the value would have.', apply: notNull(className) },
  default: {
    parameters: ['default'],
    acceptsMissing: true,
    doc: 'Another value when the input is missing, null or empty.',
    apply: (input, call) => (isEmpty(input) ? (call.values[0] ?? null) : input),
  },
  jq: { parameters: ['expression'], doc: 'The results of a jq expression, always a list. A text is read as JSON first.', apply: notNull((input, call) => jq(input, call)) },
  json: toJson,
  toIon: { parameters: [], doc: 'The value as Amazon Ion text.', apply: (input, call) => ionText(call.evaluation, input) },
  toJson,
  yaml: { parameters: [], doc: 'The value as YAML.', apply: (input, call) => yamlText(call.evaluation, input) },
} satisfies Readonly<Record<string, Filter>>;

function jq(input: unknown, call: Call): readonly unknown[] {
  const expression = requiredText(call, 'expression');
  return runJq(call.evaluation, expression, typeof input === 'string' ? parsedInput(input, call) : input);
}

function parsedInput(text: string, call: Call): unknown {
  spendText(call.evaluation, text.length);
  spend(call.evaluation, text.length / 16);
  try {
    return parseJson(text);
  } catch (thrown) {
    return refuse(call, `can not read its input: ${messageOf(thrown)}`);
  }
}

function className(input: unknown, call: Call): string {
  if (typeof input === 'string') return 'java.lang.String';
  if (typeof input === 'boolean') return 'java.lang.Boolean';
  if (isNumber(input)) return javaClassOf(input);
  if (isList(input)) return 'java.util.ArrayList';
  if (input instanceof Date) return 'java.time.Instant';
  return isMap(input) ? 'java.util.LinkedHashMap' : refuse(call, `met ${kindOf(input)}`);
}
