/** Tasks that change their own execution. */
import { render, renderDeep } from '../../expression/index.ts';
import type { TaskModel } from '../../language/model.ts';
import type { TaskRunRow } from '../../protocol/entities/execution.ts';
import { isSystemLabel, labelsFrom, mergeLabels } from '../labels.ts';
import { messageOf, type Stepper } from '../stepper.ts';
import { finishAttempt, startAttempt } from './attempts.ts';

export function changeLabels(s: Stepper, row: TaskRunRow, task: TaskModel): void {
  const running = startAttempt(s, row, s.atMs);
  try {
    const given = task.properties['labels'];
    const options = s.options(running, task);
    const rendered = typeof given === 'string' ? render(given, options) : renderDeep(given, { ...options, renderKeys: true });
    const labels = labelsFrom(rendered);
    if (labels === undefined) throw new Error(`\`labels\` must be a map, a list of {key, value}, or a text that renders to a JSON map; found \`${String(rendered).slice(0, 200)}\``);
    const system = labels.find((label) => isSystemLabel(label.key));
    if (system !== undefined) throw new Error(`System labels can only be set by the system: \`${system.key}\``);
    s.header({ labels: mergeLabels(s.state.header.labels, labels) });
  } catch (error) {
    s.log('ERROR', messageOf(error), running);
    finishAttempt(s, running, task, 'FAILED', undefined);
    return;
  }
  finishAttempt(s, running, task, 'SUCCESS', undefined);
}
