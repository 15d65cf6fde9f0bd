/** The whole log in a strip of 16 px: where its errors and warnings are, which part is shown, who reads where. A click goes there. */
import type { LogMap } from '../../core/protocol/entities/log-entry.ts';
import type { LogReader } from './view.tsx';

export interface LogMapProps {
  readonly map: LogMap;
  /** Positions of the first and last line that are in view. */
  readonly view: { readonly from: number; readonly to: number } | undefined;
  readonly readers: ReadonlyMap<number, readonly LogReader[]>;
}

const percent = (share: number): string => `${(Math.max(0, Math.min(1, share)) * 100).toFixed(2)}%`;

export function LogMapView({ map, view, readers }: LogMapProps) {
  const { total, parts } = map;
  const share = (position: number): number => (total === 0 ? 0 : position / total);
  const loud = parts.filter((part) => part.errors > 0 || part.warnings > 0);
  const words = loud.length === 0 ? 'no warnings and no errors' : `${parts.reduce((sum, part) => sum + part.errors, 0)} errors, ${parts.reduce((sum, part) => sum + part.warnings, 0)} warnings`;
  return (
    <svg class="log-map-strip" width="16" height="100%" role="img" aria-label={`Map of ${total.toLocaleString('en-US')} lines: ${words}`}>
      {loud.map((part) => <rect x="2" width="12" y={percent(share(part.first))} height={percent(Math.max(0.004, share(part.lines)))} class="beat" data-state={part.errors > 0 ? 'FAILED' : 'WARNING'} />)}
      {view === undefined ? null : <rect class="map-view" x=".5" width="15" rx="2" y={percent(share(view.from))} height={percent(Math.max(0.01, share(view.to - view.from + 1)))} />}
      {[...readers].map(([position, who]) => <rect class="edit-tick" data-who={who[0]?.color} x="0" width="4" y={percent(share(position))} height="8"><title>{who.map((one) => one.name).join(', ')}</title></rect>)}
    </svg>
  );
}

/** The position that a click at a share of the strip's height means. */
export const positionAt = (map: LogMap, share: number): number => Math.min(Math.max(0, map.total - 1), Math.floor(Math.max(0, Math.min(1, share)) * map.total));
