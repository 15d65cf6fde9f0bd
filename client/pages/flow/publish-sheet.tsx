/** The publish sheet: every unpublished change with its author; what is switched off stays in the draft. What it changes stands beside. */
import type { Diagnostic, RevisionAuthor } from '../../../core/protocol/entities/flow.ts';
import type { DraftAnswer } from '../../../core/protocol/operations/flows.ts';
import { Avatar } from '../../components/avatars/avatars.tsx';
import { Button } from '../../components/button/button.tsx';
import { FormError } from '../../components/field/field.tsx';
import { Icon } from '../../components/icon/icon.tsx';
import { Ago } from '../../components/time/time.tsx';
import type { Children } from '../../components/view.ts';
import type { Place } from '../page.ts';
import type { Effect } from './effects.ts';

export type Hunk = DraftAnswer['hunks'][number];

/** Of one hunk are so many lines shown: the rest is in the editor. */
const linesShownMax = 60;

export interface SheetProps {
  readonly draft: DraftAnswer;
  readonly flowId: string;
  readonly ownId: string;
  readonly without: ReadonlySet<string>;
  /** Undefined while the text with the chosen changes does not parse. */
  readonly effects: readonly Effect[] | undefined;
  /** What is wrong with the text of the chosen changes. */
  readonly problem: string | undefined;
  /** What a hunk is in: the task or key at its first line. */
  readonly whereOf: (hunk: Hunk) => string | undefined;
  readonly place: Place;
}

export const sum = (hunks: readonly Hunk[], of: 'added' | 'removed'): number => hunks.reduce((count, hunk) => count + hunk[of].length, 0);

export function PublishSheet(props: SheetProps) {
  const { draft, flowId } = props;
  const next = draft.base + 1;
  return (
    <dialog class="sheet" id="publish" aria-labelledby="publish-title">
      <form class="sheet-form" novalidate>
        <header class="sheet-head">
          <h2 id="publish-title">Publish {next} of {flowId}</h2><span class="small faint cut wide">{draft.base === 0 ? 'its first revision' : `on ${draft.base}`}</span>
          <span class="grow"></span><span class="small row" id="publish-counts"><SheetCounts {...props} /></span>
          <Button kind="quiet" icon="close" title="Back to the draft" action="cancel" />
        </header>
        <div class="sheet-main" id="publish-hunks" tabindex={-1}><SheetHunks {...props} /></div>
        <div class="sheet-side">
          <section class="stack" aria-label={`What ${next} changes`} id="publish-effects"><SheetEffects {...props} /></section>
          <div class="field">
            <label for="publish-message">What is it for</label>
            <textarea class="input" id="publish-message" name="message" rows={3} maxlength={2000} placeholder="Optional" autofocus></textarea>
            <span class="hint">Shown in the list of revisions</span>
          </div>
        </div>
        <footer class="sheet-foot">
          <span class="grow"><FormError /></span>
          <Button action="cancel" kind="quiet" keys="Esc">Back to the draft</Button>
          <Button kind="primary" icon="publish" type="submit" keys="Ctrl Enter">Publish {next}</Button>
        </footer>
      </form>
    </dialog>
  );
}

export const changesWords = (count: number): string => `${count} ${count === 1 ? 'change' : 'changes'}`;

/** How many of the changes are switched on, and their lines. */
export function HunkCounts({ hunks, off }: { readonly hunks: readonly Hunk[]; readonly off: ReadonlySet<string> }) {
  const chosen = hunks.filter((hunk) => !off.has(hunk.id));
  return (
    <>
      <span>{chosen.length === hunks.length ? changesWords(chosen.length) : `${chosen.length} of ${changesWords(hunks.length)}`}</span>
      <b class="mono diff-plus">+{sum(chosen, 'added')}</b><b class="mono diff-minus">−{sum(chosen, 'removed')}</b>
    </>
  );
}

export const SheetCounts = ({ draft, without }: SheetProps) => <HunkCounts hunks={draft.hunks} off={without} />;

/** A change with its switch: `onWords` says what happens to it, switched off it stays in the draft. Notes stand below its lines. */
export function SwitchedHunk({ hunk, own, off, where, onWords, children }: { readonly hunk: Hunk; readonly own: boolean; readonly off: boolean; readonly where: string | undefined; readonly onWords: string; readonly children?: Children }) {
  const name = `${hunk.author.name}, line ${hunk.draftLine}`;
  return (
    <section class="hunk" id={`hunk-${hunk.id}`} data-who={hunk.author.color} data-out={off ? '' : undefined} aria-label={name}>
      <div class="hunk-head">
        <HunkAuthor hunk={hunk} own={own} where={where} />
        <span class="grow"></span>
        <label class="in"><span>{off ? 'stays in the draft' : onWords}</span><input class="switch" role="switch" type="checkbox" name="hunk" value={hunk.id} checked={!off} aria-label={`${name}: ${onWords}`} /></label>
      </div>
      <HunkLines hunk={hunk} />
      {children}
    </section>
  );
}

export function SheetHunks({ draft, ownId, without, whereOf }: SheetProps) {
  return (
    <>
      {draft.hunks.map((hunk) => {
        const out = without.has(hunk.id);
        const own = hunk.author.id === ownId;
        return (
          <SwitchedHunk hunk={hunk} own={own} off={out} where={whereOf(hunk)} onWords="in this revision">
            {draft.diagnostics.filter((one) => isIn(one, hunk)).map((one) => <p class="hunk-note"><Icon name={one.severity === 'error' ? 'state-failed' : one.severity === 'warning' ? 'state-warning' : 'info'} />Line {one.line}: {one.message}</p>)}
            {out && !own ? <p class="hunk-note"><Icon name="info" />It stays in the draft as {hunk.author.name}'s, after this publish too.</p> : null}
          </SwitchedHunk>
        );
      })}
    </>
  );
}

const isIn = (diagnostic: Diagnostic, hunk: Hunk): boolean => diagnostic.line >= hunk.draftLine && diagnostic.line < hunk.draftLine + hunk.added.length;

export function SheetEffects({ draft, without, effects, problem, place }: SheetProps) {
  const chosen = draft.hunks.filter((hunk) => !without.has(hunk.id));
  const left = draft.hunks.filter((hunk) => without.has(hunk.id));
  const authors = [...new Map(chosen.map((hunk): [string, RevisionAuthor] => [hunk.author.id, hunk.author])).values()];
  const newest = draft.hunks.map((hunk) => hunk.at).sort().at(-1);
  return (
    <>
      <h2>What {draft.base + 1} changes</h2>
      <div class="effects">
        {problem === undefined ? null : <div class="effect" data-kind="error"><Icon name="state-failed" /><span>{problem}</span></div>}
        {effects === undefined ? null : effects.length === 0 ? <div class="effect"><Icon name="info" /><span>Nothing that runs: only words and layout</span></div> : effects.map((effect) => <div class="effect"><Icon name={effect.icon} /><span>{effect.text}</span>{effect.detail === undefined ? null : <small>{effect.detail}</small>}</div>)}
        {draft.base === 0 ? null : <div class="effect"><Icon name="revision" /><span>What runs now goes on with revision {draft.base}</span></div>}
        {left.length === 0 ? null : <div class="effect"><Icon name="edit" /><span>{left.length} {left.length === 1 ? 'change' : 'changes'} of {[...new Set(left.map((hunk) => hunk.author.name))].join(', ')} {left.length === 1 ? 'stays' : 'stay'} in the draft</span></div>}
      </div>
      <p class="small faint">{authors.length === 0 ? 'Nothing is chosen.' : `By ${authors.map((author) => author.name).join(', ')}.`}{newest === undefined ? null : <> Last changed <Ago at={newest} nowMs={place.nowMs} zone={place.zone} />.</>}</p>
    </>
  );
}

export function HunkAuthor({ hunk, own, where }: { readonly hunk: Hunk; readonly own: boolean; readonly where: string | undefined }) {
  const last = hunk.draftLine + hunk.added.length - 1;
  return (
    <>
      <Avatar who={hunk.author} size={20} /><b class="cut">{hunk.author.name}{own ? ', you' : ''}</b>
      {where === undefined ? null : <code class="cut">{where}</code>}
      <span class="where">{last > hunk.draftLine ? `lines ${hunk.draftLine} to ${last}` : `line ${hunk.draftLine}`}</span>
      {hunk.added.length === 0 ? null : <b class="mono diff-plus">+{hunk.added.length}</b>}{hunk.removed.length === 0 ? null : <b class="mono diff-minus">−{hunk.removed.length}</b>}
    </>
  );
}

export function HunkLines({ hunk }: { readonly hunk: Hunk }) {
  const line = (kind: 'add' | 'del', number: number, text: string) => <div class="line" data-diff={kind}><span class="by"></span><span class="no">{number}</span><span class="mark" aria-label={kind === 'add' ? 'added' : 'removed'}>{kind === 'add' ? '+' : '−'}</span><code>{text === '' ? ' ' : text}</code></div>;
  const more = Math.max(0, hunk.removed.length - linesShownMax) + Math.max(0, hunk.added.length - linesShownMax);
  return (
    <div class="code">
      {hunk.removed.slice(0, linesShownMax).map((text, index) => line('del', hunk.baseLine + index, text))}
      {hunk.added.slice(0, linesShownMax).map((text, index) => line('add', hunk.draftLine + index, text))}
      {more === 0 ? null : <p class="hunk-note">and {more} more lines</p>}
    </div>
  );
}

/** The same changes to look at. From here they can be discarded, also on a phone, where the menu is not. `fixed` is why not. */
export function ChangesSheet({ draft, flowId, ownId, whereOf, fixed }: Pick<SheetProps, 'draft' | 'flowId' | 'ownId' | 'whereOf'> & { readonly fixed: string | undefined }) {
  return (
    <dialog class="sheet" data-size="narrow" id="changes" aria-labelledby="changes-title">
      <form method="dialog" class="sheet-form">
        <header class="sheet-head"><h2 id="changes-title">{draft.base === 0 ? `Draft of ${flowId}` : `Changes of ${flowId} since ${draft.base}`}</h2><span class="grow"></span><Button kind="quiet" icon="close" title="Close" type="submit" autofocus /></header>
        <div class="sheet-main" tabindex={0}>
          {draft.hunks.length === 0 ? <p class="hunk-note">The draft is what is published.</p> : draft.hunks.map((hunk) => (
            <section class="hunk" data-who={hunk.author.color} aria-label={`${hunk.author.name}, line ${hunk.draftLine}`}><div class="hunk-head"><HunkAuthor hunk={hunk} own={hunk.author.id === ownId} where={whereOf(hunk)} /></div><HunkLines hunk={hunk} /></section>
          ))}
        </div>
        <footer class="sheet-foot">
          <span class="grow"></span>
          {fixed === undefined ? <button class="button" data-kind="danger" value="discard"><Icon name="history" />Discard…</button> : <Button kind="danger" icon="history" disabled={fixed}>Discard…</Button>}
        </footer>
      </form>
    </dialog>
  );
}
