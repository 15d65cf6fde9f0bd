/** Labels: a map, or a list of `{key, value}`. */
import type { Label } from '../protocol/entities/execution.ts';
import { described, type Reading, readText } from './reading.ts';
import { child, isNull, type Path, scalarText, type SourceNode, valueAt } from './source-node.ts';

/** `system.` labels are the server's; a flow may only set `system.readOnly`. */
export function readLabels(node: SourceNode | undefined, path: Path, reading: Reading, options: { readonly systemAllowed: boolean }): readonly Label[] {
  if (node === undefined) return [];
  const labels: Label[] = [];
  const add = (key: string, value: SourceNode, keyPath: Path): void => {
    if (isNull(value)) {
      reading.report.error(keyPath, value, `the label "${key}" must not be null`, 'Give it a value, or remove it.');
      return;
    }
    const text = readText(value, keyPath, reading);
    if (text === undefined) return;
    if (!options.systemAllowed && key.startsWith('system.') && key !== 'system.readOnly') {
      reading.report.error(keyPath, value, `System labels can only be set by the server: "${key}"`, 'Choose a key that does not begin with "system.".');
    }
    labels.push({ key, value: text });
  };
  if (node.type === 'map') {
    for (const entry of node.entries) add(entry.key, entry.value, child(path, entry.key));
    return labels;
  }
  if (node.type === 'list') {
    for (const [index, item] of node.items.entries()) {
      const key = scalarText(valueAt(item, 'key'));
      const value = valueAt(item, 'value');
      if (key === undefined || value === undefined) reading.report.error(child(path, index), item, `must be a label with "key" and "value", found ${described(item)}`);
      else add(key, value, child(path, index));
    }
    return labels;
  }
  reading.report.error(path, node, `must be a map or a list of labels, found ${described(node)}`);
  return labels;
}
