/**
 * Live regions: a topic's state, drawn by the same view as the first load, morphed into the smallest element. Updates of one instant
 * are drawn once; a list draws only the rows that changed, which it knows by identity, because an unchanged part of a patched
 * state is the same object as before.
 */
import type { Connection } from '../../connection/index.ts';
import type { Release, Timers } from '../../ambient/contract.ts';
import { renderView, type View } from '../view.ts';
import { morphInner, morphOuter } from './morph.ts';

/** Patches that arrive within this time are drawn together. */
const drawIntervalMs = 32;

export interface LiveOptions<State> {
  readonly connection: Connection;
  readonly timers: Timers;
  readonly topic: string;
  draw(state: State): void;
  /** The server refuses the topic; nothing live is to be expected. */
  refused?(error: Error): void;
}

/** Follows a topic and calls `draw` with the newest state, at most once per instant. */
export function follow<State>(options: LiveOptions<State>): Release {
  let waiting: { readonly state: State } | undefined;
  let cancel: Release | undefined;
  const flush = (): void => {
    cancel = undefined;
    const next = waiting;
    waiting = undefined;
    if (next !== undefined) options.draw(next.state);
  };
  const unwatch = options.connection.watch(options.topic, {
    changed(state) {
      // The server's topic table promises this shape for this topic.
      waiting = { state: state as State };
      cancel ??= options.timers.after(drawIntervalMs, flush);
    },
    ...(options.refused === undefined ? {} : { refused: options.refused }),
  });
  return () => {
    unwatch();
    cancel?.();
  };
}

/** Morphs the view of a state into the element's inside. */
export function draw(element: Element, view: View): void {
  morphInner(element, renderView(view));
}

export interface RowsView<Row> {
  /** The `id` of the row's element: unique on the page, without spaces. */
  key(row: Row): string;
  view(row: Row): View;
}

/** Draws a list into an element whose children are its rows. Give it to `follow` through one instance per list: it remembers what stands there. */
export class LiveRows<Row> {
  readonly #element: Element;
  readonly #rows: RowsView<Row>;
  #drawn: readonly Row[] | undefined;

  constructor(element: Element, rows: RowsView<Row>) {
    this.#element = element;
    this.#rows = rows;
  }

  /** The next drawing draws every row: something that all of them show has changed. */
  forget(): void {
    this.#drawn = undefined;
  }

  draw(rows: readonly Row[]): void {
    const before = this.#drawn;
    this.#drawn = rows;
    const sameOrder = before !== undefined && before.length === rows.length && rows.every((row, index) => {
      const old = before[index];
      return old !== undefined && this.#rows.key(old) === this.#rows.key(row);
    });
    if (!sameOrder || before === undefined) {
      morphInner(this.#element, rows.map((row) => renderView(this.#rows.view(row))).join(''));
      return;
    }
    for (const [index, row] of rows.entries()) {
      if (before[index] === row) continue;
      const element = document.getElementById(this.#rows.key(row));
      if (element !== null) morphOuter(element, renderView(this.#rows.view(row)));
    }
  }
}
