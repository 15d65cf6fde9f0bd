/** What the dialogs of restart and replay do. */
import type { ExecutionHeader } from '../../../core/protocol/entities/execution.ts';
import { executions, flows } from '../../../core/protocol/operations/index.ts';
import type { ExecutionTopicState } from '../../../core/protocol/topics.ts';
import { multipartOf, sendForm } from '../../components/execute-dialog/open-execute.ts';
import { formInputsOf, initialText, type FormInput } from '../../components/input-form/input-form.tsx';
import { localText, readForm } from '../../components/input-form/read-form.ts';
import { stateWord } from '../../components/state-pill/state-words.ts';
import { renderView } from '../../components/view.ts';
import type { Run } from './face.ts';
import { labelOf, taskNameOf } from './failure.ts';
import { ReplayDialog, ReplayInputs, RestartDialog } from './rerun-dialogs.tsx';

interface Asked {
  readonly run: Run;
  readonly state: ExecutionTopicState;
  readonly execution: ExecutionHeader;
}
type Answer = { readonly id: string; readonly namespace: string; readonly flowId: string };

/** Newest first; none when the flow is gone. */
async function revisionsOf({ run, execution }: Asked): Promise<readonly number[]> {
  const { namespace, flowId } = execution;
  const list = await run.call(flows.flowsRevisions, { namespace, id: flowId }).catch(() => []);
  return list.map((one) => one.revision).filter((revision) => revision > 0).sort((a, b) => b - a);
}

function chosenRevision(form: HTMLElement): number | undefined {
  const chosen = form.querySelector<HTMLInputElement>('[name="revision"]:checked')?.value ?? '';
  const text = chosen === 'other' ? form.querySelector<HTMLSelectElement>('[name="other"]')?.value ?? '' : chosen;
  return text === '' ? undefined : Number(text);
}
/** Whoever chooses in the list means the list. */
const chooseWithList = (form: HTMLElement | null): void => form?.querySelector('[name="other"]')?.addEventListener('change', () => form.querySelector<HTMLInputElement>('[name="revision"][value="other"]')?.click());

/** The task runs that a restart runs again: what failed, and is no parent of a failure. */
function restartedOf(state: ExecutionTopicState): readonly string[] {
  const failed = state.order.flatMap((id) => { const taskRun = state.taskRuns[id]; return taskRun !== undefined && ['FAILED', 'KILLED', 'PAUSED'].includes(taskRun.state.current) ? [taskRun] : []; });
  const parents = new Set(failed.map((taskRun) => taskRun.parentTaskRunId));
  return failed.filter((taskRun) => !parents.has(taskRun.id)).map(labelOf);
}

/** Resolves with the execution that goes on, or with nothing when it was cancelled. */
export async function openRestart(asked: Asked): Promise<Answer | undefined> {
  const { run, state, execution } = asked;
  const dialog = run.app.dialogs.open(RestartDialog({ state: stateWord(execution.state.current), from: restartedOf(state), own: execution.flowRevision, revisions: await revisionsOf(asked) }));
  chooseWithList(dialog.element.querySelector('form'));
  let answer: Answer | undefined;
  dialog.submits(async (form) => {
    const revision = chosenRevision(form);
    answer = await run.call(executions.executionsRestart, { executionId: execution.id, ...(revision === undefined ? {} : { revision }) });
    dialog.close('restarted');
  });
  await dialog.closed;
  return answer;
}

/** A value of this run as the text of its field; a secret is not shown again. */
function textOfValue(input: FormInput, values: Readonly<Record<string, unknown>>): string {
  if (input.type === 'SECRET' || input.type === 'FILE') return '';
  const value = givenValue(values, input.id);
  if (value === undefined || value === null) return initialText(input).includes('{{') ? '' : initialText(input);
  const text = typeof value === 'string' ? value : typeof value === 'object' ? JSON.stringify(value) : String(value);
  return input.type === 'DATETIME' ? localText(text) : text;
}
/** An id with dots is a value inside a map. */
function givenValue(values: Readonly<Record<string, unknown>>, id: string): unknown {
  if (Object.hasOwn(values, id)) return values[id];
  let found: unknown = values;
  for (const part of id.split('.')) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, part)) return undefined;
    found = Object.entries(found).find(([name]) => name === part)?.[1];
  }
  return found;
}

/** `taskRunId`: from there; else from the start. */
export async function openReplay(asked: Asked, taskRunId: string | undefined): Promise<Answer | undefined> {
  const { run, state, execution } = asked;
  const { namespace, flowId, flowRevision } = execution;
  const given = execution.inputs ?? {};
  let inputs = formInputsOf(run.data.flow?.inputs ?? []);
  const valuesOf = (list: readonly FormInput[]): Readonly<Record<string, string>> => Object.fromEntries(list.map((input) => [input.id, textOfValue(input, given)]));
  const dialog = run.app.dialogs.open(ReplayDialog({ from: taskNameOf(state, taskRunId), own: flowRevision, revisions: await revisionsOf(asked), inputs, values: valuesOf(inputs) }));
  const form = dialog.element.querySelector('form');
  chooseWithList(form);
  // Another revision may ask for other inputs.
  let round = 0;
  form?.addEventListener('change', (event) => {
    if (!(event.target instanceof Element) || event.target.closest('.revision-choice') === null) return;
    const revision = chosenRevision(form);
    round += 1;
    const mine = round;
    const loaded = revision === undefined ? Promise.resolve(run.data.flow) : run.call(flows.flowsGet, { namespace, id: flowId, revision });
    loaded.then((flow) => {
      const place = form.querySelector('[data-replay-inputs]');
      if (mine !== round || place === null) return;
      inputs = formInputsOf(flow?.inputs ?? []);
      const open = form.querySelector<HTMLDetailsElement>('[data-change-inputs]')?.open === true;
      place.innerHTML = renderView(ReplayInputs({ inputs, values: valuesOf(inputs), open }));
    }).catch((error: unknown) => run.app.toasts.failed(error, 'The inputs of that revision could not be read'));
  });
  let answer: Answer | undefined;
  dialog.submits(async (sent) => {
    const revision = chosenRevision(sent);
    if (sent.querySelector<HTMLDetailsElement>('[data-change-inputs]')?.open !== true) {
      answer = await run.call(executions.executionsReplay, { executionId: execution.id, ...(taskRunId === undefined ? {} : { taskRunId }), ...(revision === undefined ? {} : { revision }) });
    } else {
      const read = readForm(sent, inputs);
      // A secret or a file that is not given anew stays that of this run.
      const query = new URLSearchParams({ ...(taskRunId === undefined ? {} : { taskRunId }), ...(revision === undefined ? {} : { revision: String(revision) }) });
      const body = await sendForm(`/api/v1/${run.place().tenant}/executions/${execution.id}/replay-with-inputs?${query}`, multipartOf(read), () => undefined);
      if (typeof body !== 'object' || body === null || !('id' in body) || typeof body.id !== 'string') throw new Error('The server answered without an execution');
      answer = { id: body.id, namespace, flowId };
    }
    dialog.close('replayed');
  });
  await dialog.closed;
  return answer;
}
