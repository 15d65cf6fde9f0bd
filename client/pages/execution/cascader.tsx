/** Values in columns: what is chosen in one opens the next. Outputs of a run, its inputs, variables, trigger. */
import { Avatar } from '../../components/avatars/avatars.tsx';
import { Icon } from '../../components/icon/icon.tsx';
import type { IconName } from '../../theme/icons.ts';
import type { OutputColumn, OutputItem } from './outputs.ts';

/** A colleague and the path they have chosen. */
export interface OutputMark {
  readonly name: string;
  readonly color: number;
  readonly path: readonly string[];
}

export interface CascaderProps {
  readonly columns: readonly OutputColumn[];
  readonly path: readonly string[];
  readonly label: string;
  /** Unique on the page; names the action's section, too. */
  readonly id: string;
  readonly action: string;
  readonly marks?: readonly OutputMark[];
  /** The drawing of an item, where it is not that of its kind: a task's. */
  readonly iconOf?: (item: OutputItem) => IconName | undefined;
  /** Plain values are shown beside their names, instead of their kinds. */
  readonly previews?: boolean;
}

const icons: Readonly<Record<OutputItem['kind'], IconName>> = { task: 'task-store', iteration: 'tag', map: 'code', list: 'menu', file: 'file', text: 'form', number: 'stats', boolean: 'check', null: 'minus' };
const kindOf = (item: OutputItem): string => (item.kind === 'list' ? `list of ${item.count ?? 0}` : item.count !== undefined ? String(item.count) : item.kind);
const startsWith = (path: readonly string[], beginning: readonly string[]): boolean => beginning.length <= path.length && beginning.every((name, index) => path[index] === name);

export function Cascader({ columns, path, label, id, action, marks = [], iconOf, previews }: CascaderProps) {
  return (
    <div class="columns" role="tree" aria-label={label} id={id}>
      {columns.map((column, depth) => (
        <div class="column" role="group" id={`${id}-${depth}`}>
          {column.items.map((item, index) => {
            const chosen = path[depth] === item.name;
            // A colleague is shown at the deepest place of theirs that I see.
            const here = marks.filter((mark) => startsWith(mark.path, item.path) && (mark.path.length === item.path.length || !chosen));
            const shown = previews === true && item.preview !== undefined && item.kind !== 'null' ? item.preview : undefined;
            return (
              <button type="button" class="column-item" role="treeitem" data-action={action} data-section={id} data-value={JSON.stringify(item.path)} aria-selected={chosen ? 'true' : undefined} data-last={chosen && depth === path.length - 1 ? '' : undefined}
                tabindex={(depth === Math.max(0, path.length - 1) ? chosen || (path.length === 0 && index === 0) : false) ? 0 : -1} data-who={here[0]?.color} aria-label={`${item.name}, ${shown ?? kindOf(item)}${here.length === 0 ? '' : `, ${here.map((mark) => mark.name).join(' and ')} here`}`}>
                <Icon name={iconOf?.(item) ?? icons[item.kind]} size={14} /><span class="mono cut name" title={item.name}>{item.name}</span>{here.map((mark) => <Avatar who={mark} size={16} />)}
                {shown === undefined ? item.kind === 'null' ? <i class="kind">null</i> : <span class="kind">{kindOf(item)}</span> : <span class="kind shown cut" title={shown}>{shown}</span>}
              </button>
            );
          })}
          {column.more > 0 ? <p class="column-note small faint">{column.more} more: name them in an expression.</p> : null}
        </div>
      ))}
    </div>
  );
}
