/** Revisions: who published what and when, the difference of two, restore. The chosen two are in the address. */
import { Avatar } from '../../components/avatars/avatars.tsx';
import { Button } from '../../components/button/button.tsx';
import { Empty } from '../../components/notice/notice.tsx';
import { Ago } from '../../components/time/time.tsx';
import { readOnlyReason, toFlow, type Place } from '../page.ts';
import { DiffView } from './diff-view.tsx';
import { lineDiff } from './line-diff.ts';
import type { FlowData } from './load.ts';

export function RevisionsView({ data, place }: { readonly data: FlowData; readonly place: Place }) {
  const list = [...data.revisions].reverse();
  if (list.length === 0) return <div class="page-pad"><section class="panel"><Empty icon="revision" title="Nothing is published yet"><p>A revision is a deliberate publish: Ctrl S in the editor.</p><Button kind="primary" href={toFlow(place, data.namespace, data.id, 'editor')}>Open the editor</Button></Empty></section></div>;
  const query = new URLSearchParams(place.search);
  const number = (name: string, otherwise: number): number => { const value = query.get(name); return value !== null && (value === '0' || list.some((one) => String(one.revision) === value)) ? Number(value) : otherwise; };
  const newest = list[0]?.revision ?? 0;
  const right = number('right', newest) || newest;
  const left = number('left', list.find((one) => one.revision < right)?.revision ?? 0);
  const of = (revision: number): string => list.find((one) => one.revision === revision)?.source ?? '';
  const base = toFlow(place, data.namespace, data.id, 'revisions');
  const reader = readOnlyReason(place);
  return (
    <div class="split" data-split="list">
      <ol class="revision-list" aria-label="Revisions, newest first">
        {list.map((one) => (
          <li aria-current={one.revision === right ? 'true' : undefined}>
            <a class="revision-link" href={`${base}?left=${list.find((other) => other.revision < one.revision)?.revision ?? 0}&right=${one.revision}`}>
              <span class="row"><b class="num">{one.revision}</b>{one.authors.slice(0, 4).map((author) => <Avatar who={author} size={16} />)}<span class="grow"></span><Ago at={one.publishedAt} nowMs={place.nowMs} zone={place.zone} /></span>
              <span class="small dim cut">{one.message ?? `Published by ${one.publishedBy.name}`}</span>
              <span class="small faint cut">{one.authors.length === 0 ? one.publishedBy.name : one.authors.map((author) => author.name).join(', ')}</span>
            </a>
          </li>
        ))}
      </ol>
      <div class="splitter" role="separator" aria-orientation="vertical" aria-label="Resize the list"></div>
      <section class="page revision-diff" aria-label={left === 0 ? `Revision ${right}` : `Difference of revisions ${left} and ${right}`}>
        <div class="toolbar">
          <form method="get" action={base} class="row">
            <label class="row">From <select name="left" aria-label="Older revision">{list.map((one) => <option value={String(one.revision)} selected={one.revision === left}>{one.revision}</option>)}<option value="0" selected={left === 0}>nothing</option></select></label>
            <label class="row">to <select name="right" aria-label="Newer revision">{list.map((one) => <option value={String(one.revision)} selected={one.revision === right}>{one.revision}</option>)}</select></label>
            <Button size="small" type="submit">Compare</Button>
          </form>
          <span class="toolbar-gap"></span>
          <Button icon="restore" action="restore" value={String(right)} disabled={reader ?? (right === newest ? 'It is the newest revision already' : undefined)}>Restore {right}</Button>
        </div>
        <DiffView lines={lineDiff(of(left), of(right))} label={`Revision ${left} to ${right}`} />
      </section>
    </div>
  );
}
