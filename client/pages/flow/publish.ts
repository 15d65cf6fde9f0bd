/**
 * Publishing: at once when all changes are one's own, else through the sheet, which stays true while others type on. Errors lead to the
 * first problem. What others wrote after the sheet was last drawn is shown before it can be published.
 */
import { parseFlow, pathAtOffset, type TypeCatalog } from '../../../core/language/index.ts';
import { flows } from '../../../core/protocol/operations/index.ts';
import type { DraftAnswer } from '../../../core/protocol/operations/flows.ts';
import type { Release } from '../../ambient/contract.ts';
import { draw } from '../../components/live/live.ts';
import type { PageRun } from '../behaviour.ts';
import { readOnlyReason } from '../page.ts';
import { effectsOf, textWith } from './effects.ts';
import type { FlowData } from './load.ts';
import { problemWords } from './problem-words.ts';
import { ChangesSheet, PublishSheet, SheetCounts, SheetEffects, SheetHunks, type SheetProps } from './publish-sheet.tsx';

const redrawRestMs = 400;

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
    let draft = first;
    const without = new Set<string>();
    const props = (): SheetProps => {
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
    const dialog = app.dialogs.open(PublishSheet(props()));
    const form = dialog.element.querySelector('form');
    if (form === null) return;
    const redraw = (): void => {
      const next = props();
      for (const [id, view] of [['publish-counts', SheetCounts(next)], ['publish-hunks', SheetHunks(next)], ['publish-effects', SheetEffects(next)]] as const) {
        const part = form.querySelector(`#${id}`);
        if (part !== null) draw(part, view);
      }
      // Morphing leaves what a person has switched alone: it is set by what is known here.
      for (const box of form.querySelectorAll<HTMLInputElement>('input[name="hunk"]')) box.checked = !without.has(box.value);
    };
    const adopt = (next: DraftAnswer): boolean => {
      const fresh = next.hunks.some((hunk) => { const known = draft.hunks.find((one) => one.id === hunk.id); return known === undefined || known.added.join('\n') !== hunk.added.join('\n') || known.removed.join('\n') !== hunk.removed.join('\n'); });
      draft = next;
      for (const id of without) if (!draft.hunks.some((hunk) => hunk.id === id)) without.delete(id);
      redraw();
      return fresh;
    };
    let cancel: Release | undefined;
    const unlisten = options.onChange(() => {
      cancel?.();
      cancel = app.timers.after(redrawRestMs, () => { void read().then(adopt, () => undefined); });
    });

    form.addEventListener('change', (event) => {
      if (!(event.target instanceof HTMLInputElement) || event.target.name !== 'hunk') return;
      if (event.target.checked) without.delete(event.target.value);
      else without.add(event.target.value);
      redraw();
    });
    dialog.submits(async () => {
      if (adopt(await read())) throw new Error('Somebody has just typed: these are the changes now. Publish again when they are what you want.');
      if (draft.hunks.length > 0 && without.size === draft.hunks.length) throw new Error('Every change is left out: choose at least one.');
      const message = form.querySelector<HTMLTextAreaElement>('[name="message"]')?.value.trim() ?? '';
      const flow = await run.call(flows.flowsPublish, { ...address, without: [...without], expectedRevision: draft.base, ...(message === '' ? {} : { message }) });
      dialog.close('published');
      options.published(flow.revision);
    });
    await dialog.closed;
    unlisten();
    cancel?.();
  }

  return {
    async publish() {
      const reader = readOnlyReason(run.place());
      if (reader !== undefined) throw new Error(reader);
      const draft = await read();
      const first = draft.diagnostics.find((one) => one.severity === 'error');
      if (first !== undefined) {
        options.reveal(first.line, first.column);
        app.toasts.failed(new Error(problemWords(first)), 'Not published');
        return;
      }
      if (!draft.differs && draft.base > 0) { app.toasts.done(`Revision ${draft.base} is this text already`); return; }
      if (draft.hunks.some((hunk) => hunk.author.id !== ownId)) { await sheet(draft); return; }
      options.published((await run.call(flows.flowsPublish, { ...address, expectedRevision: draft.base })).revision);
    },
    async showChanges() {
      const draft = await read();
      app.dialogs.open(ChangesSheet({ draft, flowId: data.id, ownId, whereOf: whereIn(draft.source) }));
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
