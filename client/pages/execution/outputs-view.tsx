/** Outputs of every task run, files with a preview, and the box in which an expression is rendered in the context of one. */
import type { TaskRun } from '../../../core/protocol/entities/execution.ts';
import type { ExecutionTopicState } from '../../../core/protocol/topics.ts';
import { Button } from '../../components/button/button.tsx';
import { Empty } from '../../components/notice/notice.tsx';
import { StateIcon } from '../../components/state-pill/state-pill.tsx';
import { readOnlyReason, type Place } from '../page.ts';
import type { ExecutionData } from './load.ts';

const isFile = (value: unknown): value is string => typeof value === 'string' && value.startsWith('kestra:///');

/** Every leaf of an output with its path, so that one click copies the expression. */
export function leavesOf(value: unknown, path: string): readonly { readonly path: string; readonly value: unknown }[] {
  if (Array.isArray(value)) return value.length === 0 ? [{ path, value }] : value.slice(0, 200).flatMap((one, index) => leavesOf(one, `${path}[${index}]`));
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value);
    return entries.length === 0 ? [{ path, value }] : entries.slice(0, 200).flatMap(([key, one]) => leavesOf(one, /^[A-Za-z_]\w*$/.test(key) ? `${path}.${key}` : `${path}['${key}']`));
  }
  return [{ path, value }];
}

/** The expression of a task run's outputs: its task, then the values of the iterations around it. */
export function outputsPath(state: ExecutionTopicState, taskRun: TaskRun): string {
  const values: string[] = [];
  for (let one: TaskRun | undefined = taskRun; one !== undefined; one = one.parentTaskRunId === undefined ? undefined : state.taskRuns[one.parentTaskRunId]) if (one.value !== undefined) values.unshift(one.value);
  const name = /^[A-Za-z_]\w*$/.test(taskRun.taskId) ? `outputs.${taskRun.taskId}` : `outputs['${taskRun.taskId}']`;
  return `${name}${values.map((value) => `['${value}']`).join('')}`;
}

export function OutputList({ state, selected, place }: { readonly state: ExecutionTopicState; readonly selected: string | undefined; readonly place: Place }) {
  const withOutputs = state.order.map((id) => state.taskRuns[id]).filter((taskRun) => taskRun !== undefined && Object.keys(taskRun.outputs).length > 0);
  if (withOutputs.length === 0) return <Empty icon="task-store" title="No outputs yet"><p>What tasks give appears here as soon as they end.</p></Empty>;
  const executionId = state.execution?.id ?? '';
  return (
    <>
      {withOutputs.slice(0, 500).map((taskRun) => (taskRun === undefined ? null : (
        <section class="panel output-panel" id={`output-${taskRun.id}`} aria-label={`Outputs of ${taskRun.taskId}`} data-selected={taskRun.id === selected ? '' : undefined}>
          <div class="panel-head"><StateIcon state={taskRun.state.current} size={14} /><h2 class="mono">{taskRun.taskId}</h2>{taskRun.value === undefined ? null : <span class="label cut">{taskRun.value}</span>}<span class="grow"></span><Button kind="quiet" size="small" action="eval-here" value={taskRun.id}>Evaluate here</Button></div>
          <table class="table value-table"><tbody>
            {leavesOf(taskRun.outputs, outputsPath(state, taskRun)).map((leaf) => (
              <tr>
                <th class="mono" scope="row"><button type="button" class="link mono" data-action="use-expression" data-value={`{{ ${leaf.path} }}`} title="Put it into the box">{leaf.path.replace(/^outputs\.?/, '')}</button></th>
                <td class="mono">{isFile(leaf.value)
                  ? <span class="row"><span class="cut" title={leaf.value}>{leaf.value.slice(leaf.value.lastIndexOf('/') + 1)}</span><Button kind="quiet" size="small" icon="eye" action="preview" value={leaf.value}>Preview</Button><Button kind="quiet" size="small" icon="download" href={`/api/v1/${place.tenant}/executions/${executionId}/file?path=${encodeURIComponent(leaf.value)}`} download="">Download</Button></span>
                  : <pre>{typeof leaf.value === 'string' ? leaf.value : JSON.stringify(leaf.value)}</pre>}</td>
              </tr>
            ))}
          </tbody></table>
        </section>
      )))}
    </>
  );
}

export function OutputsView({ data, place }: { readonly data: ExecutionData; readonly place: Place }) {
  const { state } = data;
  return (
    <div class="split" data-split="side">
      <div class="page-pad outputs-list" id="outputs-list"><OutputList state={state} selected={undefined} place={place} /></div>
      <div class="splitter" role="separator" aria-orientation="vertical" aria-label="Resize the box"></div>
      <aside class="drawer" aria-label="Evaluate an expression">
        <div class="drawer-head"><h2>Evaluate</h2><span class="grow"></span>
          <select id="eval-context" aria-label="Context"><option value="">the execution</option>{state.order.slice(0, 500).map((id) => { const taskRun = state.taskRuns[id]; return taskRun === undefined ? null : <option value={id}>{taskRun.value === undefined ? taskRun.taskId : `${taskRun.taskId} ${taskRun.value}`}</option>; })}</select>
        </div>
        <div class="drawer-body console" id="eval-history" aria-live="polite"><p class="faint" data-hint="">Render any expression in the context of this run: {'{{ outputs | json }}'}. Secrets are not available here.</p></div>
        <form class="console-input" data-submit="evaluate">
          <label class="input expr-input"><textarea id="eval-expression" name="expression" class="mono x" rows={2} aria-label="Expression" spellcheck={false} placeholder="{{ outputs.… }}"></textarea></label>
          <Button kind="primary" type="submit" keys="Ctrl Enter" disabled={readOnlyReason(place)}>Evaluate</Button>
        </form>
      </aside>
    </div>
  );
}
