/** What a reader chose for a list: columns, whether the chart is shown, whether rows follow what happens. */
import { Menu, MenuItem } from '../menu/menu.tsx';

export interface ListColumn {
  readonly id: string;
  readonly title: string;
}

export interface ListSettingsProps {
  readonly columns?: readonly ListColumn[];
  readonly shown?: ReadonlySet<string>;
  readonly chart?: boolean;
  readonly live?: boolean;
}

export function ListSettings({ columns = [], shown = new Set(), chart, live }: ListSettingsProps) {
  return (
    <Menu id="list-settings" title="Settings of this page" icon="settings">
      {chart === undefined ? null : <MenuItem action="setting-chart" value={String(!chart)} checked={chart}>Show the chart</MenuItem>}
      {live === undefined ? null : <MenuItem action="setting-live" value={String(!live)} checked={live}>Follow what happens</MenuItem>}
      {columns.length === 0 ? null : <><h3>Columns</h3>{columns.map((column) => <MenuItem action="setting-column" value={column.id} checked={shown.has(column.id)}>{column.title}</MenuItem>)}<MenuItem action="setting-columns-default">Reset the columns</MenuItem></>}
    </Menu>
  );
}
