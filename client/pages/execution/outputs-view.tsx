/** Outputs in columns, the chosen value below, and at the side the console that everybody on this run shares. */
import { Icon } from '../../components/icon/icon.tsx';
import { Empty } from '../../components/notice/notice.tsx';
import { isTerminal } from '../../../core/protocol/states.ts';
import { iconOfType } from '../../topology/index.ts';
import type { Place } from '../page.ts';
import { Cascader, type OutputMark } from './cascader.tsx';
import { Console } from './console-view.tsx';
import { taskTypesOf } from './flow-tasks.ts';
import type { ExecutionData } from './load.ts';
import { columnsOf, expressionOf, treeOf, valueAt, type OutputTree } from './outputs.ts';
import { ValuePane } from './value-pane.tsx';

/** The path in the address: `?p=clean_lines&p=eu`. */
export const pathOfSearch = (search: string): readonly string[] => new URLSearchParams(search).getAll('p').slice(0, 50);

export interface OutputColumnsProps {
  readonly tree: OutputTree;
  readonly path: readonly string[];
  readonly marks: readonly OutputMark[];
  readonly place: Place;
  readonly executionId: string;
  /** More may come. */
  readonly running: boolean;
  /** Types of the flow's tasks, by id. */
  readonly types: ReadonlyMap<string, string>;
  readonly fileBytes?: number | undefined;
  readonly asTable?: boolean;
}

export function OutputColumns({ tree, path, marks, place, executionId, running, types, fileBytes, asTable }: OutputColumnsProps) {
  const columns = columnsOf(tree, path);
  if ((columns[0]?.items.length ?? 0) === 0) return <Empty icon="task-store" title={running ? 'No outputs yet' : 'No outputs'}><p>{running ? 'What tasks give appears here as soon as they end.' : 'No task of this run gave any.'}</p></Empty>;
  return (
    <>
      <Cascader columns={columns} path={path} label="Outputs by task" id="output-columns" action="output" marks={marks} iconOf={(item) => { const type = item.kind === 'task' ? types.get(item.name) : undefined; return type === undefined ? undefined : iconOfType(type); }} />
      <div class="splitter" role="separator" tabindex={0} aria-orientation="horizontal" aria-label="Resize the columns" aria-valuemin={15} aria-valuemax={75} aria-valuenow={42} data-splits="outputs-columns"></div>
      <ValuePane found={path.length === 0 ? undefined : valueAt(tree, path)} path={path} expression={expressionOf(tree, path)} place={place} executionId={executionId} fileBytes={fileBytes} asTable={asTable === true} hasConsole />
    </>
  );
}

export function OutputsView({ data, place }: { readonly data: ExecutionData; readonly place: Place }) {
  const { state } = data;
  const path = pathOfSearch(place.search);
  return (
    <div class="split" data-split="side" id="outputs-split">
      <section class="page" data-fill aria-label="Outputs" id="outputs" data-owned=""><OutputColumns tree={treeOf(state)} path={path} marks={[]} place={place} executionId={state.execution?.id ?? ''} running={state.execution !== null && !isTerminal(state.execution.state.current)} types={taskTypesOf(data.flow)} /></section>
      <div class="splitter" role="separator" tabindex={0} aria-orientation="vertical" aria-label="Resize the console" aria-valuemin={15} aria-valuemax={75} aria-valuenow={26} data-splits="outputs-console"></div>
      <aside class="drawer" aria-label="Expression console">
        <div class="drawer-head"><Icon name="command" /><h2>Expression console</h2><span class="small dim wide">shared in this run</span></div>
        <Console place={place} />
      </aside>
    </div>
  );
}
