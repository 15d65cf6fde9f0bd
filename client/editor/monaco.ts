/**
 * Monaco with what a flow needs: the editor's features, the YAML language, completion and hover from a JSON Schema in a worker.
 * Workers are same-origin files named by the build's manifest; the policy allows no blob and no eval.
 */
import 'monaco-editor/esm/vs/editor/editor.all.js';
import 'monaco-editor/esm/vs/basic-languages/yaml/yaml.contribution.js';
import * as monaco from 'monaco-editor/esm/vs/editor/editor.api.js';
import { configureMonacoYaml, type JSONSchema, type MonacoYaml } from 'monaco-yaml';

export { monaco };

/** The options that language services were written for: a label and data for the worker, instead of the worker itself. */
interface LabelledWorker { readonly label?: string; readonly moduleId?: string; readonly createData?: unknown; readonly host?: Record<string, (...args: unknown[]) => unknown>; readonly keepIdleModels?: boolean }

let addresses: WorkerAddresses | undefined;

/** `editor.api` takes a worker that is made already; its first two messages tell the worker to start, and with which data. */
function createLabelledWorker<T extends object>(options: LabelledWorker): monaco.editor.MonacoWebWorker<T> {
  if (addresses === undefined) throw new Error('useWorkers is called before the first language service');
  const worker = new Worker(options.label === 'yaml' ? addresses.yaml : addresses.editor);
  worker.postMessage('ignore');
  worker.postMessage(options.createData);
  return monaco.editor.createWebWorker<T>({ worker, ...(options.host === undefined ? {} : { host: options.host }), keepIdleModels: options.keepIdleModels ?? false });
}

export interface WorkerAddresses {
  readonly editor: string;
  readonly yaml: string;
}

/** Tells Monaco where its workers are. Called once a page, before the first editor. */
export function useWorkers(given: WorkerAddresses): void {
  addresses = given;
  Object.assign(globalThis, {
    MonacoEnvironment: { getWorker: (_module: string, label: string) => new Worker(label === 'yaml' ? given.yaml : given.editor) },
  });
}

/** Models of flows have addresses of this form, by which the schema finds them. */
export const flowModelUri = (namespace: string, id: string): monaco.Uri => monaco.Uri.parse(`inmemory://flows/${encodeURIComponent(namespace)}/${encodeURIComponent(id)}.flow.yaml`);

/** Completion and hover for flows. Validation is off: the server's diagnostics are the one truth. */
export function useFlowSchema(schema: JSONSchema): MonacoYaml {
  // The language service only ever asks these two of the API it is given.
  const api = { ...monaco, editor: { ...monaco.editor, createWebWorker: createLabelledWorker } } as unknown as typeof monaco;
  return configureMonacoYaml(api, {
    schemas: [{ uri: 'inmemory://schemas/flow.json', fileMatch: ['**/*.flow.yaml'], schema }],
    completion: true, hover: true, validate: false, format: { enable: false }, enableSchemaRequest: false,
  });
}
