/** The discard sheet: every unpublished change with its author; what is switched off stays in the draft. Whose changes go stands beside. */
import type { RevisionAuthor } from '../../../core/protocol/entities/flow.ts';
import { Avatar } from '../../components/avatars/avatars.tsx';
import { Button } from '../../components/button/button.tsx';
import { FormError } from '../../components/field/field.tsx';
import { Icon } from '../../components/icon/icon.tsx';
import { changesWords, HunkCounts, SwitchedHunk, type Hunk, type SheetProps } from './publish-sheet.tsx';

export interface DiscardProps extends Pick<SheetProps, 'draft' | 'flowId' | 'ownId' | 'whereOf'> {
  /** Hunks that stay in the draft. */
  readonly staying: ReadonlySet<string>;
}

const goingOf = ({ draft, staying }: DiscardProps): readonly Hunk[] => draft.hunks.filter((hunk) => !staying.has(hunk.id));

export function DiscardSheet(props: DiscardProps) {
  const { draft, flowId } = props;
  return (
    <dialog class="sheet" id="discard" aria-labelledby="discard-title">
      <form class="sheet-form" novalidate>
        <header class="sheet-head">
          <h2 class="cut" id="discard-title">Discard draft of {flowId}</h2><span class="small faint cut wide">back to revision {draft.base}</span>
          <span class="grow"></span><span class="small row" id="discard-counts"><DiscardCounts {...props} /></span>
          <Button kind="quiet" icon="close" title="Back to the draft" action="cancel" />
        </header>
        <div class="sheet-main" id="discard-hunks" tabindex={-1}><DiscardHunks {...props} /></div>
        <div class="sheet-side"><section class="stack" aria-label="What is discarded" id="discard-effects"><DiscardEffects {...props} /></section></div>
        <footer class="sheet-foot">
          <span class="grow"><FormError /></span>
          <Button action="cancel" kind="quiet" keys="Esc" autofocus>Back to the draft</Button>
          <Button kind="danger-fill" icon="history" type="submit"><span id="discard-go"><DiscardGo {...props} /></span></Button>
        </footer>
      </form>
    </dialog>
  );
}

export const DiscardCounts = ({ draft, staying }: DiscardProps) => <HunkCounts hunks={draft.hunks} off={staying} />;

/** What the button does. */
export function DiscardGo(props: DiscardProps) {
  return <>Discard {changesWords(goingOf(props).length)}</>;
}

export function DiscardHunks({ draft, ownId, staying, whereOf }: DiscardProps) {
  if (draft.hunks.length === 0) return <p class="hunk-note">The draft is what is published: there is nothing to discard any more.</p>;
  return (
    <>
      {draft.hunks.map((hunk) => <SwitchedHunk hunk={hunk} own={hunk.author.id === ownId} off={staying.has(hunk.id)} where={whereOf(hunk)} onWords="is discarded" />)}
    </>
  );
}

export function DiscardEffects(props: DiscardProps) {
  const { draft, ownId } = props;
  const going = goingOf(props);
  const left = draft.hunks.length - going.length;
  const counts = new Map<string, { readonly author: RevisionAuthor; readonly count: number }>();
  for (const { author } of going) counts.set(author.id, { author, count: (counts.get(author.id)?.count ?? 0) + 1 });
  const others = [...counts.values()].filter(({ author }) => author.id !== ownId).map(({ author }) => author.name);
  return (
    <>
      <h2>What is discarded</h2>
      <div class="effects">
        {going.length === 0 ? <div class="effect"><Icon name="info" /><span>Nothing is chosen</span></div> : null}
        {[...counts.values()].map(({ author, count }) => <div class="effect"><Avatar who={author} size={16} /><span>{changesWords(count)} of {author.id === ownId ? 'yours' : author.name}</span></div>)}
        {others.length === 0 ? null : <div class="effect" data-kind="error"><Icon name="people" /><span>Not only yours: {others.join(', ')} {others.length === 1 ? 'loses' : 'lose'} unpublished work. What you switch off stays.</span></div>}
        {left === 0 ? null : <div class="effect"><Icon name="edit" /><span>{changesWords(left)} {left === 1 ? 'stays' : 'stay'} in the draft</span></div>}
        {going.length === 0 ? null : <div class="effect"><Icon name="revision" /><span>Their places are as in revision {draft.base} again, for everybody in this text at once</span></div>}
      </div>
      <p class="small faint">Published revisions and what runs stay as they are. The audit list says who discarded.</p>
    </>
  );
}
