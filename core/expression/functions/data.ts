// Functions from data formats to values.
import type { Call, FunctionDefinition } from '../call.ts';
import { optionalBoolean, refuse, requiredArgument } from '../call.ts';
import { messageOf } from '../error.ts';
import { spend, spendText } from '../evaluation.ts';
import { parseIon } from '../ion-text.ts';
import { parseJson } from '../value/json-parse.ts';
import { kindOf } from '../value/kinds.ts';
import { parseYaml } from '../yaml-text.ts';

const fromJson: FunctionDefinition = {
  parameters: ['json'],
  doc: 'The value that a JSON text writes.',
  apply: (call) => parsed(call, 'json', parseJson),
};

/** Readers of data formats, by name. */
export const dataFunctions = {
  fromIon: {
    parameters: ['ion', 'allRows'],
    doc: 'The value that an Amazon Ion text writes: the first of several, or with allRows=true a list of all.',
    apply: (call) =>
      parsed(call, 'ion', (text) => {
        const rows = parseIon(text);
        return optionalBoolean(call, 'allRows') === true ? rows : (rows[0] ?? null);
      }),
  },
  fromJson,
  json: fromJson,
  yaml: { parameters: ['yaml'], doc: 'The value that a YAML text writes.', apply: (call) => parsed(call, 'yaml', parseYaml) },
} satisfies Readonly<Record<string, FunctionDefinition>>;

function parsed(call: Call, parameter: string, parse: (text: string) => unknown): unknown {
  const text = requiredArgument(call, parameter);
  if (text === null) return null;
  if (typeof text !== 'string') return refuse(call, `expects a text as \`${parameter}\`, found ${kindOf(text)}`);
  spendText(call.evaluation, text.length);
  // Measured: a microsecond reads some fifty characters of JSON, six of Ion, and not two of YAML.
  spend(call.evaluation, parse === parseJson ? text.length / 16 : parse === parseYaml ? text.length * 5 : 100 + text.length);
  try {
    return parse(text);
  } catch (thrown) {
    return refuse(call, `can not read its argument: ${messageOf(thrown)}`);
  }
}
