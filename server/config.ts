/** The configuration, read once at the start: environment variables, and a YAML file beside them. Parsed here and trusted inside. */
import { readFileSync } from 'node:fs';
import { isAbsolute, normalize } from 'node:path';
import { Type, type Static } from 'typebox';
import { Value } from 'typebox/value';
import { parseConfigText, type PluginDefault } from '../core/language/index.ts';
import { roles, type Role } from '../core/protocol/entities/participant.ts';
import { namespacePattern } from '../core/protocol/ids.ts';
import { parseDurationMs } from '../core/protocol/time.ts';
import type { DockerSettings } from '../plugins/sdk/index.ts';
import type { Ambient } from './ambient/index.ts';
import type { RetentionRule } from './executor/index.ts';

export interface Config {
  readonly host: string;
  readonly port: number;
  readonly dataPath: string;
  /** Neither of the two stores grows beyond it. */
  readonly storeBytesMax: number | undefined;
  readonly publicUrl: string | undefined;
  readonly tls: { readonly certPath: string; readonly keyPath: string } | undefined;
  readonly trustedProxies: readonly string[];
  readonly testPlugins: boolean;
  readonly languageLevel: '0.20' | '1.x' | '2.0';
  readonly globals: Readonly<Record<string, unknown>>;
  readonly globalDefaults: readonly PluginDefault[];
  readonly encryptionKey: string | undefined;
  /** Folders below which flows may read `file:///` addresses. */
  readonly localPaths: readonly string[];
  /** What is taken away how long after its execution ended, by namespace. */
  readonly retention: readonly RetentionRule[];
  /** `SECRET_<NAME>`, base64. */
  readonly secrets: Readonly<Record<string, string>>;
  /** `envs.*` of expressions. */
  readonly envs: Readonly<Record<string, string>>;
  readonly docker: DockerSettings;
  readonly command: { readonly type: 'serve'; readonly share: { readonly role: Role } | undefined } | { readonly type: 'administrator' };
}

/** A sentence for the person who starts the server; exit code 78 (docs/running). */
export class ConfigError extends Error {}

const fileSchema = Type.Object({
  globals: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
  encryptionKey: Type.Optional(Type.String()),
  languageLevel: Type.Optional(Type.Union([Type.Literal('0.20'), Type.Literal('1.x'), Type.Literal('2.0')])),
  localFiles: Type.Optional(Type.Array(Type.String())),
  retention: Type.Optional(Type.Array(Type.Object({
    namespace: Type.Optional(Type.String()), executions: Type.Optional(Type.String()), logs: Type.Optional(Type.String()), files: Type.Optional(Type.String()),
  }, { additionalProperties: false }))),
  pluginDefaults: Type.Optional(Type.Array(Type.Object({ type: Type.String(), forced: Type.Optional(Type.Boolean()), values: Type.Record(Type.String(), Type.Unknown()) }))),
  docker: Type.Optional(Type.Object({
    host: Type.Optional(Type.String()),
    fallback: Type.Optional(Type.Union([Type.Literal('none'), Type.Literal('process')])),
    trusted: Type.Optional(Type.Boolean()),
  }, { additionalProperties: false })),
}, { additionalProperties: false });

export function readConfig(ambient: Pick<Ambient, 'environment' | 'environmentWith'>, args: readonly string[]): Config {
  const env = (name: string): string | undefined => { const value = ambient.environment(name); return value === undefined || value === '' ? undefined : value; };
  const file = readFile(env('ENSEMBLE_CONFIG'));
  const portText = env('ENSEMBLE_PORT') ?? '8080';
  const port = Number(portText);
  if (!/^\d+$/.test(portText) || port > 65_535) throw new ConfigError(`ENSEMBLE_PORT must be a number from 0 to 65535, found "${portText}"`);
  const publicUrl = env('ENSEMBLE_PUBLIC_URL');
  if (publicUrl !== undefined && !(URL.canParse(publicUrl) && /^https?:$/.test(new URL(publicUrl).protocol))) throw new ConfigError(`ENSEMBLE_PUBLIC_URL must be an address such as https://ensemble.example.com, found "${publicUrl}"`);
  const certPath = env('ENSEMBLE_TLS_CERT');
  const keyPath = env('ENSEMBLE_TLS_KEY');
  if ((certPath === undefined) !== (keyPath === undefined)) throw new ConfigError('ENSEMBLE_TLS_CERT and ENSEMBLE_TLS_KEY belong together: set both or none');
  for (const [name, path] of [['ENSEMBLE_TLS_CERT', certPath], ['ENSEMBLE_TLS_KEY', keyPath]] as const) {
    if (path !== undefined) refusePem(name, path);
  }
  const command = commandOf(args);
  const envs: Record<string, string> = {};
  for (const prefix of ['KESTRA_', 'ENV_']) for (const [name, value] of Object.entries(ambient.environmentWith(prefix))) envs[name.slice(prefix.length).toLowerCase()] = value;
  return {
    host: env('ENSEMBLE_HOST') ?? (command.type === 'serve' && command.share !== undefined ? '0.0.0.0' : '127.0.0.1'),
    port, publicUrl: publicUrl?.replace(/\/+$/, ''), dataPath: env('ENSEMBLE_DATA') ?? './data', storeBytesMax: bytesOf('ENSEMBLE_STORE_LIMIT', env('ENSEMBLE_STORE_LIMIT')),
    tls: certPath === undefined || keyPath === undefined ? undefined : { certPath, keyPath },
    trustedProxies: (env('ENSEMBLE_TRUSTED_PROXIES') ?? '').split(',').map((address) => address.trim()).filter((address) => address !== ''),
    testPlugins: env('ENSEMBLE_TEST_PLUGINS') === '1',
    languageLevel: file.languageLevel ?? '1.x', globals: file.globals ?? {},
    globalDefaults: (file.pluginDefaults ?? []).map((one) => ({ type: one.type, forced: one.forced ?? false, values: one.values })),
    encryptionKey: env('ENSEMBLE_ENCRYPTION_KEY') ?? file.encryptionKey,
    localPaths: (file.localFiles ?? []).map(checkedFolder), retention: (file.retention ?? []).map(ruleOf),
    secrets: ambient.environmentWith('SECRET_'), envs, command,
    docker: dockerOf(env, file.docker ?? {}),
  };
}

/** `500MB`, `20 GB`: bytes, in powers of 1024. */
function bytesOf(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const match = /^(\d+)\s*(MB|GB)$/i.exec(text.trim());
  const bytes = match === null ? 0 : Number(match[1]) * 1024 ** (match[2]?.toUpperCase() === 'GB' ? 3 : 2);
  if (bytes === 0) throw new ConfigError(`${name} must be a size such as 500MB or 20GB, found "${text}"`);
  return bytes;
}

/** The environment wins over the file; `DOCKER_HOST` is what other Docker programs of the machine read. */
function dockerOf(env: (name: string) => string | undefined, file: Partial<DockerSettings>): DockerSettings {
  const fallback = env('ENSEMBLE_DOCKER_FALLBACK') ?? file.fallback ?? 'none';
  if (fallback !== 'none' && fallback !== 'process') throw new ConfigError(`ENSEMBLE_DOCKER_FALLBACK must be "none" or "process", found "${fallback}"`);
  const own = env('ENSEMBLE_DOCKER_HOST') ?? file.host;
  if (own !== undefined && !/^(unix:\/\/\/|(tcp|http|https):\/\/)./.test(own)) throw new ConfigError(`ENSEMBLE_DOCKER_HOST (or docker.host of the file) must be an address such as unix:///var/run/docker.sock or tcp://127.0.0.1:2375, found "${own}"`);
  const host = own ?? env('DOCKER_HOST');
  return { fallback, trusted: file.trusted ?? false, ...(host === undefined ? {} : { host }) };
}

/** Absolute, and not the whole disk: secrets of the machine lie somewhere below it. */
function checkedFolder(path: string): string {
  if (!isAbsolute(path) || normalize(path) === '/') throw new ConfigError(`localFiles: "${path}" must be the absolute path of a folder that flows may read, and not the whole disk`);
  return normalize(path);
}

function ruleOf(rule: NonNullable<Static<typeof fileSchema>['retention']>[number], index: number): RetentionRule {
  const place = `retention[${index}]`;
  const namespace = rule.namespace ?? '';
  if (namespace !== '' && !namespacePattern.test(namespace)) throw new ConfigError(`${place}: namespace "${namespace}" must hold only lower-case letters, digits, ".", "_" and "-"; leave it out for every namespace`);
  const durationOf = (name: string, text: string): number => {
    const ms = parseDurationMs(text);
    if (ms === undefined || ms <= 0) throw new ConfigError(`${place}: ${name} "${text}" is not an ISO-8601 duration such as P30D`);
    return ms;
  };
  if (rule.executions === undefined && rule.logs === undefined && rule.files === undefined) throw new ConfigError(`${place} keeps everything: give it "executions", "logs" or "files", such as executions: P90D`);
  return {
    namespace,
    ...(rule.executions === undefined ? {} : { executionsMs: durationOf('executions', rule.executions) }),
    ...(rule.logs === undefined ? {} : { logsMs: durationOf('logs', rule.logs) }),
    ...(rule.files === undefined ? {} : { filesMs: durationOf('files', rule.files) }),
  };
}

/** The transport only says that it could not start; the sentence of what is wrong is made here. */
function refusePem(name: string, path: string): void {
  let text: string;
  try {
    text = readFileSync(path, 'latin1');
  } catch (error) {
    throw new ConfigError(`${name} "${path}" can not be read: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (!text.includes('-----BEGIN ')) throw new ConfigError(`${name} "${path}" is no PEM file: it holds no "-----BEGIN" line`);
}

function commandOf(args: readonly string[]): Config['command'] {
  let share: { readonly role: Role } | undefined;
  for (const arg of args) {
    const [name, value] = arg.split('=');
    if (name === '--administrator') return { type: 'administrator' };
    if (name === '--share') {
      const role = roles.find((one) => one === (value ?? 'editor'));
      if (role === undefined || role === 'admin') throw new ConfigError(`--share takes the role of the invitation link: editor or viewer, found "${value ?? ''}"`);
      share = { role };
      continue;
    }
    throw new ConfigError(`Unknown option "${arg}": --share[=editor|viewer] lets others join, --administrator prints a new administrator link`);
  }
  return { type: 'serve', share };
}

function readFile(path: string | undefined): Static<typeof fileSchema> {
  if (path === undefined) return {};
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new ConfigError(`ENSEMBLE_CONFIG "${path}" can not be read: ${error instanceof Error ? error.message : String(error)}`);
  }
  const parsed = parseConfigText(text);
  if (parsed.problem !== undefined) throw new ConfigError(`ENSEMBLE_CONFIG "${path}" is not valid YAML: ${parsed.problem}`);
  const value = parsed.value ?? {};
  if (Value.Check(fileSchema, value)) return value;
  const first = [...Value.Errors(fileSchema, value)][0];
  throw new ConfigError(`ENSEMBLE_CONFIG "${path}" is wrong at ${first?.instancePath || 'its top level'}: ${first?.message ?? 'not of the expected shape'}; known are globals, encryptionKey, languageLevel ("0.20", "1.x", "2.0"), localFiles, retention, pluginDefaults and docker (host, fallback, trusted)`);
}
