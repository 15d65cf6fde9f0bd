/** The languages of the script tasks: which program runs a file of theirs, and in which image it is found. */
import type { TSchema } from 'typebox';
import { boolean, dynamic, optional, text } from '../schema.ts';
import type { TaskContext } from '../index.ts';
import { renderedBoolean, renderedText, TaskFailure } from '../values.ts';
import { pythonProperties } from './python.ts';

export interface ScriptLanguage {
  /** As in the type: `io.kestra.plugin.scripts.<name>.Script`. */
  readonly name: string;
  readonly title: string;
  /** Default of `containerImage`. */
  readonly image: string;
  /** Program and arguments that take the commands as one more argument. */
  readonly shell: readonly string[];
  /** How a whole script runs: `text` gives it to the shell itself; otherwise it becomes a file that one of the programs runs. */
  readonly script: 'text' | {
    readonly extension: string | ((context: TaskContext) => string);
    /** The first that is found on the PATH runs it. */
    readonly programs: readonly string[];
    /** Arguments before the file. */
    readonly arguments?: (context: TaskContext) => readonly string[];
  };
  /** Properties that only this language has. */
  readonly properties?: () => Record<string, TSchema>;
}

const posixShell = ['/bin/sh', '-c'] as const;

/** A language whose scripts need nothing but `program file`. */
const plain = (name: string, title: string, image: string, extension: string, programs: readonly string[], args: readonly string[] = []): ScriptLanguage =>
  ({ name, title, image, shell: posixShell, script: { extension, programs, arguments: () => args } });

export const shell: ScriptLanguage = { name: 'shell', title: 'shell', image: 'ubuntu', shell: posixShell, script: 'text' };
export const powershell: ScriptLanguage = { name: 'powershell', title: 'PowerShell', image: 'mcr.microsoft.com/powershell', shell: ['pwsh', '-NoProfile', '-NonInteractive', '-Command'], script: 'text' };
export const python: ScriptLanguage = { ...plain('python', 'Python', 'python:3.13-slim', '.py', ['python', 'python3']), properties: pythonProperties };
export const node = plain('node', 'Node.js', 'node', '.js', ['node', 'nodejs']);
export const r = plain('r', 'R', 'r-base', '.R', ['Rscript']);
export const julia = plain('julia', 'Julia', 'julia', '.jl', ['julia']);
export const ruby = plain('ruby', 'Ruby', 'ruby', '.rb', ['ruby']);
export const go = plain('go', 'Go', 'golang', '.go', ['go'], ['run']);
export const php = plain('php', 'PHP', 'php', '.php', ['php']);
export const perl = plain('perl', 'Perl', 'perl', '.pl', ['perl']);
export const lua = plain('lua', 'Lua', 'nickblah/lua', '.lua', ['lua', 'lua5.4', 'lua5.3', 'luajit']);
export const deno = plain('deno', 'Deno', 'denoland/deno', '.ts', ['deno'], ['run', '--allow-all', '--quiet']);
export const bun = plain('bun', 'Bun', 'oven/bun', '.ts', ['bun'], ['run']);
export const groovy = plain('groovy', 'Groovy', 'groovy', '.groovy', ['groovy']);
export const dotnet = plain('dotnet', '.NET', 'mcr.microsoft.com/dotnet/sdk:10.0', '.cs', ['dotnet'], ['run']);
export const jbang: ScriptLanguage = {
  name: 'jbang', title: 'JBang', image: 'jbangdev/jbang-action', shell: posixShell,
  script: {
    extension: (context) => {
      const extension = renderedText(context, 'extension')?.trim() ?? '.java';
      if (!/^\.?\w{1,10}$/.test(extension)) throw new TaskFailure(`The property "extension" is "${extension.slice(0, 50)}": expected .java, .jsh, .kt, .groovy or .md.`);
      return extension.startsWith('.') ? extension : `.${extension}`;
    },
    programs: ['jbang'],
    arguments: (context) => (renderedBoolean(context, 'quiet', true) ? ['--quiet'] : []),
  },
  properties: () => ({
    extension: optional(dynamic(text({ title: 'Ending of the script\'s file', description: 'Says in which language it is.', default: '.java' }))),
    quiet: optional(dynamic(boolean({ title: 'Say nothing but errors', default: true }))),
  }),
};
