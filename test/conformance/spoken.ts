/** Which parts of the shared conformance suite this version speaks. What is left out names the reason. */
export const spokenAreas: ReadonlySet<string> = new Set([
  'sequential-parallel-dag', 'if-switch', 'each', 'errors', 'allow-failure', 'pause', 'lifecycle', 'labels',
  'outputs-variables', 'inputs', 'webhook', 'logs', 'retry', 'subflow', 'restart-replay', 'concurrency', 'plugins', 'loop', 'foreach-item', 'sla', 'working-directory', 'state-kv',
]);

/** Cases of those areas that need a part of the language that the next issue brings. */
export const notYetSpoken: ReadonlyMap<string, string> = new Map([
  ['restart-working-directory', 'LocalFiles'],
  ['working-directory-each', 'LocalFiles'],
  ['working-directory-cache', 'LocalFiles'],
  ['working-directory-namespace-files', 'namespace files'],
]);
