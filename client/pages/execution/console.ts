/** The console in the browser: evaluates on the server for everybody, and shows what everybody has evaluated. */
import { executions } from '../../../core/protocol/operations/index.ts';
import { topicOf, type ConsoleTopicState } from '../../../core/protocol/topics.ts';
import type { Submits } from '../../components/actions/actions.ts';
import { draw } from '../../components/live/live.ts';
import { readOnlyReason } from '../page.ts';
import { ConsoleEntries } from './console-view.tsx';
import type { FaceContext, Run } from './face.ts';
import { taskNameOf } from './failure.ts';

export interface ConsoleFace {
  readonly submits: Submits;
  /** In whose context the next expression is rendered. */
  contextChanged(name: string | undefined): void;
}

export function mountConsole(run: Run, context: FaceContext, taskRunId: () => string | undefined): ConsoleFace {
  const { root } = run;
  const list = root.querySelector<HTMLElement>('#console-entries');
  const box = root.querySelector<HTMLTextAreaElement>('#eval-expression');
  const words = root.querySelector<HTMLElement>('#eval-context');
  if (list === null || box === null) return { submits: {}, contextChanged: () => undefined };
  let state: ConsoleTopicState = { byId: {}, order: [] };
  /** Where one is in one's own earlier expressions, by the arrow keys of an empty or recalled line. */
  let recalled = -1;

  const mine = (): readonly string[] => state.order.flatMap((id) => { const entry = state.byId[id]; return entry !== undefined && entry.by.id === run.place().viewer.id ? [entry.expression] : []; });
  const paint = (): void => {
    // Who reads further up keeps their place.
    const atEnd = list.scrollTop + list.clientHeight >= list.scrollHeight - 8;
    draw(list, ConsoleEntries({ entries: state.order.flatMap((id) => { const entry = state.byId[id]; return entry === undefined ? [] : [entry]; }), place: run.place(), taskNameOf: (id) => taskNameOf(context.state(), id) }));
    if (atEnd) list.scrollTop = list.scrollHeight;
  };
  paint();
  if (readOnlyReason(run.place()) === undefined) {
    run.live<ConsoleTopicState>(topicOf.console(context.executionId), (next) => {
      state = next;
      paint();
    });
  }
  run.listen(box, 'keydown', (event) => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      box.form?.requestSubmit();
      return;
    }
    const earlier = mine().toReversed();
    if ((event.key !== 'ArrowUp' && event.key !== 'ArrowDown') || (box.value !== '' && box.value !== earlier[recalled])) return;
    const next = Math.max(-1, Math.min(earlier.length - 1, recalled + (event.key === 'ArrowUp' ? 1 : -1)));
    if (next === recalled) return;
    event.preventDefault();
    recalled = next;
    box.value = earlier[next] ?? '';
  });
  return {
    contextChanged: (name) => { if (words !== null) words.textContent = name === undefined ? 'As the execution sees it' : `As ${name} sees it`; },
    submits: {
      async evaluate(_form, fields) {
        const source = fields['expression'] ?? '';
        if (source.trim() === '') return;
        const id = taskRunId();
        list.scrollTop = list.scrollHeight;
        await run.call(executions.executionsEval, { executionId: context.executionId, source, share: true, ...(id === undefined ? {} : { taskRunId: id }) });
        recalled = -1;
        box.select();
        box.focus();
      },
    },
  };
}
