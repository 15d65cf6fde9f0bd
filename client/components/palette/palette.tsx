/** Ctrl+K: pages, flows, executions, commands. */
import { Icon } from '../icon/icon.tsx';
import type { IconName } from '../../theme/icons.ts';
import type { StateType } from '../../../core/protocol/states.ts';
import { StateIcon } from '../state-pill/state-pill.tsx';

export interface PaletteItem {
  readonly group: 'Pages' | 'Flows' | 'Executions' | 'Commands';
  readonly text: string;
  readonly hint?: string;
  readonly icon: IconName;
  readonly state?: StateType;
  readonly keys?: string;
  readonly href?: string;
  /** A command of the shell, by its action. */
  readonly action?: string;
  readonly value?: string;
}

const groups = ['Pages', 'Flows', 'Executions', 'Commands'] as const;

export function Palette() {
  return (
    <dialog class="palette" id="palette" aria-label="Jump to or run">
      <div class="palette-input"><Icon name="search" /><input id="palette-input" type="text" autocomplete="off" spellcheck={false} role="combobox" aria-expanded="true" aria-controls="palette-list" aria-autocomplete="list" aria-label="Jump to a page, a flow, an execution, or run a command" placeholder="Jump to a page, flow or execution" autofocus /><kbd>Esc</kbd></div>
      <div id="palette-list" class="palette-list" role="listbox" aria-label="Results"></div>
      <div class="palette-foot"><span><kbd>↑</kbd> <kbd>↓</kbd> choose</span><span><kbd>Enter</kbd> open</span><span class="grow"></span><span id="palette-note" role="status"></span></div>
    </dialog>
  );
}

export function PaletteList({ items, chosen, typed }: { readonly items: readonly PaletteItem[]; readonly chosen: number; readonly typed: string }) {
  if (items.length === 0) return <p class="palette-none dim">Nothing is called “{typed}”. Try a part of a flow's name or an execution's id.</p>;
  return (
    <>
      {groups.map((group) => {
        const rows = items.map((item, index) => ({ item, index })).filter((row) => row.item.group === group);
        return rows.length === 0 ? null : (
          <div role="group" aria-label={group}>
            <h3>{group}</h3>
            {rows.map(({ item, index }) => (
              <div class="menu-item" role="option" id={`palette-${index}`} data-index={index} aria-selected={index === chosen ? 'true' : 'false'}>
                {item.state === undefined ? <Icon name={item.icon} /> : <StateIcon state={item.state} />}
                <span class={item.group === 'Flows' || item.group === 'Executions' ? 'cut mono' : 'cut'}><Marked text={item.text} typed={typed} /></span>
                {item.hint === undefined ? null : <span class="faint small cut">{item.hint}</span>}
                {item.keys === undefined ? null : <kbd>{item.keys}</kbd>}
              </div>
            ))}
          </div>
        );
      })}
    </>
  );
}

function Marked({ text, typed }: { readonly text: string; readonly typed: string }) {
  const at = typed === '' ? -1 : text.toLowerCase().indexOf(typed.toLowerCase());
  if (at < 0) return <>{text}</>;
  return <>{text.slice(0, at)}<mark>{text.slice(at, at + typed.length)}</mark>{text.slice(at + typed.length)}</>;
}
