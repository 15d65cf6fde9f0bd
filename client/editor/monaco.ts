/**
 * Monaco with what a flow needs: the editor's features, the YAML language, completion and hover from a JSON Schema in a worker.
 * Workers are same-origin files named by the build's manifest; the policy allows no blob and no eval.
 */
import 'monaco-editor/esm/vs/editor/editor.all.js';
import 'monaco-editor/esm/vs/basic-languages/yaml/yaml.contribution.js';
import * as monaco from 'monaco-editor/esm/vs/editor/editor.api.js';
import { configureMonacoYaml, type JSONSchema, type MonacoYaml } from 'monaco-yaml';

export { monaco };

export interface WorkerAddresses {
  readonly editor: string;
  readonly yaml: string;
}

/** Tells Monaco where its workers are. Called once a page, before the first editor. */
export function useWorkers(addresses: WorkerAddresses): void {
  Object.assign(globalThis, {
    MonacoEnvironment: { getWorker: (_module: string, label: string) => new Worker(label === 'yaml' ? addresses.yaml : addresses.editor) },
  });
}

/** Models of flows have addresses of this form, by which the schema finds them. */
export const flowModelUri = (namespace: string, id: string): monaco.Uri => monaco.Uri.parse(`inmemory://flows/${encodeURIComponent(namespace)}/${encodeURIComponent(id)}.flow.yaml`);

/** Completion and hover for flows. Validation is off: the server's diagnostics are the one truth. */
export function useFlowSchema(schema: JSONSchema): MonacoYaml {
  return configureMonacoYaml(monaco, {
    schemas: [{ uri: 'inmemory://schemas/flow.json', fileMatch: ['**/*.flow.yaml'], schema }],
    completion: true, hover: true, validate: false, format: { enable: false }, enableSchemaRequest: false,
  });
}
