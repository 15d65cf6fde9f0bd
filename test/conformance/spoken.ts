/** Which parts of the shared conformance suite this version speaks. What is left out names the reason. */
export const spokenAreas: ReadonlySet<string> = new Set([
  'sequential-parallel-dag', 'if-switch', 'each', 'errors', 'allow-failure', 'pause', 'lifecycle', 'labels',
  'outputs-variables', 'inputs', 'webhook', 'logs', 'retry', 'subflow', 'restart-replay', 'concurrency', 'plugins', 'state-kv',
]);

/** Cases of those areas that need a part of the language that the next issue brings. */
export const notYetSpoken: ReadonlyMap<string, string> = new Map([
  ['task-allow-warning-foreachitem', 'ForEachItem'],
  ['restart-working-directory', 'WorkingDirectory'],
  ['listeners-multiple', 'listeners'],
  ['listeners-on-failure', 'listeners'],
]);
