/** What one can do with a run: each command is an operation, asked for first where it destroys. */
import type { Label } from '../../../core/protocol/entities/execution.ts';
import { executions } from '../../../core/protocol/operations/index.ts';
import { isStateType, isTerminal, type StateType } from '../../../core/protocol/states.ts';
import type { Actions } from '../../components/actions/actions.ts';
import { multipartOf, sendForm } from '../../components/execute-dialog/open-execute.ts';
import { formInputsOf, initialText } from '../../components/input-form/input-form.tsx';
import { mountInputForm } from '../../components/input-form/form-behaviour.ts';
import { readForm } from '../../components/input-form/read-form.ts';
import { renderView } from '../../components/view.ts';
import { toExecution } from '../page.ts';
import { execute } from '../started.ts';
import { KillDialog, LabelRow, LabelsDialog, ResumeDialog, StateDialog } from './dialogs.tsx';
import { DeleteDialog } from './delete-dialog.tsx';
import type { FaceContext, Run } from './face.ts';
import { taskNameOf } from './failure.ts';
import { pauseInputs } from './pause-inputs.ts';
import { openReplay, openRestart } from './rerun.ts';

const endStates: readonly StateType[] = ['FAILED', 'SUCCESS', 'WARNING', 'CANCELLED'];
const pausedStates: readonly StateType[] = ['RUNNING', 'FAILED', 'CANCELLED'];

export function commandsOf(run: Run, context: FaceContext): Actions {
  const { app, data } = run;
  const { executionId } = context;
  const { flowId } = context.address;
  const say = (text: string): void => app.toasts.done(text);
  const goTo = (execution: { readonly id: string; readonly namespace: string; readonly flowId: string }): void => app.go(toExecution(run.place(), execution, 'gantt'));

  async function askState(title: string, text: string, states: readonly StateType[], hints?: Readonly<Partial<Record<StateType, string>>>): Promise<StateType | undefined> {
    const dialog = app.dialogs.open(StateDialog({ title, text, states, ...(hints === undefined ? {} : { hints }) }));
    const form = dialog.element.querySelector('form');
    if (await dialog.closed !== 'yes') return undefined;
    const chosen = form?.querySelector<HTMLInputElement>('[name="state"]:checked')?.value ?? '';
    return isStateType(chosen) ? chosen : undefined;
  }
  /** The run as it is now; gone when somebody has deleted it. */
  function asked() {
    const state = context.present();
    if (state.execution === null) throw new Error('This execution is gone');
    return { run, state, execution: state.execution };
  }

  /** Without inputs a resume is one click; with them the server checks the form. */
  async function resume(): Promise<void> {
    const state = context.present();
    const pausedId = state.order.find((id) => state.taskRuns[id]?.state.current === 'PAUSED');
    const asked = pausedId === undefined ? [] : pauseInputs(data.flow, state.taskRuns[pausedId]?.taskId ?? '');
    if (asked.length === 0) { await run.call(executions.executionsResume, { executionId }); return; }
    const inputs = formInputsOf(asked);
    const dialog = app.dialogs.open(ResumeDialog({ inputs, values: Object.fromEntries(inputs.map((input) => [input.id, initialText(input)])) }));
    mountInputForm(dialog.element);
    dialog.submits(async (form) => {
      await sendForm(`/api/v1/${run.place().tenant}/executions/${executionId}/resume`, multipartOf(readForm(form, inputs)), () => undefined);
      dialog.close('resumed');
    });
    await dialog.closed;
  }

  async function changeLabels(): Promise<void> {
    const current = context.present().execution?.labels.filter((label) => !label.key.startsWith('system.')) ?? [];
    const dialog = app.dialogs.open(LabelsDialog({ labels: current }));
    const rows = dialog.element.querySelector('[data-rows]');
    dialog.element.addEventListener('click', (event) => {
      if (rows === null || !(event.target instanceof Element) || event.target.closest('[data-action="add-label"]') === null) return;
      rows.insertAdjacentHTML('beforeend', renderView(LabelRow({ label: { key: '', value: '' }, fixed: false })));
      rows.lastElementChild?.querySelector('input')?.focus();
    });
    dialog.submits(async (form) => {
      const body: Label[] = [...form.querySelectorAll('[data-label-row]')].flatMap((row) => {
        const field = (name: string): string => row.querySelector<HTMLInputElement>(`[name="${name}"]`)?.value.trim() ?? '';
        return field('key') === '' ? [] : [{ key: field('key'), value: field('value') }];
      });
      await run.call(executions.executionsLabels, { executionId, body });
      dialog.close('saved');
    });
    await dialog.closed;
  }

  return {
    async pause() {
      if (!await app.dialogs.confirm({ title: 'Pause this execution?', text: 'Task runs that are running end; nothing new starts until somebody resumes it.', action: 'Pause' })) return;
      await run.call(executions.executionsPause, { executionId });
      say('Paused: running tasks end, nothing new starts');
    },
    async kill() {
      const watching = [...new Set(context.colleagues().map((one) => one.name))];
      const dialog = app.dialogs.open(KillDialog({ name: `${flowId} ${executionId.slice(0, 8)}`, watching }));
      const cascade = dialog.element.querySelector<HTMLInputElement>('[name="cascade"]');
      if (await dialog.closed !== 'yes') return;
      await run.call(executions.executionsKill, { executionId, isOnKillCascade: cascade?.checked !== false });
    },
    resume,
    async continue() {
      await run.call(executions.executionsResumeFromBreakpoint, { executionId });
      say('It goes on from the breakpoint');
    },
    async restart() {
      const restarted = await openRestart(asked());
      if (restarted === undefined) return;
      // On another revision it goes on as a copy.
      if (restarted.id === executionId) say('Restarted from where it failed');
      else goTo(restarted);
    },
    async replay() { const replayed = await openReplay(asked(), undefined); if (replayed !== undefined) goTo(replayed); },
    async 'replay-from'({ value }) { const replayed = await openReplay(asked(), value); if (replayed !== undefined) goTo(replayed); },
    async unqueue() {
      if (!await app.dialogs.confirm({ title: 'Unqueue this execution?', text: 'It starts now, over the flow\'s limit of executions at a time.', action: 'Unqueue' })) return;
      await run.call(executions.executionsUnqueue, { executionId });
    },
    async 'force-run'() {
      if (!await app.dialogs.confirm({ title: 'Force this execution to run?', text: 'Whatever holds it is passed over: a queue, a limit, a pause. A task that runs already may run twice.', action: 'Force run', danger: true })) return;
      await run.call(executions.executionsForceRun, { executionId });
    },
    async 'task-state'({ value }) {
      const taskRun = context.present().taskRuns[value];
      const current = taskRun?.state.current;
      const states: readonly StateType[] = current === 'PAUSED' ? pausedStates.filter((state) => state !== 'CANCELLED') : endStates.filter((state) => state !== 'CANCELLED' && state !== current);
      const hints = { SUCCESS: 'the run goes on after it', WARNING: 'the run goes on after it and ends with a warning', FAILED: 'its errors tasks run, then the run fails', RUNNING: 'the pause is over, the run goes on' };
      const chosen = await askState(`Change the state of ${taskNameOf(context.present(), value) ?? 'the task run'}?`, 'The execution is restarted and goes on as if this task run had ended so. What ran after it stays.', states, hints);
      if (chosen !== undefined) await run.call(executions.executionsState, { executionId, body: { taskRunId: value, state: chosen } });
    },
    async status() {
      const state = context.present();
      const current = state.execution?.state.current;
      if (current === 'PAUSED') {
        const pausedId = state.order.find((id) => state.taskRuns[id]?.state.current === 'PAUSED');
        const chosen = await askState('Change the state of this paused execution?', 'Running goes on, failed runs its errors tasks, cancelled ends it now.', pausedStates);
        if (chosen === undefined) return;
        if (chosen === 'RUNNING' && pausedId === undefined) await run.call(executions.executionsResume, { executionId });
        else if (chosen === 'CANCELLED' || pausedId === undefined) await run.call(executions.executionsChangeStatus, { executionId, status: chosen });
        else await run.call(executions.executionsState, { executionId, body: { taskRunId: pausedId, state: chosen } });
        return;
      }
      const chosen = await askState('Change the state of this execution?', 'Nothing is run; only the state is set.', endStates.filter((one) => one !== current));
      if (chosen !== undefined) await run.call(executions.executionsChangeStatus, { executionId, status: chosen });
    },
    labels: changeLabels,
    async 'execute-again'() {
      const execution = await run.call(executions.executionsGet, { executionId });
      await execute(run, { namespace: execution.namespace, id: execution.flowId, prefill: { execution } });
    },
    async delete() {
      const dialog = app.dialogs.open(DeleteDialog({ name: `${flowId} ${executionId.slice(0, 8)}`, watching: [...new Set(context.colleagues().map((one) => one.name))], running: !isTerminal(context.present().execution?.state.current ?? 'SUCCESS') }));
      const chosen = (name: string): boolean => dialog.element.querySelector<HTMLInputElement>(`[name="${name}"]`)?.checked !== false;
      if (await dialog.closed !== 'yes') return;
      context.expectGone(true);
      try {
        await run.call(executions.executionsDelete, { executionId, deleteLogs: chosen('logs'), deleteMetrics: chosen('metrics'), deleteStorage: chosen('files') });
      } catch (error) {
        context.expectGone(false);
        throw error;
      }
      app.go(`/ui/${run.place().tenant}/executions`);
    },
    async preview({ value }) { await (await import('./preview.ts')).openPreview(run, executionId, value); },
  };
}
