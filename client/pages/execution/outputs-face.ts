/** Outputs in columns, and the console of expressions. */
import { executions } from '../../../core/protocol/operations/index.ts';
import { isTerminal } from '../../../core/protocol/states.ts';
import { draw } from '../../components/live/live.ts';
import { renderView } from '../../components/view.ts';
import { PreviewDialog } from './dialogs.tsx';
import { faceOf, type Face, type FaceContext, type Run } from './face.ts';
import { taskNameOf } from './failure.ts';
import { EvalHistory, OutputColumns, pathOfSearch, type EvalEntry } from './outputs-view.tsx';
import { columnsOf, pathOfTaskRun, taskRunAt, treeOf } from './outputs.ts';

/** Outputs can be large: drawn at rest, not at every patch. */
const restMs = 400;
const historyMax = 50;
const historyCharsMax = 200_000;

const isEntry = (value: unknown): value is EvalEntry => typeof value === 'object' && value !== null && 'expression' in value && typeof value.expression === 'string'
  && 'result' in value && typeof value.result === 'string' && 'context' in value && typeof value.context === 'string' && 'failed' in value && typeof value.failed === 'boolean';

export function mountOutputsFace(run: Run, context: FaceContext): Face {
  const { root, app } = run;
  const element = root.querySelector<HTMLElement>('#outputs');
  const box = root.querySelector<HTMLTextAreaElement>('#eval-expression');
  const history = root.querySelector<HTMLElement>('#eval-history');
  const contextWords = root.querySelector<HTMLElement>('#eval-context');
  if (element === null || box === null || history === null) return faceOf({});
  const historyKey = `execution:eval:${context.executionId}`;
  let path = pathOfSearch(run.place().search);
  let tree = treeOf(context.state());
  let drawn = context.state().taskRuns;

  const marks = () => context.colleagues().flatMap((one) => {
    const taskRun = one.taskRunId === undefined ? undefined : context.state().taskRuns[one.taskRunId];
    const at = one.path ?? (taskRun === undefined ? undefined : pathOfTaskRun(context.state(), taskRun));
    return at === undefined || at.length === 0 ? [] : [{ name: one.name, color: one.color, path: at }];
  });
  let drawnHtml = '';
  const paint = (): void => {
    const { execution } = context.state();
    const html = renderView(OutputColumns({ tree, path, marks: marks(), place: run.place(), executionId: context.executionId, running: execution !== null && !isTerminal(execution.state.current) }));
    if (html !== drawnHtml) {
      drawnHtml = html;
      // Put in whole: comparing thousands of nameless parts of a value costs seconds, and what has to stay is little.
      const scrolled = [...element.querySelectorAll('.column')].map((column) => column.scrollTop);
      const focused = document.activeElement instanceof HTMLElement && element.contains(document.activeElement) ? document.activeElement.dataset['value'] : undefined;
      element.innerHTML = html;
      for (const [index, column] of [...element.querySelectorAll('.column')].entries()) column.scrollTop = scrolled[index] ?? 0;
      if (focused !== undefined) element.querySelector<HTMLElement>(`.column-item[data-value="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
    }
    const name = taskNameOf(context.state(), taskRunAt(tree, path));
    if (contextWords !== null) contextWords.textContent = name === undefined ? 'As the execution sees it' : `As ${name} sees it`;
  };
  const choose = (next: readonly string[], focus: boolean): void => {
    path = next;
    context.writeAddress((query) => { query.delete('p'); for (const name of path) query.append('p', name); });
    context.select(taskRunAt(tree, path));
    context.showMine({ path });
    paint();
    const chosen = element.querySelector<HTMLElement>(`#output-column-${path.length - 1} [aria-selected="true"]`);
    chosen?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
    if (focus) chosen?.focus({ preventScroll: true });
  };

  run.listen(element, 'keydown', (event) => {
    const item = event.target instanceof Element ? event.target.closest<HTMLElement>('.column-item') : null;
    if (item === null) return;
    const at = pathOfValue(item.dataset['value'] ?? '');
    const columns = columnsOf(tree, path);
    const siblings = columns[at.length - 1]?.items ?? [];
    const index = siblings.findIndex((one) => one.name === at[at.length - 1]);
    const next = event.key === 'ArrowDown' ? siblings[index + 1]?.path : event.key === 'ArrowUp' ? siblings[index - 1]?.path
      : event.key === 'Home' ? siblings[0]?.path : event.key === 'End' ? siblings[siblings.length - 1]?.path
        : event.key === 'ArrowRight' ? columnsOf(tree, at)[at.length]?.items[0]?.path : event.key === 'ArrowLeft' && at.length > 1 ? at.slice(0, -1) : undefined;
    if (!/^(Arrow|Home|End)/.test(event.key)) return;
    event.preventDefault();
    if (next !== undefined) choose(next, true);
  });

  let entries: readonly EvalEntry[] = [];
  try {
    const kept: unknown = JSON.parse(app.session.read(historyKey) ?? '[]');
    entries = Array.isArray(kept) ? kept.filter(isEntry) : [];
  } catch {
    // Written by nobody we know: the history begins anew.
  }
  const paintHistory = (): void => {
    draw(history, EvalHistory({ entries }));
    history.scrollTop = history.scrollHeight;
  };
  paintHistory();
  run.listen(box, 'keydown', (event) => {
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    box.form?.requestSubmit();
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
      'use-expression'({ value }) { box.value = value; box.focus(); box.setSelectionRange(value.length, value.length); },
      async preview({ value }) {
        const answer = await run.call(executions.executionsFilePreview, { executionId: context.executionId, path: value });
        app.dialogs.open(PreviewDialog({ preview: { ...answer, name: decodedName(value), href: `/api/v1/${run.place().tenant}/executions/${context.executionId}/file?path=${encodeURIComponent(value)}` } }));
      },
    },
    submits: {
      async evaluate(_form, fields) {
        const source = fields['expression'] ?? '';
        if (source.trim() === '') return;
        const taskRunId = taskRunAt(tree, path);
        const answer = await run.call(executions.executionsEval, { executionId: context.executionId, source, ...(taskRunId === undefined ? {} : { taskRunId }) });
        entries = [...entries, { expression: source, context: contextWords?.textContent ?? '', result: (answer.error ?? answer.result ?? '').slice(0, historyCharsMax), failed: answer.error !== undefined }].slice(-historyMax);
        app.session.write(historyKey, JSON.stringify(entries));
        paintHistory();
        box.focus();
      },
    },
    release: () => cancel?.(),
  });
}

function pathOfValue(value: string): readonly string[] {
  const path: unknown = JSON.parse(value);
  return Array.isArray(path) ? path.filter((part): part is string => typeof part === 'string') : [];
}

function decodedName(uri: string): string {
  const name = uri.slice(uri.lastIndexOf('/') + 1);
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}
