/**
 * Publishing: at once when all changes are one's own, else through the sheet. Errors lead to the first problem. Discarding: always
 * through a sheet, which says whose changes go. What others wrote after one looked is shown before anything happens to it.
 */
import { parseFlow, pathAtOffset, type TypeCatalog } from '../../../core/language/index.ts';
import { flows } from '../../../core/protocol/operations/index.ts';
import type { DraftAnswer } from '../../../core/protocol/operations/flows.ts';
import type { Release } from '../../ambient/contract.ts';
import type { PageRun } from '../behaviour.ts';
import { readOnlyReason } from '../page.ts';
import { DiscardCounts, DiscardEffects, DiscardGo, DiscardHunks, DiscardSheet, type DiscardProps } from './discard-sheet.tsx';
import { discardRefusal } from './editor-view.tsx';
import { effectsOf, textWith } from './effects.ts';
import { chosenIn, isStale, openHunkSheet, seenOf, type Decision } from './hunk-sheet.ts';
import type { FlowData } from './load.ts';
import { problemWords } from './problem-words.ts';
import { changesWords, ChangesSheet, PublishSheet, SheetCounts, SheetEffects, SheetHunks, type SheetProps } from './publish-sheet.tsx';

/** Somebody who goes on typing while they publish is read again so often. */
const publishTriesMax = 3;

export interface PublishOptions {
  readonly run: PageRun<FlowData>;
  readonly catalog: () => Promise<TypeCatalog>;
  readonly reveal: (line: number, column: number) => void;
  readonly published: (revision: number) => void;
  /** Calls when the draft has changed. */
  readonly onChange: (listener: () => void) => Release;
}

export interface Publishing {
  publish(): Promise<void>;
  discard(): Promise<void>;
  showChanges(): Promise<void>;
}

export function createPublishing(options: PublishOptions): Publishing {
  const { run } = options;
  const { app, data } = run;
  const address = { namespace: data.namespace, id: data.id };
  const ownId = run.place().viewer.id;
  // The answer waits for what is being committed: nothing typed a moment ago is left out.
  const read = (): Promise<DraftAnswer> => run.call(flows.flowsDraft, address);

  async function sheet(first: DraftAnswer): Promise<void> {
    const catalog = await options.catalog();
    const props = ({ draft, off: without }: Decision): SheetProps => {
      const source = without.size === 0 ? draft.source : textWith(draft.baseSource, draft.hunks, without);
      const parsed = parseFlow(source, { catalog, level: '1.x' });
      const before = draft.base === 0 ? undefined : parseFlow(draft.baseSource, { catalog, level: '1.x' }).outline;
      const error = parsed.diagnostics.find((one) => one.severity === 'error');
      return {
        draft, flowId: data.id, ownId, without, whereOf: whereIn(draft.source), place: run.place(),
        effects: parsed.flow === undefined ? undefined : effectsOf(before, parsed.flow),
        problem: error === undefined ? undefined : `${without.size === 0 ? '' : 'With these changes only: '}line ${error.line}: ${error.message}`,
      };
    };
    await openHunkSheet({
      run, first, read, onChange: options.onChange, verb: 'Publish',
      view: (decision) => PublishSheet(props(decision)),
      parts: (decision) => {
        const next = props(decision);
        return [['publish-counts', SheetCounts(next)], ['publish-hunks', SheetHunks(next)], ['publish-effects', SheetEffects(next)]];
      },
      async decide(decision, dialog, form) {
        const { draft, off } = decision;
        if (draft.hunks.length > 0 && off.size === draft.hunks.length) throw new Error('Every change is left out: choose at least one.');
        const message = form.querySelector<HTMLTextAreaElement>('[name="message"]')?.value.trim() ?? '';
        const flow = await run.call(flows.flowsPublish, { ...address, without: [...off], seen: seenOf(chosenIn(decision)), expectedRevision: draft.base, ...(message === '' ? {} : { message }) });
        dialog.close('published');
        options.published(flow.revision);
      },
    });
  }

  async function discardSheet(first: DraftAnswer): Promise<void> {
    const props = ({ draft, off: staying }: Decision): DiscardProps => ({ draft, flowId: data.id, ownId, staying, whereOf: whereIn(draft.source) });
    await openHunkSheet({
      run, first, read, onChange: options.onChange, verb: 'Discard',
      view: (decision) => DiscardSheet(props(decision)),
      parts: (decision) => {
        const next = props(decision);
        return [['discard-counts', DiscardCounts(next)], ['discard-hunks', DiscardHunks(next)], ['discard-effects', DiscardEffects(next)], ['discard-go', DiscardGo(next)]];
      },
      async decide(decision, dialog) {
        const chosen = chosenIn(decision);
        if (chosen.length === 0) throw new Error('Every change stays: choose at least one to discard.');
        const now = await run.call(flows.flowsDiscardDraft, { ...address, hunks: chosen.map((hunk) => hunk.id), seen: seenOf(chosen) });
        dialog.close('discarded');
        app.toasts.done(`Discarded ${changesWords(chosen.length)}${now.differs ? '' : `: the draft is revision ${now.base} again`}`);
      },
    });
  }

  async function discard(draft: DraftAnswer): Promise<void> {
    const refusal = discardRefusal({ revision: draft.base, differs: draft.differs }, run.place());
    if (refusal !== undefined) throw new Error(refusal);
    await discardSheet(draft);
  }

  /** Own changes go at once; what others typed between the reading and the publish is shown instead. */
  async function publish(triesLeft: number, base: number | undefined): Promise<void> {
    const draft = await read();
    const first = draft.diagnostics.find((one) => one.severity === 'error');
    if (first !== undefined) {
      options.reveal(first.line, first.column);
      app.toasts.failed(new Error(problemWords(first)), 'Not published');
      return;
    }
    if (!draft.differs && draft.base > 0) { app.toasts.done(`Revision ${draft.base} is this text already`); return; }
    if (draft.hunks.some((hunk) => hunk.author.id !== ownId)) { await sheet(draft); return; }
    try {
      options.published((await run.call(flows.flowsPublish, { ...address, seen: seenOf(draft.hunks), expectedRevision: base ?? draft.base })).revision);
    } catch (error) {
      if (!isStale(error) || triesLeft === 0) throw error;
      await publish(triesLeft - 1, base ?? draft.base);
    }
  }

  return {
    async publish() {
      const reader = readOnlyReason(run.place());
      if (reader !== undefined) throw new Error(reader);
      await publish(publishTriesMax, undefined);
    },
    async discard() { await discard(await read()); },
    async showChanges() {
      const draft = await read();
      const { closed } = app.dialogs.open(ChangesSheet({ draft, flowId: data.id, ownId, whereOf: whereIn(draft.source), fixed: discardRefusal({ revision: draft.base, differs: draft.differs }, run.place()) }));
      if (await closed === 'discard') await discard(await read());
    },
  };
}

/** The task, trigger or top-level key that a hunk's first line stands in. */
function whereIn(source: string): SheetProps['whereOf'] {
  const starts = [0];
  for (let at = source.indexOf('\n'); at !== -1; at = source.indexOf('\n', at + 1)) starts.push(at + 1);
  return (hunk) => {
    const start = starts[hunk.draftLine - 1];
    if (start === undefined) return undefined;
    const indent = /^[\s-]*/.exec(source.slice(start, start + 200))?.[0].length ?? 0;
    const at = pathAtOffset(source, start + indent);
    const [top] = at?.segments ?? [];
    return at?.element?.id ?? (typeof top === 'string' ? top : undefined);
  };
}
