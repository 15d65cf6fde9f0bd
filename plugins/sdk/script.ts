/**
 * What all script tasks share: the properties around the commands, the files that go in and out, the protocol lines
 * `::{"outputs":{…},"metrics":[…]}::`, and how the end of the process becomes the end of the task.
 */
import { Buffer } from 'node:buffer';
import { Type, type TObject, type TSchema } from 'typebox';
import { isLogLevel } from '../../core/protocol/entities/log-entry.ts';
import { parseJsonText } from '../../core/protocol/json.ts';
import type { PluginDefinition, TaskContext, TaskOutcome } from './index.ts';
import { anything, boolean, choice, dynamic, integer, mapOf, mapOrText, optional, taskRunnerProperty, text, texts, textOrTexts } from './schema.ts';
import { clipped, isMap, messageOf, renderedBoolean, renderedMap, renderedText, renderedTexts, TaskFailure, textOf } from './values.ts';

/** An argument of a process may have 128 KiB on Linux; longer scripts go through a file. */
const argumentBytesMax = 120_000;
const processRunner = 'io.kestra.plugin.core.runner.Process';
const dockerRunner = 'io.kestra.plugin.scripts.runner.docker.Docker';
const internalUriPattern = /kestra:\/\/[^\s"'`<>|;&()]+/g;
const outputFolder = '.ensemble-output';
const fetchedFolder = '.ensemble-fetched';
const longScriptFile = '.ensemble-script';

export const scriptProperties = (): Record<string, TSchema> => ({
  beforeCommands: optional(dynamic(textOrTexts({ title: 'Commands before', description: 'Run first, in the same shell: to install or to prepare something.' }))),
  interpreter: optional(textOrTexts({ title: 'The interpreter', description: 'Program and arguments; the commands follow as one argument.', default: ['/bin/sh', '-c'] })),
  failFast: optional(dynamic(boolean({ title: 'Stop at the first failing command', description: 'Begins the script with `set -e`. With `false` only the last command decides.', default: true }))),
  env: optional(dynamic(mapOf({ type: 'string' }, { title: 'Environment variables', description: 'By name. Of the server\'s own environment only PATH, HOME, LANG, TZ and TMPDIR are passed on.' }))),
  inputFiles: optional(dynamic(mapOrText({ title: 'Files to put into the directory', description: 'By relative path: a text, or a `kestra://` address of a stored file. Or a text that renders to such a map as JSON.' }))),
  outputFiles: optional(dynamic(texts({ title: 'Files to keep', description: 'Globs of relative paths; what matches at the end is stored, its address stands in the output `outputFiles`.', examples: [['*.csv', 'out/**']] }))),
  outputDirectory: optional(boolean({ title: 'A directory whose files are kept', description: 'Its path is `{{ outputDir }}` and the variable `OUTPUT_DIR`; every file in it at the end is stored.', default: false })),
  taskRunner: optional(taskRunnerProperty({ title: 'Where it runs', description: `\`${processRunner}\` runs on this machine. Docker is accepted and runs on this machine, too, with a warning.` })),
  containerImage: optional(dynamic(text({ title: 'Container image', description: 'Read for flows that were written for Docker; not used by the Process runner.' }))),
  warningOnStdErr: optional(boolean({ title: 'Warn about error output', description: 'In flows of language level 0.20 any line on the error stream makes the state WARNING, unless this is `false`. Later levels look at the exit code only.', default: true, deprecated: true })),
  targetOS: optional(choice(['AUTO', 'LINUX', 'WINDOWS'], { title: 'Operating system', description: 'Read for other runners; the Process runner takes the machine as it is.', default: 'AUTO' })),
  runner: optional(choice(['PROCESS', 'DOCKER'], { title: 'Where it runs', description: 'Earlier form of `taskRunner`.', deprecated: true })),
  docker: optional(anything({ title: 'Docker settings', description: 'Earlier form of `taskRunner`; not used by the Process runner.', deprecated: true })),
});

export const scriptOutputs = (): TObject => Type.Object({
  exitCode: integer({ title: 'Exit code' }),
  vars: mapOf(undefined, { title: 'Values from lines `::{"outputs":{…}}::`' }),
  outputFiles: mapOf({ type: 'string' }, { title: 'Addresses of the stored files, by relative path' }),
  stdOutLineCount: integer({ title: 'Lines on the standard output' }),
  stdErrLineCount: integer({ title: 'Lines on the error output' }),
});

export const scriptMetrics: NonNullable<PluginDefinition['metrics']> = [
  { name: 'any', type: 'counter', description: 'Those that the script gives in lines `::{"metrics":[…]}::`; timers in seconds' },
];

/** Renders and runs the lines of a script, stores its files, and answers its end. `linesOf` gets a context that knows `workingDir`. */
export async function runScript(plainContext: TaskContext, linesOf: (context: TaskContext) => readonly string[]): Promise<TaskOutcome> {
  const directory = await plainContext.files.workingDirectory();
  const keepsDirectory = renderedBoolean(plainContext, 'outputDirectory', false) || plainContext.properties['runner'] !== undefined;
  const outputDirectory = `${directory}/${outputFolder}`;
  if (keepsDirectory) await plainContext.files.write(`${outputFolder}/.keep`, '');
  const context = plainContext.withVariables({ workingDir: directory, ...(keepsDirectory ? { outputDir: outputDirectory } : {}) });
  sayWhereItRuns(context);
  for (const [path, content] of Object.entries(renderedMap(context, 'inputFiles'))) await placeFile(context, path, textOf(content));
  const fetch = fetcher(context);
  const script = [
    ...(renderedBoolean(context, 'failFast', true) ? ['set -e'] : []),
    ...renderedTexts(context, 'beforeCommands'),
    ...linesOf(context),
  ];
  const env: Record<string, string> = { WORKING_DIR: directory, ...(keepsDirectory ? { OUTPUT_DIR: outputDirectory } : {}) };
  for (const [name, value] of Object.entries(renderedMap(context, 'env'))) env[name] = await fetch(textOf(value));
  const command = await commandOf(context, await fetch(script.join('\n')));
  const protocol = protocolReader(context);
  const end = await context.process({ command, env, directory, onLine: protocol.onLine });
  const outputFiles = await storedFiles(context, keepsDirectory);
  const outputs = { exitCode: end.exitCode, vars: protocol.vars, outputFiles, stdOutLineCount: protocol.count('stdout'), stdErrLineCount: protocol.count('stderr') };
  if (end.exitCode !== 0) {
    const why = end.signal === undefined ? `exit code ${end.exitCode}` : `exit code ${end.exitCode} (signal ${end.signal})`;
    return { type: 'failed', message: `Command failed with ${why}`, outputs };
  }
  const warns = context.languageLevel === '0.20' && protocol.count('stderr') > 0 && renderedBoolean(context, 'warningOnStdErr', true);
  return { type: 'succeeded', outputs, ...(warns ? { finalState: 'WARNING' } : {}) };
}

function sayWhereItRuns(context: TaskContext): void {
  const runner = context.properties['taskRunner'];
  const type = isMap(runner) ? textOf(runner['type']) : undefined;
  if (type === processRunner || (type === undefined && context.properties['runner'] === 'PROCESS')) return;
  const image = renderedText(context, 'containerImage');
  const asked = type === dockerRunner || context.properties['runner'] === 'DOCKER' || image !== undefined;
  if (type !== undefined && type !== dockerRunner) throw new TaskFailure(`The task runner "${clipped(type)}" cannot run scripts here: expected ${processRunner}.`);
  context.log(asked ? 'WARN' : 'INFO', `Docker is not used: the commands run as a process of this machine${image === undefined ? '' : `, not in the image ${image}`}. Set "taskRunner: {type: ${processRunner}}" to say so in the flow.`);
}

async function placeFile(context: TaskContext, path: string, content: string): Promise<void> {
  if (content.startsWith('kestra://')) await context.files.fetch(content.trim(), path);
  else await context.files.write(path, content);
}

/** Replaces addresses of stored files by paths of local copies. */
function fetcher(context: TaskContext): (source: string) => Promise<string> {
  const paths = new Map<string, string>();
  return async (source) => {
    for (const uri of new Set(source.match(internalUriPattern) ?? [])) {
      if (paths.has(uri)) continue;
      const name = uri.slice(uri.lastIndexOf('/') + 1) || 'file';
      paths.set(uri, await context.files.fetch(uri, `${fetchedFolder}/${paths.size}/${name}`));
    }
    return source.replace(internalUriPattern, (uri) => paths.get(uri) ?? uri);
  };
}

async function commandOf(context: TaskContext, script: string): Promise<readonly string[]> {
  const interpreter = context.properties['interpreter'] === undefined ? ['/bin/sh', '-c'] : [...renderedTexts(context, 'interpreter')];
  if (interpreter.length === 0 || interpreter[0] === '') throw new TaskFailure('The property "interpreter" is empty: expected a program and its arguments, such as ["/bin/sh", "-c"].');
  if (Buffer.byteLength(script) <= argumentBytesMax) return [...interpreter, script];
  if (interpreter.at(-1) !== '-c') throw new TaskFailure(`The script has ${Buffer.byteLength(script)} bytes, more than one argument of "${interpreter.join(' ')}" may have: put it into a file with "inputFiles".`);
  return [...interpreter.slice(0, -1), await context.files.write(longScriptFile, script)];
}

async function storedFiles(context: TaskContext, keepsDirectory: boolean): Promise<Readonly<Record<string, string>>> {
  const stored: Record<string, string> = {};
  const globs = renderedTexts(context, 'outputFiles');
  const own = (path: string): boolean => path.startsWith(`${fetchedFolder}/`) || path.startsWith(`${outputFolder}/`) || path === longScriptFile;
  if (globs.length > 0) for (const path of await context.files.find(globs)) if (!own(path)) stored[path] = await context.files.store(path);
  if (!keepsDirectory) return stored;
  for (const path of await context.files.find([`${outputFolder}/**`])) {
    const name = path.slice(outputFolder.length + 1);
    if (name !== '.keep') stored[name] = await context.files.store(path, name);
  }
  return stored;
}

type Stream = 'stdout' | 'stderr';

/** Turns lines into log lines, values and metrics. */
function protocolReader(context: TaskContext) {
  const vars: Record<string, unknown> = {};
  const counts = { stdout: 0, stderr: 0 };
  return {
    vars,
    count: (stream: Stream): number => counts[stream],
    onLine: (stream: Stream, line: string): void => {
      counts[stream] += 1;
      const trimmed = line.trim();
      if (trimmed.startsWith('::{') && trimmed.endsWith('}::')) readProtocolLine(context, trimmed.slice(2, -2), vars);
      else context.log(stream === 'stdout' ? 'INFO' : 'WARN', line);
    },
  };
}

function readProtocolLine(context: TaskContext, json: string, vars: Record<string, unknown>): void {
  let parsed: unknown;
  try {
    parsed = parseJsonText(json);
  } catch (thrown) {
    context.log('WARN', `A line ::{…}:: of the script is no JSON (${messageOf(thrown)}): ${clipped(json)}`);
    return;
  }
  if (!isMap(parsed)) return;
  if (isMap(parsed['outputs'])) {
    // `__proto__` as a name must become a member like any other, not the prototype.
    for (const [name, value] of Object.entries(parsed['outputs'])) Object.defineProperty(vars, name, { value, enumerable: true, configurable: true, writable: true });
  }
  if (Array.isArray(parsed['metrics'])) for (const metric of parsed['metrics']) readMetric(context, metric);
  if (Array.isArray(parsed['logs'])) for (const line of parsed['logs']) if (isMap(line)) {
    const level = textOf(line['level']).toUpperCase();
    context.log(isLogLevel(level) ? level : 'INFO', textOf(line['message']));
  }
}

function readMetric(context: TaskContext, metric: unknown): void {
  const value = isMap(metric) ? Number(metric['value']) : Number.NaN;
  if (!isMap(metric) || typeof metric['name'] !== 'string' || !Number.isFinite(value)) {
    context.log('WARN', `A metric of the script is left out: expected {"name", "type": "counter" | "timer" | "gauge", "value"}, found ${clipped(JSON.stringify(metric) ?? 'nothing')}`);
    return;
  }
  const type = metric['type'] === 'timer' || metric['type'] === 'gauge' ? metric['type'] : 'counter';
  const tags = isMap(metric['tags']) ? Object.fromEntries(Object.entries(metric['tags']).map(([name, tag]) => [name, textOf(tag)])) : undefined;
  // Scripts give timers in seconds; metrics keep milliseconds.
  context.metric({ type, name: metric['name'], value: type === 'timer' ? value * 1000 : value, ...(tags === undefined ? {} : { tags }) });
}
