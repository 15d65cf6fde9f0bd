/** The beginning of a stored file, at the side of what names it: rows as a table, pictures, documents, text. */
import { Button } from '../../components/button/button.tsx';
import { Icon } from '../../components/icon/icon.tsx';
import { Markdown } from '../../components/markdown/markdown.tsx';
import { Notice, Skeleton } from '../../components/notice/notice.tsx';
import { bytesText, isRow, isRows, Json, ValueRows } from './value-pane.tsx';

/** As the server cut it. */
export interface PreviewAnswer {
  readonly extension: string;
  readonly type: string;
  readonly content: unknown;
  readonly truncated: boolean;
}
export interface PreviewProps {
  readonly name: string;
  readonly href: string;
  readonly bytes: number | undefined;
  readonly rows: number;
  readonly encoding: string;
  readonly answer: { readonly type: 'loading' } | { readonly type: 'failed'; readonly message: string } | { readonly type: 'shown'; readonly preview: PreviewAnswer };
}

export const previewRows = [10, 50, 100, 500, 1000, 5000] as const;
export const previewEncodings = ['UTF-8', 'ISO-8859-1', 'Cp1250', 'Cp1251', 'Cp1252', 'UTF-16'] as const;

export function PreviewDialog(props: PreviewProps) {
  return (
    <dialog class="dialog preview-drawer" id="preview" aria-labelledby="preview-title">
      <div class="drawer-head"><Icon name="file" /><h2 id="preview-title" class="mono cut" title={props.name}>{props.name}</h2><span class="small faint num" id="preview-size">{props.bytes === undefined ? '' : bytesText(props.bytes)}</span><span class="grow"></span>
        <Button size="small" icon="download" href={props.href} download={props.name}>Download</Button>
        <form method="dialog"><button class="button" data-kind="quiet" data-only="icon" aria-label="Close" title="Close" autofocus><Icon name="close" /></button></form></div>
      <div class="toolbar">
        <label class="row small dim">Rows <span class="input" data-quiet=""><select name="rows">{previewRows.map((rows) => <option value={String(rows)} selected={rows === props.rows}>{rows}</option>)}</select></span></label>
        <label class="row small dim">Encoding <span class="input" data-quiet=""><select name="encoding">{previewEncodings.map((encoding) => <option value={encoding} selected={encoding === props.encoding}>{encoding}</option>)}</select></span></label>
      </div>
      <div class="preview-body" id="preview-body"><PreviewBody {...props} /></div>
    </dialog>
  );
}

export function PreviewBody({ answer, name, href }: PreviewProps) {
  switch (answer.type) {
    case 'loading': return <div class="drawer-body"><Skeleton lines={6} /></div>;
    case 'failed': return <div class="drawer-body"><Notice kind="error">{answer.message}</Notice></div>;
    case 'shown': {
      const { preview } = answer;
      const isWhole = preview.type !== 'IMAGE' && preview.type !== 'PDF';
      return (
        <>
          {preview.truncated ? <Notice kind="warn">{isWhole ? 'Only the beginning is shown: take more rows, or download the file for all of it.' : 'The file is too large for a preview: download it.'}</Notice> : null}
          <Content preview={preview} name={name} href={href} />
        </>
      );
    }
    default: return <></>;
  }
}

const imageType = (extension: string): string => (extension === 'jpg' ? 'jpeg' : extension === 'svg' ? 'svg+xml' : extension);

function Content({ preview, name, href }: { readonly preview: PreviewAnswer; readonly name: string; readonly href: string }) {
  const { content, extension } = preview;
  if (preview.type === 'IMAGE') return preview.truncated ? <></> : <div class="preview-picture"><img class="preview-image" src={`data:image/${imageType(extension)};base64,${String(content)}`} alt={name} /></div>;
  // The page policy lets no document of somebody else run inside ours: the browser's own viewer opens it beside.
  if (preview.type === 'PDF') return <div class="drawer-body"><p class="dim">A PDF opens in the browser's own viewer, with its pages and its search.</p>{preview.truncated ? <Button icon="download" href={href} download={name}>Download {name}</Button> : <button type="button" class="button" data-open-pdf=""><Icon name="external" />Open {name}</button>}</div>;
  if (preview.type === 'MARKDOWN' || (preview.type === 'TEXT' && (extension === 'md' || extension === 'markdown'))) return <div class="drawer-body markdown"><Markdown text={String(content)} /></div>;
  if (Array.isArray(content)) {
    const list: readonly unknown[] = content;
    return <ValueRows rows={isRows(list) ? list : list.map((row) => (isRow(row) ? row : { value: row }))} />;
  }
  if (typeof content !== 'string') return <pre class="preview-text value-text mono" tabindex={0}><Json text={JSON.stringify(content, null, 2) ?? ''} /></pre>;
  if (content === '') return <p class="drawer-body faint">The file is empty.</p>;
  return <pre class="preview-text value-text mono" tabindex={0}>{/^(json|jsonl|ndjson)$/.test(extension) ? <Json text={content} /> : content}</pre>;
}
