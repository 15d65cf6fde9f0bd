/** Doing something with many executions: ask, do, and say of each that did not fit why. */
import type { Label } from '../../../core/protocol/entities/execution.ts';
import { executionBulk, executions } from '../../../core/protocol/operations/index.ts';
import { mountLabelRows, readLabelRows } from '../../components/label/label-rows.ts';
import type { PageRun } from '../behaviour.ts';
import type { executionQuery } from '../list-query.ts';
import { BulkDialog, MisfitsDialog, verbOf, type BulkAction, type Misfit } from './bulk-dialog.tsx';

export type ExecutionFilters = Omit<ReturnType<typeof executionQuery>, 'page' | 'size' | 'sort'>;

/** What the dialog chose. */
export interface BulkChoices {
  readonly status: string;
  readonly labels: readonly Label[];
  readonly latestRevision: boolean;
  readonly includeNonTerminated: boolean;
  readonly deleteLogs: boolean;
  readonly deleteMetrics: boolean;
  readonly deleteStorage: boolean;
}

export interface BulkTarget {
  readonly ids: readonly string[];
  /** All that match this filter, instead of the ids. */
  readonly everything?: { readonly total: number; readonly filters: ExecutionFilters };
}

export interface BulkRequest {
  readonly run: PageRun<unknown>;
  readonly action: BulkAction;
  readonly target: BulkTarget;
  readonly nameOf: (id: string) => string;
  readonly rowOf: (id: string) => Misfit['row'];
  /** Only these stay chosen. */
  readonly keep: (ids: readonly string[]) => void;
  readonly done: () => void;
}

const plural = (count: number): string => `${count.toLocaleString('en-US').replaceAll(',', '\u202f')} ${count === 1 ? 'execution' : 'executions'}`;

export function openBulk({ run, action, target, nameOf, rowOf, keep, done }: BulkRequest): void {
  const { app } = run;
  const count = target.everything?.total ?? target.ids.length;
  const what = target.everything === undefined && count === 1 ? nameOf(target.ids[0] ?? '') : plural(count);
  const dialog = app.dialogs.open(BulkDialog({ action, what, details: target.everything !== undefined || count === 1 ? [] : target.ids.map(nameOf) }));
  const { element } = dialog;
  mountLabelRows(element);
  element.addEventListener('change', () => {
    for (const text of element.querySelectorAll<HTMLElement>('[data-when]')) text.hidden = !isChecked(element, text.dataset['when'] ?? '');
  });
  dialog.submits(async (form) => {
    const choices = choicesOf(form, action);
    try {
      const changed = await send(run, action, target, choices);
      dialog.close();
      app.toasts.done(`${verbOf(action)}: ${plural(changed)}`);
      done();
    } catch (error) {
      const misfits = misfitsOf(error);
      if (misfits.length === 0) throw error;
      dialog.close();
      const fitting = target.everything === undefined ? target.ids.filter((id) => !misfits.some((misfit) => misfit.id === id)) : [];
      const table = app.dialogs.open(MisfitsDialog({
        title: `${misfits.length} of ${plural(count)} ${misfits.length === 1 ? 'does' : 'do'} not fit`, text: `Nothing was done: ${verbOf(action).toLowerCase()} is for all of them or for none.`,
        misfits: misfits.map((misfit) => ({ ...misfit, row: rowOf(misfit.id) })), place: run.place(), rest: fitting.length,
      }));
      if (await table.closed === 'yes') keep(fitting);
    }
  });
}

const isChecked = (root: ParentNode, name: string): boolean => root.querySelector<HTMLInputElement>(`input[name="${name}"]`)?.checked === true;

function choicesOf(form: HTMLFormElement, action: BulkAction): BulkChoices {
  const labels = action === 'labels' ? readLabelRows(form) : [];
  if (action === 'labels' && labels.length === 0) throw new Error('Give at least one label');
  return {
    labels, status: form.querySelector<HTMLSelectElement>('[name="status"]')?.value ?? '', latestRevision: isChecked(form, 'latestRevision'),
    includeNonTerminated: isChecked(form, 'includeNonTerminated'), deleteLogs: isChecked(form, 'deleteLogs'), deleteMetrics: isChecked(form, 'deleteMetrics'), deleteStorage: isChecked(form, 'deleteStorage'),
  };
}

async function send(run: PageRun<unknown>, action: BulkAction, { ids, everything }: BulkTarget, choices: BulkChoices): Promise<number> {
  const body = [...ids];
  const filters = everything?.filters;
  const { status, labels, latestRevision, includeNonTerminated, deleteLogs, deleteMetrics, deleteStorage } = choices;
  switch (action) {
    case 'change-status':
      return (await (filters === undefined ? run.call(executionBulk.executionsChangeStatusByIds, { newStatus: status, body }) : run.call(executionBulk.executionsChangeStatusByQuery, { newStatus: status, ...filters }))).count;
    case 'labels':
      return (await (filters === undefined ? run.call(executionBulk.executionsLabelsByIds, { body: { executionsId: body, executionLabels: [...labels] } }) : run.call(executionBulk.executionsLabelsByQuery, { body: [...labels], ...filters }))).count;
    case 'unqueue':
      return (await (filters === undefined ? run.call(executionBulk.executionsUnqueueByIds, { state: status, body }) : run.call(executionBulk.executionsUnqueueByQuery, { newState: status, ...filters }))).count;
    default: {
      const options = action === 'replay' ? { latestRevision } : action === 'delete' ? { includeNonTerminated, deleteLogs, deleteMetrics, deleteStorage } : {};
      return (await (filters === undefined ? run.call(executions.executionsBulk, { action, ...options, body }) : run.call(executionBulk.executionsBulkByQuery, { action, ...options, ...filters }))).count;
    }
  }
}

/** The server names each execution that does not fit by its id. */
function misfitsOf(error: unknown): readonly Misfit[] {
  if (!(error instanceof Error) || !('errors' in error) || !Array.isArray(error.errors)) return [];
  return error.errors.flatMap((one: unknown): Misfit[] => (typeof one === 'object' && one !== null && 'path' in one && typeof one.path === 'string' && 'message' in one && typeof one.message === 'string' && /^[0-9A-Za-z]{20,24}$/.test(one.path) ? [{ id: one.path, message: one.message }] : []));
}
