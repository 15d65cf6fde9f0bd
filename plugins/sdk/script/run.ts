/**
 * Runs the commands or the script of a task: opens the place that its runner gives it, puts files there, runs, stores files, and makes
 * the end of the process the end of the task.
 */
import { Buffer } from 'node:buffer';
import type { CommandPlace, ProcessEnd, TaskContext, TaskOutcome } from '../index.ts';
import { renderedBoolean, renderedMap, renderedTexts, requiredText, TaskFailure, textOf } from '../values.ts';
import { contextFile, fetchedFolder, longScriptFile, outputFolder, placeExecutionContext, placeInputFiles, storedFileFetcher, storeOutputFiles, storeOutputFolder } from './files.ts';
import { python, type ScriptLanguage } from './languages.ts';
import { placeNamespaceFiles } from './namespace-files.ts';
import { protocolReader, sayProblem, type ProtocolReader } from './protocol.ts';
import { pythonLines } from './python.ts';
import { quoted } from './quoted.ts';
import { openPlace } from './runner.ts';

/** An argument of a process may have 128 KiB on Linux; longer scripts go through a file. */
const argumentBytesMax = 120_000;
const scriptFile = 'ensemble_script';

/** What a task of a language runs: its `commands` one after the other, or its `script` as a whole. */
export type ScriptKind = 'commands' | 'script';

export async function runScript(plainContext: TaskContext, language: ScriptLanguage, kind: ScriptKind): Promise<TaskOutcome> {
  const { files } = plainContext;
  const directory = await files.workingDirectory();
  const keepsFolder = renderedBoolean(plainContext, 'outputDirectory', false) || renderedBoolean(plainContext, 'outputDir', false) || plainContext.properties['runner'] !== undefined;
  const keepsFiles = keepsFolder || files.isShared || plainContext.properties['outputFiles'] !== undefined;
  const place = await openPlace(plainContext, { image: language.image, directory, keepsFiles });
  const made: string[] = [fetchedFolder, longScriptFile];
  try {
    const outputDirectory = `${place.workingDirectory}/${outputFolder}`;
    const context = plainContext.withVariables({ workingDir: place.workingDirectory, ...(keepsFolder ? { outputDir: outputDirectory } : {}) });
    if (keepsFolder) made.push(await placed(context, `${outputFolder}/.keep`, '', outputFolder));
    // Input files come after, so that they win.
    await placeNamespaceFiles(context);
    await placeInputFiles(context);
    if (renderedBoolean(context, 'executionContext', false)) {
      made.push(contextFile);
      await placeExecutionContext(context);
    }
    const fetch = storedFileFetcher(context, (path) => `${place.workingDirectory}/${path}`);
    const command = await commandOf(context, { language, kind, place, fetch, made });
    const env: Record<string, string> = { WORKING_DIR: place.workingDirectory, ...(keepsFolder ? { OUTPUT_DIR: outputDirectory } : {}) };
    for (const [name, value] of Object.entries(renderedMap(context, 'env'))) env[name] = await fetch(textOf(value));
    const protocol = protocolReader(context);
    const end = await place.run({ command, env, onLine: protocol.onLine });
    const scripts = new Set(made);
    const outputFiles = { ...await storeOutputFiles(context, (path) => scripts.has(path)), ...(keepsFolder ? await storeOutputFolder(context) : {}) };
    const details = place.details();
    const outputs = {
      exitCode: end.exitCode, vars: protocol.vars, outputFiles, stdOutLineCount: protocol.count('stdout'), stdErrLineCount: protocol.count('stderr'),
      ...(Object.keys(details).length === 0 ? {} : { taskRunner: details }),
    };
    if (end.exitCode !== 0) return { type: 'failed', message: failureOf(end, protocol, command[0] ?? '', place), outputs };
    const warns = context.languageLevel === '0.20' && protocol.count('stderr') > 0 && renderedBoolean(context, 'warningOnStdErr', true);
    return { type: 'succeeded', outputs, ...(warns ? { finalState: 'WARNING' } : {}) };
  } finally {
    await place.close();
    // In a directory that other tasks use after this one, nothing of ours stays.
    if (files.isShared) for (const path of made) await files.discard(path);
  }
}

async function placed(context: TaskContext, path: string, content: string, made = path): Promise<string> {
  await context.files.write(path, content);
  return made;
}

interface CommandOptions {
  readonly language: ScriptLanguage;
  readonly kind: ScriptKind;
  readonly place: CommandPlace;
  readonly fetch: (source: string) => Promise<string>;
  /** Told of files that are ours. */
  readonly made: string[];
}

/** The interpreter with everything that it is to run. */
async function commandOf(context: TaskContext, options: CommandOptions): Promise<readonly string[]> {
  const { language, place, fetch } = options;
  const interpreter = context.properties['interpreter'] === undefined ? language.shell : renderedTexts(context, 'interpreter');
  if (interpreter.length === 0 || interpreter[0] === '') throw new TaskFailure('The property "interpreter" is empty: expected a program and its arguments, such as ["/bin/sh", "-c"].');
  const dialect = dialectOf(interpreter);
  const failsFast = renderedBoolean(context, 'failFast', true);
  const lines = [
    ...(failsFast && dialect === 'posix' ? ['set -e'] : []),
    ...(failsFast && dialect === 'powershell' ? ["$ErrorActionPreference = 'Stop'", '$PSNativeCommandUseErrorActionPreference = $true'] : []),
    ...(language === python && dialect === 'posix' ? await pythonLines(context, place) : []),
    ...renderedTexts(context, 'beforeCommands'),
    ...(options.kind === 'commands' ? commandLines(context) : await scriptLines(context, options, dialect)),
  ];
  const script = await fetch(lines.join('\n'));
  if (Buffer.byteLength(script) <= argumentBytesMax) return [...interpreter, script];
  if (interpreter.at(-1) !== '-c') throw new TaskFailure(`The script has ${Buffer.byteLength(script)} bytes, more than one argument of "${interpreter.join(' ')}" may have: put it into a file with "inputFiles".`);
  await context.files.write(longScriptFile, script);
  return [...interpreter.slice(0, -1), `${place.workingDirectory}/${longScriptFile}`];
}

function commandLines(context: TaskContext): readonly string[] {
  const commands = renderedTexts(context, 'commands');
  if (commands.length === 0) throw new TaskFailure('The property "commands" is empty: give it at least one command.');
  return commands;
}

/** The script itself for a shell; for another language the line that runs its file. */
async function scriptLines(context: TaskContext, { language, place, fetch, made }: CommandOptions, dialect: Dialect): Promise<readonly string[]> {
  const text = requiredText(context, 'script');
  if (language.script === 'text') return [text];
  const { extension, programs } = language.script;
  const name = `${scriptFile}${typeof extension === 'string' ? extension : extension(context)}`;
  made.push(await placed(context, name, await fetch(text)));
  const rest = [...language.script.arguments?.(context) ?? [], `${place.workingDirectory}/${name}`].map(quoted).join(' ');
  if (dialect !== 'posix') return [`${programs[0] ?? ''} ${rest}`];
  if (language === python) return [`"$ensemble_python" ${rest}`];
  const found = programs.map((program) => `command -v ${program}`).join(' || ');
  return [
    `ensemble_program=$(${found}) || { ${sayProblem(`The program ${programs.join(' or ')} (${language.title}) was not found ${place.machine}. ${place.remedy}`, 127)}; }`,
    `"$ensemble_program" ${rest}`,
  ];
}

type Dialect = 'posix' | 'powershell' | 'other';

function dialectOf(interpreter: readonly string[]): Dialect {
  const program = (interpreter[0] ?? '').split('/').at(-1) ?? '';
  // `/usr/bin/env bash -c`, `busybox sh -c`
  const names = ['env', 'busybox'].includes(program) ? interpreter.slice(1, 2) : [program];
  if (names.some((name) => /^(sh|bash|dash|ash|ksh|mksh|zsh)$/.test(name))) return 'posix';
  return names.some((name) => /^(pwsh|powershell)(\.exe)?$/.test(name)) ? 'powershell' : 'other';
}

function failureOf(end: ProcessEnd, protocol: ProtocolReader, interpreter: string, place: CommandPlace): string {
  const problem = protocol.problem();
  if (problem !== undefined) return problem;
  if (end.reason !== undefined) return `Command failed with exit code ${end.exitCode}: ${end.reason}`;
  if (end.signal !== undefined) return `Command failed with exit code ${end.exitCode} (signal ${end.signal})`;
  if (end.exitCode !== 127) return `Command failed with exit code ${end.exitCode}`;
  const said = protocol.lastError();
  if (said.includes(interpreter) && interpreter !== '/bin/sh') return `Command failed with exit code 127: the interpreter "${interpreter}" was not found ${place.machine}. ${place.remedy}`;
  return `Command failed with exit code 127: a program was not found ${place.machine}${said === '' ? '' : ` ("${said.slice(0, 200)}")`}. ${place.remedy}`;
}
