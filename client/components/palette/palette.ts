/** The behaviour of the palette: what is typed asks the server once per pause; arrows choose, Enter opens. */
import { workspace } from '../../../core/protocol/operations/index.ts';
import { isStateType } from '../../../core/protocol/states.ts';
import type { Connection } from '../../connection/index.ts';
import type { Release, Timers } from '../../ambient/contract.ts';
import { toExecution, toFlow, type Place } from '../place.ts';
import type { Dialogs } from '../dialog/dialogs.ts';
import { renderView } from '../view.ts';
import { Palette, PaletteList, type PaletteItem } from './palette.tsx';

/** A pause in typing that is worth a question to the server. */
const pauseMs = 120;
const shownMax = 30;

export interface PaletteOptions {
  readonly dialogs: Dialogs;
  readonly connection: Connection;
  readonly timers: Timers;
  readonly place: () => Place;
  /** Pages and commands: known without asking. */
  readonly own: () => readonly PaletteItem[];
  readonly choose: (item: PaletteItem) => void;
}

export function createPalette(options: PaletteOptions): { open(): void } {
  return {
    open() {
      if (document.getElementById('palette') !== null) return;
      const { element, closed, close } = options.dialogs.open(Palette());
      const input = element.querySelector<HTMLInputElement>('#palette-input');
      const list = element.querySelector<HTMLElement>('#palette-list');
      const note = element.querySelector<HTMLElement>('#palette-note');
      if (input === null || list === null || note === null) return;
      let found: readonly PaletteItem[] = [];
      let items: readonly PaletteItem[] = [];
      let chosen = 0;
      let cancel: Release | undefined;

      const paint = (): void => {
        const typed = input.value.trim();
        items = [...options.own().filter((item) => matches(item, typed)), ...found].slice(0, shownMax);
        chosen = Math.min(chosen, Math.max(0, items.length - 1));
        list.innerHTML = renderView(PaletteList({ items: grouped(items), chosen, typed }));
        items = grouped(items);
        input.setAttribute('aria-activedescendant', `palette-${chosen}`);
        list.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' });
      };
      const ask = (): void => {
        const typed = input.value.trim();
        if (typed === '') {
          found = [];
          note.textContent = '';
          paint();
          return;
        }
        options.connection.call(workspace.jumpSearch, { q: typed.slice(0, 200) }).then((answer) => {
          // An older answer must not replace a newer one.
          if (input.value.trim() !== typed) return;
          note.textContent = '';
          found = [
            ...answer.flows.map((flow): PaletteItem => ({ group: 'Flows', text: flow.id, hint: flow.namespace, icon: 'flows', href: toFlow(options.place(), flow.namespace, flow.id) })),
            ...answer.executions.map((execution): PaletteItem => ({
              group: 'Executions', text: execution.id, hint: `${execution.namespace}.${execution.flowId}`, icon: 'executions',
              ...(isStateType(execution.state) ? { state: execution.state } : {}), href: toExecution(options.place(), execution),
            })),
          ];
          paint();
        }, (error: unknown) => {
          note.textContent = error instanceof Error ? error.message : String(error);
        });
      };
      const take = (index: number): void => {
        const item = items[index];
        if (item === undefined) return;
        close();
        options.choose(item);
      };
      input.addEventListener('input', () => {
        chosen = 0;
        paint();
        cancel?.();
        cancel = options.timers.after(pauseMs, ask);
      });
      input.addEventListener('keydown', (event) => {
        if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
          event.preventDefault();
          const count = Math.max(1, items.length);
          chosen = (chosen + (event.key === 'ArrowDown' ? 1 : count - 1)) % count;
          paint();
        } else if (event.key === 'Enter') {
          event.preventDefault();
          take(chosen);
        }
      });
      list.addEventListener('click', (event) => {
        const row = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-index]') : null;
        if (row !== null) take(Number(row.dataset['index']));
      });
      paint();
      input.focus();
      void closed.then(() => cancel?.());
    },
  };
}

const groupOrder = ['Pages', 'Flows', 'Executions', 'Commands'];
/** The order in which they are painted is the order in which arrows walk. */
const grouped = (items: readonly PaletteItem[]): readonly PaletteItem[] =>
  [...items].sort((a, b) => groupOrder.indexOf(a.group) - groupOrder.indexOf(b.group));

const matches = (item: PaletteItem, typed: string): boolean =>
  typed === '' || `${item.text} ${item.hint ?? ''}`.toLowerCase().includes(typed.toLowerCase());
