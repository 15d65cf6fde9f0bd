/** Outputs in columns, the chosen value below, and at the side a console that renders expressions in its context. */
import { Avatar } from '../../components/avatars/avatars.tsx';
import { Button } from '../../components/button/button.tsx';
import { Icon } from '../../components/icon/icon.tsx';
import { Empty } from '../../components/notice/notice.tsx';
import type { IconName } from '../../theme/icons.ts';
import { readOnlyReason, type Place } from '../page.ts';
import type { ExecutionData } from './load.ts';
import { columnsOf, expressionOf, isFile, plainValue, treeOf, valueAt, type OutputItem, type OutputTree } from './outputs.ts';
import { isTerminal } from '../../../core/protocol/states.ts';

/** A colleague and the path they have chosen. */
export interface OutputMark {
  readonly name: string;
  readonly color: number;
  readonly path: readonly string[];
}

const icons: Readonly<Record<OutputItem['kind'], IconName>> = { task: 'task-store', iteration: 'tag', map: 'code', list: 'menu', file: 'file', text: 'form', number: 'stats', boolean: 'check', null: 'minus' };
const kindOf = (item: OutputItem): string => (item.kind === 'list' ? `list of ${item.count ?? 0}` : item.count !== undefined ? String(item.count) : item.kind);
const startsWith = (path: readonly string[], beginning: readonly string[]): boolean => beginning.length <= path.length && beginning.every((name, index) => path[index] === name);
/** A value that is shown whole may be this long; more is for the console and the download. */
const shownCharsMax = 100_000;

/** The path in the address: `?p=clean_lines&p=eu`. */
export const pathOfSearch = (search: string): readonly string[] => new URLSearchParams(search).getAll('p').slice(0, 50);
export const searchOfPath = (path: readonly string[]): string => (path.length === 0 ? '' : `?${path.map((name) => `p=${encodeURIComponent(name)}`).join('&')}`);

export interface OutputColumnsProps {
  readonly tree: OutputTree;
  readonly path: readonly string[];
  readonly marks: readonly OutputMark[];
  readonly place: Place;
  readonly executionId: string;
  /** More may come. */
  readonly running: boolean;
}

export function OutputColumns({ tree, path, marks, place, executionId, running }: OutputColumnsProps) {
  const columns = columnsOf(tree, path);
  if ((columns[0]?.items.length ?? 0) === 0) return <Empty icon="task-store" title={running ? 'No outputs yet' : 'No outputs'}><p>{running ? 'What tasks give appears here as soon as they end.' : 'No task of this run gave any.'}</p></Empty>;
  return (
    <>
      <div class="columns" role="tree" aria-label="Outputs by task" id="output-columns">
        {columns.map((column, depth) => (
          <div class="column" role="group" id={`output-column-${depth}`}>
            {column.items.map((item, index) => {
              const chosen = path[depth] === item.name;
              // A colleague is shown at the deepest place of theirs that I see.
              const here = marks.filter((mark) => startsWith(mark.path, item.path) && (mark.path.length === item.path.length || !chosen));
              return (
                <button type="button" class="column-item" role="treeitem" data-action="output" data-value={JSON.stringify(item.path)} aria-selected={chosen ? 'true' : undefined} data-last={chosen && depth === path.length - 1 ? '' : undefined}
                  tabindex={(depth === Math.max(0, path.length - 1) ? chosen || (path.length === 0 && index === 0) : false) ? 0 : -1} data-who={here[0]?.color} aria-label={`${item.name}, ${kindOf(item)}${here.length === 0 ? '' : `, ${here.map((mark) => mark.name).join(' and ')} here`}`}>
                  <Icon name={icons[item.kind]} size={14} /><span class="mono cut">{item.name}</span>{here.map((mark) => <Avatar who={mark} size={16} />)}<span class="kind">{kindOf(item)}</span>
                </button>
              );
            })}
            {column.more > 0 ? <p class="column-note small faint">{column.more} more: name them in an expression.</p> : null}
          </div>
        ))}
      </div>
      <ValuePane tree={tree} path={path} place={place} executionId={executionId} />
    </>
  );
}

function sizeText(text: string): string {
  const bytes = new TextEncoder().encode(text).length;
  return bytes < 1024 ? `${bytes} B` : bytes < 1024 * 1024 ? `${(bytes / 1024).toFixed(1)} kB` : `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}

function ValuePane({ tree, path, place, executionId }: Pick<OutputColumnsProps, 'tree' | 'path' | 'place' | 'executionId'>) {
  const found = path.length === 0 ? undefined : valueAt(tree, path);
  if (found === undefined) return <section class="value-pane" aria-label="Chosen value"><Empty icon="code" title={path.length === 0 ? 'Choose an output' : 'Nothing stands there'}><p>Arrow keys walk through the columns.</p></Empty></section>;
  const value = plainValue(found);
  const text = typeof value === 'string' ? value : JSON.stringify(value, null, 2) ?? 'null';
  const expression = expressionOf(tree, path);
  return (
    <section class="value-pane" aria-label="Chosen value">
      <div class="toolbar">
        <span class="mono cut" title={expression}>{expression}</span><span class="small faint num">{sizeText(text)}</span>
        <Button kind="quiet" size="small" icon="copy" action="copy" value={text.length > shownCharsMax ? expression : text} title={text.length > shownCharsMax ? 'Copy the path' : 'Copy the value'} />
        <span class="toolbar-gap"></span>
        {isFile(value) ? <><Button size="small" icon="eye" action="preview" value={value}>Preview</Button><Button size="small" icon="download" href={`/api/v1/${place.tenant}/executions/${executionId}/file?path=${encodeURIComponent(value)}`} download="">Download</Button></> : null}
        <Button size="small" icon="command" action="use-expression" value={`{{ ${expression} }}`}>Use in console</Button>
      </div>
      <pre class="code value-text" tabindex={0} aria-label={`Value of ${expression}`}>{typeof value === 'string' ? text.slice(0, shownCharsMax) : <Json text={text.slice(0, shownCharsMax)} />}</pre>
      {text.length > shownCharsMax ? <p class="column-note small faint">Only the beginning of {sizeText(text)} is shown.</p> : null}
    </section>
  );
}

/** JSON with its colours, as segments: never as HTML. */
function Json({ text }: { readonly text: string }) {
  const parts: { readonly text: string; readonly kind: string | undefined }[] = [];
  let from = 0;
  for (const match of text.matchAll(/"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/g)) {
    if (match.index > from) parts.push({ text: text.slice(from, match.index), kind: undefined });
    from = match.index + match[0].length;
    parts.push({ text: match[0], kind: match[0].startsWith('"') ? (text.startsWith(':', from) ? 'k' : 's') : 'n' });
  }
  parts.push({ text: text.slice(from), kind: undefined });
  return <>{parts.map((part) => (part.kind === undefined ? part.text : <span class={part.kind}>{part.text}</span>))}</>;
}

/** What was asked in this tab, oldest first. */
export interface EvalEntry {
  readonly expression: string;
  readonly context: string;
  readonly result: string;
  readonly failed: boolean;
}

export function EvalHistory({ entries }: { readonly entries: readonly EvalEntry[] }) {
  if (entries.length === 0) return <p class="faint">Render any expression as a task of this run would see it: {'{{ outputs | json }}'}. Secrets are not available here.</p>;
  return (
    <>
      {entries.map((entry) => (
        <article class="entry">
          <span class="small faint">{entry.context}</span>
          <button type="button" class="expr mono" data-action="use-expression" data-value={entry.expression} title="Edit again">{entry.expression}</button>
          <pre class="result" data-kind={entry.failed ? 'error' : undefined}>{entry.result === '' ? <span class="faint">an empty text</span> : entry.result}</pre>
          {entry.failed ? <span class="row"><Button size="small" icon="copy" action="copy" value={entry.result}>Copy error</Button></span> : null}
        </article>
      ))}
    </>
  );
}

export function OutputsView({ data, place }: { readonly data: ExecutionData; readonly place: Place }) {
  const { state } = data;
  const path = pathOfSearch(place.search);
  return (
    <div class="split" data-split="side" id="outputs-split">
      <section class="page" data-fill aria-label="Outputs" id="outputs"><OutputColumns tree={treeOf(state)} path={path} marks={[]} place={place} executionId={state.execution?.id ?? ''} running={state.execution !== null && !isTerminal(state.execution.state.current)} /></section>
      <div class="splitter" role="separator" aria-orientation="vertical" aria-label="Resize the console"></div>
      <aside class="drawer" aria-label="Expression console">
        <div class="drawer-head"><Icon name="command" /><h2>Expression console</h2></div>
        <div class="drawer-body console" id="eval-history" aria-live="polite"><EvalHistory entries={[]} /></div>
        <form class="console-input" data-submit="evaluate">
          <label class="input expr-input"><textarea id="eval-expression" name="expression" class="mono x" rows={2} aria-label="Expression" spellcheck={false} placeholder="{{ outputs.… }}"></textarea></label>
          <div class="row"><span class="small faint cut" id="eval-context">As the execution sees it</span><span class="grow"></span><Button kind="primary" type="submit" keys="Ctrl Enter" disabled={readOnlyReason(place)}>Evaluate</Button></div>
        </form>
      </aside>
    </div>
  );
}
