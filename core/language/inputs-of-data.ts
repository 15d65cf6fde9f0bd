/** Inputs given as data: a Pause's `onResume` is a property of its task, read again when the execution pauses there. */
import { readInputs } from './input-reader.ts';
import type { InputModel } from './model.ts';
import { mutedReport } from './report.ts';
import { type MapNode, nodeOf } from './source-node.ts';

/** The same inputs that the parser would read; what it would refuse is left out. */
export function inputsOfData(list: unknown): readonly InputModel[] {
  const at = { from: 0, to: 0 };
  const owner: MapNode = { type: 'map', ...at, entries: [{ key: 'inputs', keySpan: at, value: nodeOf(list, at) }] };
  return readInputs(owner, 'inputs', undefined, {
    source: '', catalog: { resolve: () => undefined, names: () => [] }, level: '1.x', report: mutedReport(), expressions: [], taskIds: [], calls: [], typeHints: new Map(), scope: 'own',
  });
}
