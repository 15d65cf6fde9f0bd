/** Source text to flow and diagnostics. Never throws; a broken text still gives what could be read. */
import type { Diagnostic } from '../protocol/entities/flow.ts';
import { checkExpressions } from './expression-check.ts';
import { readFlow } from './flow-reader.ts';
import type { FlowModel, ParsedFlow, ParseOptions } from './model.ts';
import { applyDefaults } from './plugin-defaults.ts';
import { described, type Reading } from './reading.ts';
import { openReport } from './report.ts';
import { type ListNode, type MapNode, plain, scalarText, type SourceNode, valueAt } from './source-node.ts';
import { readTaskList } from './task-reader.ts';
import { readTriggers } from './trigger-reader.ts';
import { readYaml } from './yaml-source.ts';

/** `flow` only when nothing is wrong; `outline`, `id` and `namespace` as far as they could be read. */
export function parseFlow(source: string, options: ParseOptions): ParsedFlow {
  const yaml = readYaml(source);
  const report = openReport(source, yaml.lines);
  for (const problem of yaml.problems) report[problem.severity === 'error' ? 'error' : 'warn'](problem.path, problem, problem.message, problem.remedy);
  if (yaml.brokenFrom !== undefined) report.brokenFrom(yaml.brokenFrom);
  const reading: Reading = {
    source, catalog: options.catalog, level: options.level, report, expressions: [], taskIds: [], calls: [], typeHints: new Map(), scope: 'own',
  };
  const { root } = yaml;
  if (root?.type !== 'map') {
    if (report.errorCount === 0) refuseRoot(root, source, reading);
    return { diagnostics: report.diagnostics(), ...namesOfText(source) };
  }
  const flow = readWithDefaults(root, options, reading);
  return {
    ...(report.errorCount === 0 ? { flow } : {}),
    outline: flow,
    diagnostics: report.diagnostics(),
    ...namesOf(root),
  };
}

/** One task or trigger on its own (YAML or JSON), as `validate/task` of the API checks it: paths begin at the element. */
export function parseElement(source: string, section: 'TASKS' | 'TRIGGERS', options: ParseOptions): readonly Diagnostic[] {
  const yaml = readYaml(source);
  const report = openReport(source, yaml.lines);
  for (const problem of yaml.problems) report[problem.severity === 'error' ? 'error' : 'warn'](problem.path, problem, problem.message, problem.remedy);
  if (yaml.brokenFrom !== undefined) report.brokenFrom(yaml.brokenFrom);
  const { root } = yaml;
  if (root === undefined) {
    if (report.errorCount === 0) report.error(undefined, { from: 0, to: source.length }, 'The text is empty', 'Write "id:" and "type:".');
    return report.diagnostics();
  }
  const key = section === 'TASKS' ? 'tasks' : 'triggers';
  const list: ListNode = { type: 'list', from: root.from, to: root.to, items: [root] };
  const flow: MapNode = { type: 'map', from: root.from, to: root.to, entries: [{ key, keySpan: { from: root.from, to: root.from }, value: list }] };
  const reading: Reading = { source, catalog: options.catalog, level: options.level, report, expressions: [], taskIds: [], calls: [], typeHints: new Map(), scope: 'own' };
  const merged = applyDefaults(flow, options.globalDefaults ?? [], reading);
  if (section === 'TASKS') readTaskList(merged, 'tasks', undefined, reading, { required: true });
  else readTriggers(merged, reading);
  const prefix = `${key}[0]`;
  return report.diagnostics().map((item) => (item.path.startsWith(prefix) ? { ...item, path: item.path.slice(prefix.length).replace(/^\./, '') } : item));
}

function readWithDefaults(root: MapNode, options: ParseOptions, reading: Reading): FlowModel {
  const merged = applyDefaults(root, options.globalDefaults ?? [], reading);
  const flow = readFlow(merged, reading);
  checkExpressions(flow, reading);
  // The API shows the source as it was written: defaults are for the run only.
  return merged === root ? flow : { ...flow, data: { ...flow.data, ...writtenLists(root) } };
}

function writtenLists(root: MapNode): Record<string, unknown> {
  const written = ['tasks', 'errors', 'finally', 'afterExecution', 'triggers', 'listeners'];
  return Object.fromEntries(root.entries.filter((entry) => written.includes(entry.key)).map((entry) => [entry.key, plain(entry.value)]));
}

function refuseRoot(root: SourceNode | undefined, source: string, reading: Reading): void {
  const end = source.indexOf('\n');
  const at = root ?? { from: 0, to: end === -1 ? source.length : end };
  reading.report.error(undefined, at, root === undefined ? 'The flow is empty' : `A flow is a map of "id", "namespace" and "tasks", found ${described(root)}`, 'Begin with "id:", "namespace:" and "tasks:".');
}

function namesOf(root: MapNode): { readonly id?: string; readonly namespace?: string } {
  const [id, namespace] = [scalarText(valueAt(root, 'id')), scalarText(valueAt(root, 'namespace'))];
  return { ...(id === undefined || id === '' ? {} : { id }), ...(namespace === undefined || namespace === '' ? {} : { namespace }) };
}

/** For a text that could not be read as YAML at all. */
function namesOfText(source: string): { readonly id?: string; readonly namespace?: string } {
  const head = source.slice(0, 100_000);
  const find = (pattern: RegExp): string | undefined => pattern.exec(head)?.[1];
  const id = find(/^\ufeff?id:[ \t]*["']?([\w.-]+)/m);
  const namespace = find(/^\ufeff?namespace:[ \t]*["']?([\w.-]+)/m);
  return { ...(id === undefined ? {} : { id }), ...(namespace === undefined ? {} : { namespace }) };
}
