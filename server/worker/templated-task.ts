/** The task that a rendered text describes: one runnable task in YAML, read and checked as if it stood in a flow. */
import { messagesOf, parseConfigText, parseFlow, type LanguageLevel, type TaskModel } from '../../core/language/index.ts';
import type { RunnableDefinition } from '../../plugins/sdk/index.ts';
import { isMap } from '../../plugins/sdk/values.ts';
import type { Catalog } from '../catalog/index.ts';

const sourceCharsMax = 1024 * 1024;

export function readTemplatedTask(source: string, options: { readonly catalog: Catalog; readonly languageLevel: LanguageLevel; readonly outerType: string }): { readonly definition: RunnableDefinition; readonly task: TaskModel } {
  if (source.length > sourceCharsMax) throw new Error(`The task has ${source.length} characters: at most ${sourceCharsMax} are read.`);
  const { value, problem } = parseConfigText(source);
  if (problem !== undefined) throw new Error(`The rendered task is no YAML: ${problem}`);
  if (!isMap(value) || typeof value['type'] !== 'string') throw new Error('The rendered task is no map with a "type": expected one task, such as "type: io.kestra.plugin.core.log.Log".');
  // Read by the language's own reader, so that defaults, aliases and checks are those of a task in a flow.
  const flow = { id: 'templated', namespace: 'templated', tasks: [{ id: 'templated', ...value }] };
  const { flow: parsed, diagnostics } = parseFlow(JSON.stringify(flow), { catalog: options.catalog, level: options.languageLevel });
  const task = parsed?.tasks[0];
  if (task === undefined) throw new Error(`The rendered task is not valid: ${messagesOf(diagnostics, 'error').join('; ').replaceAll('tasks[0].', '')}`);
  const definition = options.catalog.definition(task.type);
  if (definition?.role !== 'task' || definition.kind !== 'runnable') throw new Error(`The rendered task is a "${task.type}", which gives a flow its structure or changes the execution: expected a task that a worker runs.`);
  if (definition.type === options.outerType) throw new Error('The rendered task is a TemplatedTask again: write its task directly.');
  return { definition, task };
}
