/** Outputs in columns, the chosen value, and the shared console. */
import { executions } from '../../../core/protocol/operations/index.ts';
import { isTerminal } from '../../../core/protocol/states.ts';
import { renderView } from '../../components/view.ts';
import { walked, pathOfValue } from './cascader.ts';
import { mountConsole } from './console.ts';
import { faceOf, type Face, type FaceContext, type Run } from './face.ts';
import { taskNameOf } from './failure.ts';
import { taskTypesOf } from './flow-tasks.ts';
import { OutputColumns, pathOfSearch } from './outputs-view.tsx';
import { isFile, pathOfTaskRun, plainValue, taskRunAt, treeOf, valueAt } from './outputs.ts';

/** Outputs can be large: drawn at rest, not at every patch. */
const restMs = 400;

export function mountOutputsFace(run: Run, context: FaceContext): Face {
  const { root, app } = run;
  const element = root.querySelector<HTMLElement>('#outputs');
  const box = root.querySelector<HTMLTextAreaElement>('#eval-expression');
  if (element === null || box === null) return faceOf({});
  const types = taskTypesOf(run.data.flow);
  const sizes = new Map<string, number>();
  let path = pathOfSearch(run.place().search);
  let tree = treeOf(context.state());
  let drawn = context.state().taskRuns;
  let asTable = false;
  const shared = mountConsole(run, context, () => taskRunAt(tree, path));

  const marks = () => context.colleagues().flatMap((one) => {
    const taskRun = one.taskRunId === undefined ? undefined : context.state().taskRuns[one.taskRunId];
    const at = one.path ?? (taskRun === undefined ? undefined : pathOfTaskRun(context.state(), taskRun));
    return at === undefined || at.length === 0 ? [] : [{ name: one.name, color: one.color, path: at }];
  });
  const chosenFile = (): string | undefined => {
    const found = path.length === 0 ? undefined : valueAt(tree, path);
    const value = found?.type === 'value' ? plainValue(found) : undefined;
    return isFile(value) ? value : undefined;
  };
  let drawnHtml = '';
  const paint = (): void => {
    const { execution } = context.state();
    const file = chosenFile();
    const html = renderView(OutputColumns({ tree, path, marks: marks(), place: run.place(), executionId: context.executionId, running: execution !== null && !isTerminal(execution.state.current), types, fileBytes: file === undefined ? undefined : sizes.get(file), asTable }));
    if (html !== drawnHtml) {
      drawnHtml = html;
      // Put in whole: comparing thousands of nameless parts of a value costs seconds, and what has to stay is little.
      const scrolled = [...element.querySelectorAll('.column')].map((column) => column.scrollTop);
      const focused = document.activeElement instanceof HTMLElement && element.contains(document.activeElement) ? document.activeElement.dataset['value'] : undefined;
      element.innerHTML = html;
      for (const [index, column] of [...element.querySelectorAll('.column')].entries()) column.scrollTop = scrolled[index] ?? 0;
      if (focused !== undefined) element.querySelector<HTMLElement>(`[data-action][data-value="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
    }
    shared.contextChanged(taskNameOf(context.state(), taskRunAt(tree, path)));
    if (file !== undefined && !sizes.has(file)) {
      run.call(executions.executionsFileMetas, { executionId: context.executionId, path: file }).then(({ size }) => { sizes.set(file, size); paint(); }).catch(() => { sizes.set(file, Number.NaN); });
    }
  };
  const choose = (next: readonly string[], focus: boolean): void => {
    path = next;
    context.writeAddress((query) => { query.delete('p'); for (const name of path) query.append('p', name); });
    context.select(taskRunAt(tree, path));
    context.showMine({ path });
    paint();
    const chosen = element.querySelector<HTMLElement>(`#output-columns-${path.length - 1} [aria-selected="true"]`);
    chosen?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
    if (focus) chosen?.focus({ preventScroll: true });
  };

  run.listen(element, 'keydown', (event) => {
    const item = event.target instanceof Element ? event.target.closest<HTMLElement>('.column-item') : null;
    if (item === null) return;
    const { handled, path: next } = walked(tree, path, pathOfValue(item.dataset['value'] ?? ''), event.key);
    if (!handled) return;
    event.preventDefault();
    if (next !== undefined) choose(next, true);
  });

  let cancel: (() => void) | undefined;
  paint();
  return faceOf({
    changed() {
      cancel ??= app.timers.after(restMs, () => {
        cancel = undefined;
        if (drawn !== context.state().taskRuns) { drawn = context.state().taskRuns; tree = treeOf(context.state()); }
        paint();
      });
    },
    moved: paint,
    actions: {
      output: ({ value }) => choose(pathOfValue(value), true),
      'value-form': ({ value }) => { asTable = value === 'table'; paint(); },
      'use-expression'({ value }) { box.value = value; box.focus(); box.setSelectionRange(value.length, value.length); },
    },
    submits: shared.submits,
    release: () => cancel?.(),
  });
}
