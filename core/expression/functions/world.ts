// Functions that ask the world: secrets, key-value pairs, files, logs, encryption.
import type { Call, FunctionDefinition } from '../call.ts';
import { argument, optionalBoolean, optionalInteger, optionalText, refuse, requiredText } from '../call.ts';
import { Deferred } from '../deferred.ts';
import { messageOf } from '../error.ts';
import { spendText } from '../evaluation.ts';
import { urlEncode } from '../encoding.ts';
import { attributeOf, ownEntry } from '../value/access.ts';
import { parseJson } from '../value/json-parse.ts';
import { jsonText } from '../value/json-text.ts';
import { isList, isMap, kindOf, missing } from '../value/kinds.ts';
import { entriesOf } from '../value/maps.ts';
import { textOf } from '../value/text.ts';
import type { HttpCall, World } from '../world.ts';

/** Functions of the world, by name. */
export const worldFunctions = {
  decrypt: { parameters: ['key', 'encrypted'], doc: 'Decrypts a text.', apply: (call) => member(call, 'decrypt')(requiredText(call, 'key'), requiredText(call, 'encrypted')) },
  encrypt: { parameters: ['key', 'plaintext'], doc: 'Encrypts a text.', apply: (call) => member(call, 'encrypt')(requiredText(call, 'key'), requiredText(call, 'plaintext')) },
  env: { parameters: ['name', 'default'], doc: 'An environment variable that flows may see (`envs`).', apply: environment },
  errorLogs: { parameters: [], doc: 'The ERROR log lines of this execution: a list of maps with taskId, message, …', apply: (call) => member(call, 'errorLogs')() },
  fileExists: { parameters: ['path', 'namespace'], doc: 'Whether a file exists.', apply: (call) => member(call, 'fileExists')(safePath(call), optionalText(call, 'namespace')) },
  fileSize: { parameters: ['path', 'namespace', 'revision'], doc: 'The size of a file in bytes.', apply: (call) => sizeOf(call) },
  fileURI: { parameters: ['path', 'namespace', 'revision'], doc: 'The URI of a namespace file.', apply: fileUri },
  http: {
    parameters: ['uri', 'method', 'query', 'headers', 'body', 'contentType', 'accept'],
    doc: 'What a web address answers; JSON becomes a value. It is evaluated by a task thread.',
    apply: (call) => member(call, 'http')(httpCall(call)),
  },
  isFileEmpty: { parameters: ['path', 'namespace'], doc: 'Whether a file has no bytes.', apply: (call) => sizeOf(call) === 0 },
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
      const path = safePath(call);
      const read = member(call, 'read');
      const text = reading(call, path, () => read(path, optionalText(call, 'namespace')));
      spendText(call.evaluation, text.length);
      return text;
    },
  },
  secret: { parameters: ['key', 'namespace', 'subkey', 'full'], doc: 'A secret; subkey is a field of one that is JSON; with full=true a map of its value and metadata.', apply: secret },
  subflow: {
    parameters: ['namespace', 'id', 'inputs', 'revision', 'flowId'],
    doc: 'Runs a flow and gives its execution when it has ended: `.outputs.x`, `.state`. It is evaluated by a task thread.',
    apply: (call) => {
      const inputs = argument(call, 'inputs') ?? {};
      const revision = optionalInteger(call, 'revision');
      return member(call, 'subflow')({
        namespace: requiredText(call, 'namespace'), flowId: optionalText(call, 'id') ?? requiredText(call, 'flowId'),
        inputs: isMap(inputs) ? inputs : refuse(call, `expects a map as \`inputs\`, found ${kindOf(inputs)}`), ...(revision === undefined ? {} : { revision }),
      });
    },
  },
} satisfies Readonly<Record<string, FunctionDefinition>>;

type Ability = 'decrypt' | 'encrypt' | 'errorLogs' | 'fileExists' | 'fileSize' | 'http' | 'kv' | 'read' | 'secret' | 'subflow';

function member<Name extends Ability>(call: Call, name: Name): NonNullable<World[Name]> {
  return call.evaluation.world[name] ?? refuse(call, `is not available here: this renderer was not given the ability \`${name}\``);
}

function sizeOf(call: Call): number {
  const path = safePath(call);
  const size = member(call, 'fileSize');
  return reading(call, path, () => size(path, optionalText(call, 'namespace')));
}

/** Whatever the world says against it, the message begins with what could not be done, and with which file. */
function reading<Result>(call: Call, path: string, read: () => Result): Result {
  try {
    return read();
  } catch (thrown) {
    if (thrown instanceof Deferred) throw thrown;
    return refuse(call, `failed: Unable to read the file \`${path}\`: ${messageOf(thrown)}`);
  }
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

/** A map or list as body is sent as JSON; `query` is added to the address. */
function httpCall(call: Call): HttpCall {
  const body = argument(call, 'body');
  const isData = isMap(body) || isList(body);
  const contentType = optionalText(call, 'contentType') ?? (body === undefined || body === null ? undefined : 'application/json');
  const accept = optionalText(call, 'accept');
  const uri = requiredText(call, 'uri');
  if (!/^https?:\/\//i.test(uri)) return refuse(call, `expects an address that begins with http:// or https://, found \`${uri}\``);
  const query = Object.entries(textsOf(call, 'query')).map(([name, value]) => `${urlEncode(name)}=${urlEncode(value)}`).join('&');
  return {
    uri: query === '' ? uri : `${uri}${uri.includes('?') ? '&' : '?'}${query}`, method: (optionalText(call, 'method') ?? 'GET').toUpperCase(),
    headers: { ...(contentType === undefined ? {} : { 'content-type': contentType }), ...(accept === undefined ? {} : { accept }), ...textsOf(call, 'headers') },
    ...(body === undefined || body === null ? {} : { body: isData ? jsonText(call.evaluation, body) : textOf(call.evaluation, body) }),
  };
}

function textsOf(call: Call, parameter: string): Readonly<Record<string, string>> {
  const value = argument(call, parameter) ?? {};
  if (!isMap(value)) return refuse(call, `expects a map as \`${parameter}\`, found ${kindOf(value)}`);
  return Object.fromEntries(entriesOf(value).map(([key, item]) => [key, textOf(call.evaluation, item)]));
}

function secret(call: Call): unknown {
  const key = requiredText(call, 'key');
  const text = member(call, 'secret')(key, optionalText(call, 'namespace'));
  const subkey = optionalText(call, 'subkey');
  const isFull = optionalBoolean(call, 'full') ?? false;
  if (subkey === undefined) return isFull ? { value: text, metadata: {} } : text;
  const fields = parsedSecret(text, call);
  const value = isMap(fields) ? ownEntry(fields, subkey) : missing;
  if (value === missing) return refuse(call, `can not find the subkey \`${subkey}\` in the secret \`${key}\``);
  return isFull ? { value, metadata: {} } : value;
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
