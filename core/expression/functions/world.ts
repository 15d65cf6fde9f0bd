// Functions that ask the world: secrets, key-value pairs, files, logs, encryption.
import type { Call, FunctionDefinition } from '../call.ts';
import { argument, optionalBoolean, optionalText, refuse, requiredText } from '../call.ts';
import { spendText } from '../evaluation.ts';
import { attributeOf, ownEntry } from '../value/access.ts';
import { parseJson } from '../value/json-parse.ts';
import { isMap, missing } from '../value/kinds.ts';
import type { World } from '../world.ts';

/** Functions of the world, by name. */
export const worldFunctions = {
  decrypt: { parameters: ['key', 'encrypted'], doc: 'Decrypts a text.', apply: (call) => member(call, 'decrypt')(requiredText(call, 'key'), requiredText(call, 'encrypted')) },
  encrypt: { parameters: ['key', 'plaintext'], doc: 'Encrypts a text.', apply: (call) => member(call, 'encrypt')(requiredText(call, 'key'), requiredText(call, 'plaintext')) },
  env: { parameters: ['name', 'default'], doc: 'An environment variable that flows may see (`envs`).', apply: environment },
  errorLogs: { parameters: [], doc: 'The ERROR log lines of this execution: a list of maps with taskId, message, …', apply: (call) => member(call, 'errorLogs')() },
  fileExists: { parameters: ['path', 'namespace'], doc: 'Whether a file exists.', apply: (call) => member(call, 'fileExists')(safePath(call), optionalText(call, 'namespace')) },
  fileSize: { parameters: ['path', 'namespace', 'revision'], doc: 'The size of a file in bytes.', apply: (call) => member(call, 'fileSize')(safePath(call), optionalText(call, 'namespace')) },
  fileURI: { parameters: ['path', 'namespace', 'revision'], doc: 'The URI of a namespace file.', apply: fileUri },
  isFileEmpty: { parameters: ['path', 'namespace'], doc: 'Whether a file has no bytes.', apply: (call) => member(call, 'fileSize')(safePath(call), optionalText(call, 'namespace')) === 0 },
  kv: {
    parameters: ['key', 'namespace', 'errorOnMissing'],
    doc: 'The value of a key of the key-value store.',
    apply: (call) => {
      const { world } = call.evaluation;
      const errorOnMissing = optionalBoolean(call, 'errorOnMissing') ?? world.kvErrorOnMissing ?? false;
      return member(call, 'kv')(requiredText(call, 'key'), optionalText(call, 'namespace'), errorOnMissing) ?? null;
    },
  },
  read: {
    parameters: ['path', 'namespace', 'revision'],
    doc: 'The text of a namespace file, or of an address: kestra:///…, nsfile:///…, file:///….',
    apply: (call) => {
      const text = member(call, 'read')(safePath(call), optionalText(call, 'namespace'));
      spendText(call.evaluation, text.length);
      return text;
    },
  },
  secret: { parameters: ['key', 'namespace', 'subkey'], doc: 'A secret; subkey is a field of one that is JSON.', apply: secret },
} satisfies Readonly<Record<string, FunctionDefinition>>;

type Ability = 'decrypt' | 'encrypt' | 'errorLogs' | 'fileExists' | 'fileSize' | 'kv' | 'read' | 'secret';

function member<Name extends Ability>(call: Call, name: Name): NonNullable<World[Name]> {
  return call.evaluation.world[name] ?? refuse(call, `is not available here: this renderer was not given the ability \`${name}\``);
}

function safePath(call: Call): string {
  const path = requiredText(call, 'path');
  if (optionalText(call, 'revision') !== undefined) return refuse(call, 'has a `revision`, but revisions of namespace files are not kept here: leave it out for the file as it is now');
  // The world checks paths too; this closes `kestra:///a/../../other` for every world at once.
  if (/(^|[/\\])\.\.([/\\]|$)/.test(path)) return refuse(call, `failed: Path must not contain '../', found \`${path}\``);
  return path;
}

function fileUri(call: Call): string {
  const path = safePath(call);
  const { world, variables } = call.evaluation;
  const asked = optionalText(call, 'namespace');
  if (world.fileURI !== undefined) return world.fileURI(path, asked);
  const flow = ownEntry(variables, 'flow');
  const namespace = asked ?? attributeOf(flow, 'namespace');
  if (typeof namespace !== 'string') return refuse(call, 'needs to know the namespace: `flow.namespace` is missing');
  return `kestra:///${namespace.replaceAll('.', '/')}/_files/${path.replace(/^\/+/, '')}`;
}

function secret(call: Call): unknown {
  const key = requiredText(call, 'key');
  const text = member(call, 'secret')(key, optionalText(call, 'namespace'));
  const subkey = optionalText(call, 'subkey');
  if (subkey === undefined) return text;
  const fields = parsedSecret(text, call);
  const value = isMap(fields) ? ownEntry(fields, subkey) : missing;
  return value === missing ? refuse(call, `can not find the subkey \`${subkey}\` in the secret \`${key}\``) : value;
}

function parsedSecret(text: string, call: Call): unknown {
  try {
    return parseJson(text);
  } catch {
    return refuse(call, 'has a subkey, but the secret is not JSON');
  }
}

function environment(call: Call): unknown {
  const name = requiredText(call, 'name');
  const envs = ownEntry(call.evaluation.variables, 'envs');
  const value = isMap(envs) ? [name, name.toLowerCase()].map((key) => ownEntry(envs, key)).find((found) => found !== missing) : undefined;
  if (value !== undefined) return value;
  const fallback = argument(call, 'default');
  return fallback === undefined ? refuse(call, `can not find the environment variable \`${name}\``) : fallback;
}
