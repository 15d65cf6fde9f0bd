/** What one can do with a run: each command is an operation, asked for first where it destroys. */
import type { Label } from '../../../core/protocol/entities/execution.ts';
import { executions, flows } from '../../../core/protocol/operations/index.ts';
import { isStateType, type StateType } from '../../../core/protocol/states.ts';
import type { Actions } from '../../components/actions/actions.ts';
import { multipartOf, sendForm } from '../../components/execute-dialog/open-execute.ts';
import { formInputsOf, initialText } from '../../components/input-form/input-form.tsx';
import { readForm } from '../../components/input-form/read-form.ts';
import { renderView } from '../../components/view.ts';
import { toExecution } from '../page.ts';
import { KillDialog, LabelRow, LabelsDialog, ResumeDialog, StateDialog } from './dialogs.tsx';
import type { FaceContext, Run } from './face.ts';
import { taskNameOf } from './failure.ts';
import { pauseInputs } from './pause-inputs.ts';

const endStates: readonly StateType[] = ['SUCCESS', 'WARNING', 'FAILED', 'KILLED', 'CANCELLED'];

export function commandsOf(run: Run, context: FaceContext): Actions {
  const { app, data } = run;
  const { executionId } = context;
  const { namespace, flowId } = context.address;
  const say = (text: string): void => app.toasts.done(text);
  const goTo = (execution: { readonly id: string; readonly namespace: string; readonly flowId: string }): void => app.go(toExecution(run.place(), execution, 'gantt'));
  const latest = async (): Promise<number> => (await run.call(flows.flowsGet, { namespace, id: flowId })).revision;

  async function askState(title: string, text: string, states: readonly StateType[]): Promise<StateType | undefined> {
    const dialog = app.dialogs.open(StateDialog({ title, text, states }));
    const choice = dialog.element.querySelector('select');
    if (await dialog.closed !== 'yes' || choice === null) return undefined;
    return isStateType(choice.value) ? choice.value : undefined;
  }

  async function restart(revision?: number): Promise<void> {
    const restarted = await run.call(executions.executionsRestart, { executionId, ...(revision === undefined ? {} : { revision }) });
    // On another revision it goes on as a copy.
    if (restarted.id === executionId) say('Restarted from where it failed');
    else goTo(restarted);
  }

  /** Without inputs a resume is one click; with them the server checks the form. */
  async function resume(): Promise<void> {
    const state = context.present();
    const pausedId = state.order.find((id) => state.taskRuns[id]?.state.current === 'PAUSED');
    const asked = pausedId === undefined ? [] : pauseInputs(data.flow, state.taskRuns[pausedId]?.taskId ?? '');
    if (asked.length === 0) { await run.call(executions.executionsResume, { executionId }); return; }
    const inputs = formInputsOf(asked);
    const dialog = app.dialogs.open(ResumeDialog({ inputs, values: Object.fromEntries(inputs.map((input) => [input.id, initialText(input)])) }));
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
    restart: () => restart(),
    'restart-latest': async () => restart(await latest()),
    async replay() { goTo(await run.call(executions.executionsReplay, { executionId })); },
    async 'replay-latest'() { goTo(await run.call(executions.executionsReplay, { executionId, revision: await latest() })); },
    async 'replay-from'({ value }) { goTo(await run.call(executions.executionsReplay, { executionId, taskRunId: value })); },
    async unqueue() {
      if (!await app.dialogs.confirm({ title: 'Start it now?', text: 'The limit of executions at a time of this flow is passed over.', action: 'Start now' })) return;
      await run.call(executions.executionsUnqueue, { executionId });
    },
    async 'force-run'() {
      if (!await app.dialogs.confirm({ title: 'Force this execution to run?', text: 'Whatever holds it is passed over. A task that runs already may run twice.', action: 'Force run', danger: true })) return;
      await run.call(executions.executionsForceRun, { executionId });
    },
    async 'task-state'({ value }) {
      const taskRun = context.present().taskRuns[value];
      const states = endStates.filter((state) => state !== 'KILLED' && state !== 'CANCELLED' && state !== taskRun?.state.current);
      const chosen = await askState(`Change the state of ${taskNameOf(context.present(), value) ?? 'the task run'}`, 'The execution goes on from there.', states);
      if (chosen !== undefined) await run.call(executions.executionsState, { executionId, body: { taskRunId: value, state: chosen } });
    },
    async status() {
      const current = context.present().execution?.state.current;
      const chosen = await askState('Change the state of this execution', 'Nothing is run; only the state is set.', endStates.filter((state) => state !== current));
      if (chosen !== undefined) await run.call(executions.executionsChangeStatus, { executionId, status: chosen });
    },
    labels: changeLabels,
    async delete() {
      if (!await app.dialogs.confirm({ title: `Delete execution ${executionId.slice(0, 8)}?`, text: 'It goes with its logs, metrics and files. This can not be undone.', action: 'Delete execution', danger: true })) return;
      await run.call(executions.executionsDelete, { executionId });
      app.go(`/ui/${run.place().tenant}/executions`);
    },
    unselect: () => context.select(undefined),
  };
}
