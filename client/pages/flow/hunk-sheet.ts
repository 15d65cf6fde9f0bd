/**
 * A sheet on which somebody decides about the changes of the draft, one by one. It stays true while others type on: what they write is
 * shown, and a decision that was made on something else is refused by the server and made again on what is there now.
 */
import type { DraftAnswer } from '../../../core/protocol/operations/flows.ts';
import type { Release } from '../../ambient/contract.ts';
import type { OpenDialog } from '../../components/dialog/dialogs.ts';
import { draw } from '../../components/live/live.ts';
import type { View } from '../../components/view.ts';
import { CallError } from '../../connection/index.ts';
import type { PageRun } from '../behaviour.ts';
import type { FlowData } from './load.ts';

const redrawRestMs = 400;

/** The hunks as they were last drawn, and those that are switched off. */
export interface Decision {
  readonly draft: DraftAnswer;
  readonly off: ReadonlySet<string>;
}

export interface HunkSheetOptions {
  readonly run: PageRun<FlowData>;
  readonly first: DraftAnswer;
  /** Waits for what is being committed. */
  readonly read: () => Promise<DraftAnswer>;
  /** Calls when the draft has changed. */
  readonly onChange: (listener: () => void) => Release;
  readonly view: (decision: Decision) => View;
  /** What is drawn anew, by id. */
  readonly parts: (decision: Decision) => readonly (readonly [id: string, view: View])[];
  /** Sends what was decided, together with what was seen. */
  readonly decide: (decision: Decision, dialog: OpenDialog, form: HTMLFormElement) => Promise<void>;
  /** "Publish": what can be done again when the changes are others by now. */
  readonly verb: string;
}

/** The hunks that are switched on, and what the server is told that was seen of them. */
export const chosenIn = ({ draft, off }: Decision): DraftAnswer['hunks'] => draft.hunks.filter((hunk) => !off.has(hunk.id));
export const seenOf = (hunks: DraftAnswer['hunks']): string[] => hunks.map((hunk) => hunk.version);

/** Was a call refused because the flow is not any more what the caller saw? */
export const isStale = (error: unknown): boolean => error instanceof CallError && error.status === 409;

/** Resolves when the sheet is closed. */
export async function openHunkSheet(options: HunkSheetOptions): Promise<void> {
  const { app } = options.run;
  const off = new Set<string>();
  let draft = options.first;
  const decision = (): Decision => ({ draft, off });
  const dialog = app.dialogs.open(options.view(decision()));
  const form = dialog.element.querySelector('form');
  if (form === null) return;
  const redraw = (): void => {
    for (const [id, view] of options.parts(decision())) {
      const part = form.querySelector(`#${id}`);
      if (part !== null) draw(part, view);
    }
    // Morphing leaves what a person has switched alone: it is set by what is known here.
    for (const box of form.querySelectorAll<HTMLInputElement>('input[name="hunk"]')) box.checked = !off.has(box.value);
  };
  const adopt = (next: DraftAnswer): void => {
    draft = next;
    for (const id of off) if (!draft.hunks.some((hunk) => hunk.id === id)) off.delete(id);
    redraw();
  };
  let cancel: Release | undefined;
  const unlisten = options.onChange(() => {
    cancel?.();
    cancel = app.timers.after(redrawRestMs, () => { void options.read().then(adopt, () => undefined); });
  });
  form.addEventListener('change', (event) => {
    if (!(event.target instanceof HTMLInputElement) || event.target.name !== 'hunk') return;
    if (event.target.checked) off.delete(event.target.value);
    else off.add(event.target.value);
    redraw();
  });
  dialog.submits(async () => {
    try {
      await options.decide(decision(), dialog, form);
    } catch (error) {
      if (!isStale(error)) throw error;
      const base = draft.base;
      adopt(await options.read());
      // Another revision: the server's words name it.
      if (draft.base !== base) throw error;
      throw new Error(`The draft has changed while you looked: these are the changes now. ${options.verb} again when they are what you want.`, { cause: error });
    }
  });
  await dialog.closed;
  unlisten();
  cancel?.();
}
