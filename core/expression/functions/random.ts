// Functions of chance and time.
import type { Call, FunctionDefinition } from '../call.ts';
import { argument, optionalInteger, optionalText, refuse, requiredInteger } from '../call.ts';
import { dateParameters, formatted, momentAt, zoneOf } from '../date/calls.ts';
import { spend } from '../evaluation.ts';
import { isInteger } from '../value/numbers.ts';

const nanoIdAlphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-';
const nanoIdLengthMax = 1000;

/** Chance and time, by name. */
export const randomFunctions = {
  id: {
    parameters: [],
    doc: 'A new friendly id of 22 letters and digits.',
    apply: (call) => (call.evaluation.world.id ?? refuse(call, 'is not available here: this renderer was given no ids'))(),
  },
  nanoId: {
    parameters: ['length', 'alphabet'],
    doc: 'A random text of the length (default 21) out of the letters of the alphabet.',
    apply: (call) => {
      const length = optionalInteger(call, 'length') ?? 21;
      const alphabet = optionalText(call, 'alphabet') ?? nanoIdAlphabet;
      if (length < 1 || length > nanoIdLengthMax || alphabet === '') return refuse(call, `expects a \`length\` of 1 to ${nanoIdLengthMax} and an \`alphabet\` that is not empty`);
      spend(call.evaluation, length / 8);
      return Array.from({ length }, () => alphabet.charAt(Math.floor(call.evaluation.world.random() * alphabet.length))).join('');
    },
  },
  now: {
    parameters: dateParameters,
    doc: 'The present time as text, in a format and time zone.',
    apply: (call) => formatted(momentAt(call.evaluation.world.nowMs(), zoneOf(call), call), call),
  },
  randomInt: { parameters: ['lower', 'upper'], doc: 'A random integer from lower up to but not including upper.', apply: randomInt },
  randomPort: { parameters: [], doc: 'A random port number from 1024 to 65535.', apply: (call) => 1024 + Math.floor(call.evaluation.world.random() * (65_536 - 1024)) },
  uuid: { parameters: [], doc: 'A new UUID.', apply: (call) => call.evaluation.world.uuid() },
} satisfies Readonly<Record<string, FunctionDefinition>>;

function randomInt(call: Call): number {
  for (const parameter of ['lower', 'upper']) {
    if (!isInteger(argument(call, parameter))) return refuse(call, `needs an integer as \`${parameter}\``);
  }
  const lower = requiredInteger(call, 'lower');
  const upper = requiredInteger(call, 'upper');
  if (lower > upper) return refuse(call, `expects \`lower\` (${lower}) not to be above \`upper\` (${upper})`);
  return lower + Math.floor(call.evaluation.world.random() * (upper - lower));
}
