/** Revisions: who published what and when, the difference of two, restore. What is compared, and how, is in the address. */
import { Avatar, Avatars } from '../../components/avatars/avatars.tsx';
import { Button } from '../../components/button/button.tsx';
import { Empty, Notice } from '../../components/notice/notice.tsx';
import { Ago } from '../../components/time/time.tsx';
import { momentWords } from '../../components/time/words.ts';
import { readOnlyReason, toFlow, type Place } from '../page.ts';
import { DiffView } from './diff-view.tsx';
import { lineAuthors, lineDiff } from './line-diff.ts';
import type { FlowData, ListedRevision } from './load.ts';

export function RevisionsView({ data, place }: { readonly data: FlowData; readonly place: Place }) {
  const list = data.revisions.toReversed();
  const base = toFlow(place, data.namespace, data.id, 'revisions');
  const editor = toFlow(place, data.namespace, data.id, 'editor');
  if (list.length === 0) return <div class="page-pad"><section class="panel"><Empty icon="revision" title="Nothing is published yet"><p>A revision is a deliberate publish: Ctrl S in the editor.</p><Button kind="primary" href={editor}>Open the editor</Button></Empty></section></div>;
  const query = new URLSearchParams(place.search);
  // The second name of each is the one that links pasted from elsewhere use.
  const number = (names: readonly string[], otherwise: number): number => {
    const value = names.map((name) => query.get(name)).find((one) => one !== null);
    return value !== undefined && value !== null && (value === '0' || list.some((one) => String(one.revision) === value)) ? Number(value) : otherwise;
  };
  const newest = list[0]?.revision ?? 0;
  const right = number(['right', 'revisionRight'], newest) || newest;
  const left = number(['left', 'revisionLeft'], before(list, right));
  const mode = query.get('view') === 'inline' ? 'inline' : 'side';
  const at = (revision: number): ListedRevision | undefined => list.find((one) => one.revision === revision);
  const [old, fresh] = [at(left), at(right)];
  const address = (change: Readonly<Record<string, string | number>>): string => `${base}?${new URLSearchParams({ left: String(left), right: String(right), view: mode, ...Object.fromEntries(Object.entries(change).map(([name, value]) => [name, String(value)])) })}`;
  const lines = lineDiff(old?.source ?? '', fresh?.source ?? '');
  const added = lines.filter((line) => line.type === 'added').length;
  const removed = lines.filter((line) => line.type === 'removed').length;
  const head = (one: ListedRevision | undefined): string => (one === undefined ? 'before the first' : `${one.revision}, ${momentWords(Date.parse(one.publishedAt), place.nowMs, place.zone)}, published by ${one.publishedBy.name}`);
  return (
    <div class="split" data-split="list">
      <nav class="revision-list" aria-label="Revisions, newest first">
        {data.draft.differs ? <a class="revision-link" data-kind="draft" href={editor}><span class="row"><b>Draft</b><span class="grow"></span><Avatars people={[...new Map(data.draft.hunks.map((hunk) => [hunk.author.id, hunk.author])).values()]} size={16} /></span><span class="small dim cut">{data.draft.hunks.length} {data.draft.hunks.length === 1 ? 'change' : 'changes'}, not published</span></a> : null}
        <ol>
          {list.map((one) => (
            <li>
              <a class="revision-link" href={address({ left: before(list, one.revision), right: one.revision })} aria-current={one.revision === right ? 'true' : undefined} data-compared={one.revision === left ? '' : undefined}>
                <span class="row"><b class="num">{one.revision}</b>{one.revision === newest ? <span class="label">current</span> : null}<span class="grow"></span><span class="small faint"><Ago at={one.publishedAt} nowMs={place.nowMs} zone={place.zone} /></span></span>
                <span class="row small dim" data-gap="1"><Avatars people={one.authors.length === 0 ? [one.publishedBy] : one.authors} size={16} most={4} /><span class="cut">{one.message ?? `by ${one.publishedBy.name}`}</span></span>
              </a>
            </li>
          ))}
        </ol>
      </nav>
      <div class="splitter" role="presentation"></div>
      <section class="revision-diff" aria-label={left === 0 ? `Revision ${right}` : `Difference of revisions ${left} and ${right}`}>
        <div class="toolbar">
          <form method="get" action={base} class="row compare-form">
            <label class="row">From <span class="input" data-quiet=""><select name="left" aria-label="Older revision">{list.map((one) => <option value={String(one.revision)} selected={one.revision === left}>{one.revision}</option>)}<option value="0" selected={left === 0}>nothing</option></select></span></label>
            <label class="row">to <span class="input" data-quiet=""><select name="right" aria-label="Newer revision">{list.map((one) => <option value={String(one.revision)} selected={one.revision === right}>{one.revision}{one.revision === newest ? ', current' : ''}</option>)}</select></span></label>
            <input type="hidden" name="view" value={mode} />
            <Button size="small" type="submit">Compare</Button>
          </form>
          <b class="mono diff-plus">+{added}</b><b class="mono diff-minus">−{removed}</b>
          {fresh === undefined ? null : <span class="row wide" data-gap="1">{fresh.authors.slice(0, 4).map((author) => <span class="row small dim" data-gap="1"><Avatar who={author} size={16} />{author.name}</span>)}</span>}
          <span class="toolbar-gap"></span>
          <span class="segmented wide" role="group" aria-label="How to show the difference"><a href={address({ view: 'side' })} aria-pressed={mode === 'side' ? 'true' : 'false'} role="button">Side by side</a><a href={address({ view: 'inline' })} aria-pressed={mode === 'inline' ? 'true' : 'false'} role="button">Inline</a></span>
          <Button icon="restore" action="restore" value={String(right)} disabled={readOnlyReason(place) ?? (right === newest ? 'It is the newest revision already: choose an older one' : undefined)}>Restore {right}</Button>
        </div>
        {fresh?.exception === undefined ? null : <Notice kind="error">Revision {right} does not parse any more: {fresh.exception}</Notice>}
        <DiffView mode={mode} lines={lines} label={`Revision ${left} to ${right}`} heads={[head(old), head(fresh)]} oldAuthors={old === undefined ? [] : lineAuthors(old.source ?? '', old.ranges)} freshAuthors={fresh === undefined ? [] : lineAuthors(fresh.source ?? '', fresh.ranges, fresh.authors)} />
      </section>
    </div>
  );
}

/** The revision before; 0 for the first. */
const before = (list: readonly ListedRevision[], revision: number): number => list.find((one) => one.revision < revision)?.revision ?? 0;
