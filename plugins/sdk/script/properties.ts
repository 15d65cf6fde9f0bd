/** Properties, outputs and metrics that all script tasks share. */
import { Type, type TObject, type TSchema } from 'typebox';
import type { PluginDefinition } from '../index.ts';
import { anything, boolean, choice, dynamic, group, integer, mapOf, mapOrText, optional, taskRunnerProperty, text, textOrTexts } from '../schema.ts';
import type { ScriptLanguage } from './languages.ts';

export const scriptProperties = (language: ScriptLanguage): Record<string, TSchema> => ({
  beforeCommands: optional(dynamic(textOrTexts({ title: 'Commands before', description: 'Run first, in the same shell: to install or to prepare something.' }))),
  interpreter: optional(dynamic(textOrTexts({ title: 'The interpreter of the commands', description: 'Program and arguments; the commands follow as one argument.', default: [...language.shell] }))),
  failFast: optional(dynamic(boolean({ title: 'Stop at the first failing command', description: 'With `false` only the last command decides. Works for the usual shells and PowerShell; another interpreter decides itself.', default: true }))),
  env: optional(dynamic(mapOrText({ title: 'Environment variables', description: 'By name. Of the server\'s own environment only PATH, HOME, LANG, TZ and TMPDIR are passed on.' }))),
  inputFiles: optional(dynamic(mapOrText({ title: 'Files to put into the directory', description: 'By relative path: a text, or the address of a stored file (`kestra://…`, `nsfile:///…`). Or a text that renders to such a map as JSON.' }))),
  namespaceFiles: optional(group({
    enabled: optional(dynamic(boolean({ title: 'Put them into the directory', default: true }))),
    include: optional(dynamic(textOrTexts({ title: 'Only these', description: 'Globs of paths.' }))),
    exclude: optional(dynamic(textOrTexts({ title: 'Not these', description: 'Globs of paths.' }))),
    namespaces: optional(dynamic(textOrTexts({ title: 'Of these namespaces', description: 'Left out: the flow\'s own. Of two files with one path the later namespace wins.' }))),
    folderPerNamespace: optional(dynamic(boolean({ title: 'A folder for each namespace', default: false }))),
  }, { title: 'Files of the namespace' })),
  outputFiles: optional(dynamic(textOrTexts({ title: 'Files to keep', description: 'Globs of relative paths; what matches at the end is stored, its address stands in the output `outputFiles`.', examples: [['*.csv', 'out/**']] }))),
  outputDirectory: optional(dynamic(boolean({ title: 'A directory whose files are kept', description: 'Its path is `{{ outputDir }}` and the variable `OUTPUT_DIR`; every file in it at the end is stored.', default: false }))),
  outputDir: optional(dynamic(boolean({ title: 'A directory whose files are kept', description: 'Earlier form of `outputDirectory`.', deprecated: true }))),
  executionContext: optional(dynamic(boolean({ title: 'The execution as a file', description: 'Writes inputs, outputs, labels, vars, trigger, flow, execution, task and taskrun into `.kestra-execution-context.json`; it is removed at the end.', default: false }))),
  taskRunner: optional(taskRunnerProperty({ title: 'Where it runs', description: 'Left out: in a container (`io.kestra.plugin.scripts.runner.docker.Docker`). `io.kestra.plugin.core.runner.Process` runs on the server\'s machine.' })),
  containerImage: optional(dynamic(text({ title: 'Container image', description: 'Used by runners with containers.', default: language.image }))),
  warningOnStdErr: optional(boolean({ title: 'Warn about error output', description: 'In flows of language level 0.20 any line on the error stream makes the state WARNING, unless this is `false`. Later levels look at the exit code only.', default: true, deprecated: true })),
  targetOS: optional(choice(['AUTO', 'LINUX', 'WINDOWS'], { title: 'Operating system', description: 'Read for other runners; Process and Docker run Linux commands.', default: 'AUTO' })),
  runner: optional(choice(['PROCESS', 'DOCKER'], { title: 'Where it runs', description: 'Earlier form of `taskRunner`.', deprecated: true })),
  docker: optional(anything({ title: 'Docker settings', description: 'Earlier form of the properties of the Docker runner, and of `containerImage` (as `image`).', deprecated: true })),
  ...language.properties?.(),
});

export const scriptOutputs = (): TObject => Type.Object({
  exitCode: integer({ title: 'Exit code' }),
  vars: mapOf(undefined, { title: 'Values from lines `::{"outputs":{…}}::`' }),
  outputFiles: mapOf({ type: 'string' }, { title: 'Addresses of the stored files, by relative path' }),
  stdOutLineCount: integer({ title: 'Lines on the standard output' }),
  stdErrLineCount: integer({ title: 'Lines on the error output' }),
  taskRunner: Type.Optional(mapOf(undefined, { title: 'Details of the runner: `containerId` of Docker' })),
});

export const scriptMetrics: NonNullable<PluginDefinition['metrics']> = [
  { name: 'any', type: 'counter', description: 'Those that the script gives in lines `::{"metrics":[…]}::`; timers in seconds' },
];
