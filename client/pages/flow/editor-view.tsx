/** The editor tab: source, topology beside it, problems below. What is live in it is drawn by the same views. */
import type { Diagnostic } from '../../../core/protocol/entities/flow.ts';
import { Avatar, type Presence } from '../../components/avatars/avatars.tsx';
import { Button } from '../../components/button/button.tsx';
import { Icon } from '../../components/icon/icon.tsx';
import { Notice } from '../../components/notice/notice.tsx';
import type { IconName } from '../../theme/icons.ts';
import { readOnlyReason, to, type Place } from '../page.ts';
import type { FlowData } from './load.ts';

export interface DraftFacts {
  readonly revision: number;
  readonly differs: boolean;
  readonly hunkCount: number;
}

/** Which panes are shown; remembered by the browser. */
export const editorPanes = ['source', 'both', 'topology'] as const;
export type EditorPanes = (typeof editorPanes)[number];
const paneNames: Readonly<Record<EditorPanes, { readonly title: string; readonly icon: IconName }>> = {
  source: { title: 'Source', icon: 'code' }, both: { title: 'Source and topology', icon: 'split' }, topology: { title: 'Topology', icon: 'task-branch' },
};

/** Why the draft can not be discarded now. */
export function discardRefusal(draft: Pick<DraftFacts, 'revision' | 'differs'>, place: Place): string | undefined {
  return readOnlyReason(place) ?? (draft.revision === 0 ? 'It was never published: there is no revision to go back to' : draft.differs ? undefined : 'The draft is what is published already');
}

const problemsShownMax = 100;

export function EditorView({ data, place }: { readonly data: FlowData; readonly place: Place }) {
  const reader = readOnlyReason(place);
  return (
    <>
      <div class="toolbar">
        <div class="segmented wide" role="radiogroup" aria-label="View" id="editor-panes">
          {editorPanes.map((panes) => <button type="button" role="radio" aria-checked={panes === 'both' ? 'true' : 'false'} data-action="panes" data-value={panes} title={paneNames[panes].title}><Icon name={paneNames[panes].icon} size={14} />{panes === 'both' ? <span>{paneNames[panes].title}</span> : null}</button>)}
        </div>
        <span class="row grow" id="draft-bar"><DraftBar data={data} draft={{ revision: data.draft.base, differs: data.draft.differs, hunkCount: data.draft.hunks.length }} diagnostics={data.draft.diagnostics} people={[]} /></span>
      </div>
      {reader === undefined ? null : <Notice kind="warn">{reader}</Notice>}
      <div id="editor-notice" hidden></div>
      <div class="split editor-split" data-split="half" id="editor-split" data-panes="both">
        <div class="editor-host" id="editor" data-owned=""><pre class="mono editor-first" tabindex={0} aria-label={`Source of ${data.id}`}>{data.draft.source}</pre></div>
        <div class="splitter" id="editor-splitter" role="separator" aria-orientation="vertical" aria-valuemin={25} aria-valuemax={75} aria-valuenow={50} aria-label="Resize source and topology" tabindex={0}></div>
        <div class="graph" id="topology" data-owned=""></div>
      </div>
      <section class="dock" id="problems" aria-label="Problems"><Problems diagnostics={data.draft.diagnostics} /></section>
    </>
  );
}

/** Somebody in the text; `clientId` leads to their caret. */
export interface PersonHere extends Presence {
  readonly clientId: number;
  readonly own: boolean;
}

export interface DraftBarProps {
  readonly data: FlowData;
  readonly draft: DraftFacts;
  readonly diagnostics: readonly Diagnostic[];
  readonly people: readonly PersonHere[];
}

export function DraftBar({ data, draft, diagnostics, people }: DraftBarProps) {
  const errors = diagnostics.filter((one) => one.severity === 'error').length;
  const warnings = diagnostics.filter((one) => one.severity === 'warning').length;
  return (
    <>
      <span class="row small dim"><Icon name="revision" size={14} /><span>{draft.revision === 0 ? 'Draft of a new flow' : draft.differs ? `Draft on ${draft.revision}: ${draft.hunkCount} ${draft.hunkCount === 1 ? 'change' : 'changes'}` : `Same as revision ${draft.revision}`}</span></span>
      <span class="row" id="editor-people"><EditorPeople people={people} /></span>
      <span class="toolbar-gap"></span>
      <span class="small editor-status" id="editor-status" role="status"></span>
      <span class="row small problem-counts"><span class={errors > 0 ? 'problem-mark row' : 'faint row'} data-gap="1"><Icon name="state-failed" size={14} />{errors}<span class="wide">{errors === 1 ? ' error' : ' errors'}</span></span><span class={warnings > 0 ? 'warning-mark row' : 'faint row'} data-gap="1"><Icon name="state-warning" size={14} />{warnings}<span class="wide">{warnings === 1 ? ' warning' : ' warnings'}</span></span></span>
      {data.draft.base === 0 && draft.revision === 0 ? null : <Button kind="quiet" size="small" icon="history" action="show-changes" title="Unpublished changes, by author"><span class="wide">Changes</span></Button>}
    </>
  );
}

const peopleShownMax = 8;

/** A click goes to where somebody is. */
export function EditorPeople({ people }: { readonly people: readonly PersonHere[] }) {
  const shown = people.slice(0, peopleShownMax);
  const rest = people.slice(peopleShownMax);
  return (
    <span class="avatars" role="group" aria-label="In this text">
      {shown.map((who) => who.own ? <Avatar who={{ ...who, name: who.name }} /> : <button type="button" class="avatar-button" data-action="to-person" data-value={String(who.clientId)} aria-label={`Go to ${who.name}`}><Avatar who={who} /></button>)}
      {rest.length > 0 ? <span class="more" title={rest.map((who) => who.name).join('\n')}>+{rest.length}</span> : null}
    </span>
  );
}

export function Problems({ diagnostics }: { readonly diagnostics: readonly Diagnostic[] }) {
  const alert = diagnostics.some((one) => one.severity === 'error');
  return (
    <>
      <div class="tabs"><h2 class="tab" aria-current="true">Problems<span class="count" data-kind={alert ? 'alert' : undefined}>{diagnostics.length}</span></h2></div>
      {diagnostics.length === 0 ? <p class="problem-none faint small">Nothing is wrong with this text.</p> : (
        <ul class="problem-list">
          {diagnostics.slice(0, problemsShownMax).map((one) => (
            <li>
              <button type="button" class="problem" data-kind={one.severity === 'error' ? undefined : one.severity === 'warning' ? 'warn' : 'info'} data-action="to-problem" data-value={`${one.line}:${one.column}`}>
                <Icon name={one.severity === 'error' ? 'state-failed' : one.severity === 'warning' ? 'state-warning' : 'info'} />
                <span class="problem-text">{one.message}{one.remedy === undefined ? null : <span class="faint"> {one.remedy}</span>}</span>
                <span class="faint mono small">{one.line}:{one.column}</span>
                {one.author === undefined ? <span></span> : <span class="row small" data-gap="1"><Avatar who={one.author} size={16} /><span class="problem-author">{one.author.name}</span></span>}
              </button>
            </li>
          ))}
          {diagnostics.length > problemsShownMax ? <li class="problem-none faint small">and {diagnostics.length - problemsShownMax} more</li> : null}
        </ul>
      )}
    </>
  );
}

/** The server has closed this document for good: what happened, and that the text is not lost. */
export function ClosedNotice({ code, words, place }: { readonly code: number; readonly words: string; readonly place: Place }) {
  return (
    <Notice kind="error">
      <span class="grow">{words} Your text is still here to be copied.</span>
      <Button size="small" icon="copy" action="copy-text">Copy the text</Button>
      {code === 4401 ? <Button size="small" href={`${to(place, '/login')}?from=${encodeURIComponent(place.path)}`}>Sign in</Button>
        : code === 4404 ? <Button size="small" href={to(place, '/flows')}>All flows</Button>
          : <Button size="small" icon="replay" action="reload-page" title="Reads the text as the server has it; what was refused is dropped">Read it again</Button>}
    </Notice>
  );
}
