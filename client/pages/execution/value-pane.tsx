/** One chosen value: its expression, its size, and itself as JSON or as a table; a file with its size and its first lines. */
import { Button } from '../../components/button/button.tsx';
import { Empty } from '../../components/notice/notice.tsx';
import { to, type Place } from '../page.ts';
import { fileNameOf, isFile, plainValue, type Found } from './outputs.ts';

export interface ValuePaneProps {
  /** Nothing is chosen, or nothing stands there any more. */
  readonly found: Found | undefined;
  readonly path: readonly string[];
  readonly expression: string;
  readonly place: Place;
  readonly executionId: string;
  /** Bytes of the file that the value names, once they are known. */
  readonly fileBytes?: number | undefined;
  /** Lists of rows as a table. */
  readonly asTable?: boolean;
  /** There is a console on this page that takes the expression. */
  readonly hasConsole?: boolean;
}

/** A value that is shown whole may be this long; more is for the console and the download. */
const shownCharsMax = 100_000;
const tableRowsMax = 200;
const tableColumnsMax = 50;

export function bytesText(bytes: number): string {
  return bytes < 1024 ? `${bytes} B` : bytes < 1024 * 1024 ? `${(bytes / 1024).toFixed(1)} kB` : bytes < 1024 ** 3 ? `${(bytes / 1024 / 1024).toFixed(1)} MB` : `${(bytes / 1024 ** 3).toFixed(2)} GB`;
}
export const isRow = (row: unknown): row is Readonly<Record<string, unknown>> => typeof row === 'object' && row !== null && !Array.isArray(row);
export const isRows = (value: unknown): value is readonly Readonly<Record<string, unknown>>[] => Array.isArray(value) && value.length > 0 && value.every(isRow);

export function ValuePane({ found, path, expression, place, executionId, fileBytes, asTable, hasConsole }: ValuePaneProps) {
  if (found === undefined) return <section class="value-pane" aria-label="Chosen value"><Empty icon="code" title={path.length === 0 ? 'Choose a value' : 'Nothing stands there'}><p>Arrow keys walk through the columns.</p></Empty></section>;
  const value = plainValue(found);
  const text = typeof value === 'string' ? value : JSON.stringify(value, null, 2) ?? 'null';
  const rows = isRows(value) ? value : undefined;
  const file = isFile(value) ? value : undefined;
  const size = file === undefined ? `${rows === undefined ? '' : `${rows.length} rows, `}${bytesText(new TextEncoder().encode(text).length)}` : fileBytes === undefined ? '' : bytesText(fileBytes);
  return (
    <section class="value-pane" aria-label="Chosen value">
      <div class="toolbar">
        <span class="mono cut" title={expression}>{expression}</span><span class="small faint num" data-file-size={file}>{size}</span>
        <Button kind="quiet" size="small" icon="copy" action="copy" value={text.length > shownCharsMax ? expression : text} title={text.length > shownCharsMax ? 'Copy the path' : 'Copy the value'} />
        <span class="toolbar-gap"></span>
        {rows === undefined ? null : <span class="segmented" role="group" aria-label="Shown as"><button type="button" data-action="value-form" data-value="json" aria-pressed={asTable === true ? 'false' : 'true'}>JSON</button><button type="button" data-action="value-form" data-value="table" aria-pressed={asTable === true ? 'true' : 'false'}>Table</button></span>}
        {file === undefined ? null : <><Button size="small" icon="eye" action="preview" value={file}>Preview</Button><Button size="small" icon="download" href={fileAddress(place, executionId, file)} download={fileNameOf(file)}>Download</Button></>}
        {isWebAddress(value) ? <Button size="small" icon="external" href={value}>Open</Button> : null}
        {isExecution(path, value) ? <Button size="small" icon="executions" href={to(place, `/executions/${encodeURIComponent(value)}`)}>Open execution</Button> : null}
        {hasConsole === true ? <Button size="small" icon="command" action="use-expression" value={`{{ ${expression} }}`}>Use in console</Button> : null}
      </div>
      {rows !== undefined && asTable === true ? <ValueRows rows={rows} />
        : <pre class="code value-text" tabindex={0} aria-label={`Value of ${expression}`}>{value === null || value === undefined ? <i class="faint">null</i> : value === '' ? <i class="faint">an empty text</i> : typeof value === 'string' ? text.slice(0, shownCharsMax) : <Json text={text.slice(0, shownCharsMax)} />}</pre>}
      {text.length > shownCharsMax ? <p class="column-note small faint">Only the beginning of {size} is shown.</p> : null}
    </section>
  );
}

export const fileAddress = (place: Pick<Place, 'tenant'>, executionId: string, uri: string): string => `/api/v1/${place.tenant}/executions/${executionId}/file?path=${encodeURIComponent(uri)}`;
const isWebAddress = (value: unknown): value is string => typeof value === 'string' && value.length < 2000 && /^https?:\/\/[^\s"'<>]+$/.test(value);
/** Tasks that start executions say so under this name. */
const isExecution = (path: readonly string[], value: unknown): value is string => path[path.length - 1] === 'executionId' && typeof value === 'string' && /^\w{1,40}$/.test(value);

const cellText = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value) ?? '');

/** Rows by their keys; null in italics. */
export function ValueRows({ rows, total = rows.length }: { readonly rows: readonly Readonly<Record<string, unknown>>[]; readonly total?: number }) {
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))].slice(0, tableColumnsMax);
  const shown = rows.slice(0, tableRowsMax);
  return (
    <div class="preview-rows" tabindex={0} role="region" aria-label="Rows">
      <table class="table"><thead><tr><th class="num">#</th>{columns.map((column) => <th class="mono" scope="col">{column}</th>)}</tr></thead>
        <tbody>{shown.map((row, index) => <tr><td class="num faint">{index + 1}</td>{columns.map((column) => <td class="mono">{!Object.hasOwn(row, column) ? '' : row[column] === null ? <i class="faint">null</i> : cellText(row[column])}</td>)}</tr>)}</tbody></table>
      {total > shown.length ? <p class="column-note small faint">{total - shown.length} more rows.</p> : null}
    </div>
  );
}

/** JSON with its colours, as segments: never as HTML. */
export function Json({ text }: { readonly text: string }) {
  const parts: { readonly text: string; readonly kind: string | undefined }[] = [];
  let from = 0;
  for (const match of text.matchAll(/"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/g)) {
    if (match.index > from) parts.push({ text: text.slice(from, match.index), kind: undefined });
    from = match.index + match[0].length;
    parts.push({ text: match[0], kind: match[0].startsWith('"') ? (text.startsWith(':', from) ? 'k' : 's') : match[0] === 'null' ? 'null' : 'n' });
  }
  parts.push({ text: text.slice(from), kind: undefined });
  return <>{parts.map((part) => (part.kind === undefined ? part.text : <span class={part.kind}>{part.text}</span>))}</>;
}
