/** Which rows are chosen. It survives live redraws, because it is kept here and painted after each of them. */
import type { Release } from '../../ambient/contract.ts';

export interface Selection {
  /** Ids of the chosen rows of this page. */
  chosen(): readonly string[];
  /** Everything that matches the filters is chosen, on whichever page. */
  isEverything(): boolean;
  clear(): void;
  /** Leaves only these chosen. */
  keep(ids: readonly string[]): void;
  /** After rows were drawn. */
  paint(): void;
  release: Release;
}

export interface SelectionOptions {
  /** How many rows match the filters; with it, all of them can be chosen. */
  readonly total?: () => number;
  readonly changed?: (ids: readonly string[]) => void;
}

const count = (value: number): string => value.toLocaleString('en-US').replaceAll(',', '\u202f');

/** `bar` is the bulk bar: hidden while nothing is chosen; its `[data-selected-count]` says how many. */
export function mountSelection(root: HTMLElement, bar: HTMLElement, { total = () => 0, changed }: SelectionOptions = {}): Selection {
  const chosen = new Set<string>();
  let everything = false;
  let last: string | undefined;
  let told = '';
  const boxes = (): readonly HTMLInputElement[] => [...root.querySelectorAll<HTMLInputElement>('input[data-select]')];
  const all = (): readonly HTMLInputElement[] => [...root.querySelectorAll<HTMLInputElement>('input[data-select-all]')];

  const paint = (): void => {
    const shown = boxes();
    const present = new Set(shown.map((box) => box.dataset['select'] ?? ''));
    // A row that went away (deleted, moved to another page) can not stay chosen unseen.
    for (const id of chosen) if (!present.has(id)) chosen.delete(id);
    if (everything) for (const id of present) chosen.add(id);
    if (chosen.size === 0 || chosen.size < shown.length) everything = false;
    for (const box of shown) {
      const isChosen = chosen.has(box.dataset['select'] ?? '');
      box.checked = isChosen;
      box.closest('tr')?.setAttribute('aria-selected', String(isChosen));
    }
    bar.hidden = chosen.size === 0;
    const matching = total();
    for (const words of bar.querySelectorAll('[data-selected-count]')) words.textContent = everything ? `All ${count(matching)} selected` : `${chosen.size} selected`;
    const more = bar.querySelector<HTMLElement>('[data-select-matching]');
    if (more !== null) {
      more.hidden = everything || chosen.size < shown.length || matching <= shown.length;
      more.textContent = `Select all ${count(matching)} that match`;
    }
    for (const head of all()) {
      head.checked = chosen.size > 0 && chosen.size === shown.length;
      head.indeterminate = chosen.size > 0 && chosen.size < shown.length;
      head.classList.toggle('is-mixed', head.indeterminate);
    }
    const now = [...chosen].join();
    if (now !== told) {
      told = now;
      changed?.([...chosen]);
    }
  };
  const onClick = (event: MouseEvent): void => {
    if (event.target instanceof Element && event.target.closest('[data-select-matching]') !== null) {
      everything = true;
      paint();
      return;
    }
    const box = event.target;
    if (!(box instanceof HTMLInputElement)) return;
    if (box.dataset['selectAll'] !== undefined) {
      const rows = boxes();
      const fill = chosen.size < rows.length;
      chosen.clear();
      everything = false;
      if (fill) for (const one of rows) chosen.add(one.dataset['select'] ?? '');
      paint();
      return;
    }
    const id = box.dataset['select'];
    if (id === undefined) return;
    everything = false;
    const ids = boxes().map((one) => one.dataset['select'] ?? '');
    const range = event.shiftKey && last !== undefined ? between(ids, last, id) : [id];
    for (const one of range) {
      if (box.checked) chosen.add(one);
      else chosen.delete(one);
    }
    last = id;
    paint();
  };
  root.addEventListener('click', onClick);
  paint();
  return {
    chosen: () => [...chosen],
    isEverything: () => everything,
    clear() {
      chosen.clear();
      everything = false;
      paint();
    },
    keep(ids) {
      everything = false;
      const kept = new Set(ids);
      for (const id of chosen) if (!kept.has(id)) chosen.delete(id);
      paint();
    },
    paint,
    release: () => root.removeEventListener('click', onClick),
  };
}

function between(ids: readonly string[], from: string, to: string): readonly string[] {
  const [a, b] = [ids.indexOf(from), ids.indexOf(to)];
  return a < 0 || b < 0 ? [to] : ids.slice(Math.min(a, b), Math.max(a, b) + 1);
}
