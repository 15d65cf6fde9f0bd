/** Which rows are chosen. It survives live redraws, because it is kept here and painted after each of them. */
import type { Release } from '../../ambient/contract.ts';

export interface Selection {
  chosen(): readonly string[];
  clear(): void;
  /** After rows were drawn. */
  paint(): void;
  release: Release;
}

/** `bar` is the bulk bar: hidden while nothing is chosen; its `[data-selected-count]` says how many. */
export function mountSelection(root: HTMLElement, bar: HTMLElement): Selection {
  const chosen = new Set<string>();
  let last: string | undefined;
  const boxes = (): readonly HTMLInputElement[] => [...root.querySelectorAll<HTMLInputElement>('input[data-select]')];
  const all = (): HTMLInputElement | null => bar.querySelector<HTMLInputElement>('input[data-select-all]');

  const paint = (): void => {
    const shown = boxes();
    const present = new Set(shown.map((box) => box.dataset['select'] ?? ''));
    // A row that went away (deleted, moved to another page) can not stay chosen unseen.
    for (const id of chosen) if (!present.has(id)) chosen.delete(id);
    for (const box of shown) {
      const isChosen = chosen.has(box.dataset['select'] ?? '');
      box.checked = isChosen;
      box.closest('tr')?.setAttribute('aria-selected', String(isChosen));
    }
    bar.hidden = chosen.size === 0;
    for (const count of bar.querySelectorAll('[data-selected-count]')) count.textContent = `${chosen.size} selected`;
    const head = all();
    if (head !== null) {
      head.checked = chosen.size > 0 && chosen.size === shown.length;
      head.indeterminate = chosen.size > 0 && chosen.size < shown.length;
      head.classList.toggle('is-mixed', head.indeterminate);
    }
  };
  const onClick = (event: MouseEvent): void => {
    const box = event.target;
    if (!(box instanceof HTMLInputElement)) return;
    if (box.dataset['selectAll'] !== undefined) {
      const everything = boxes();
      const fill = chosen.size < everything.length;
      chosen.clear();
      if (fill) for (const one of everything) chosen.add(one.dataset['select'] ?? '');
      paint();
      return;
    }
    const id = box.dataset['select'];
    if (id === undefined) return;
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
    clear() {
      chosen.clear();
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
