/** List or calendar: two addresses of one page. */
import { Icon } from '../../components/icon/icon.tsx';
import { to, type Place } from '../page.ts';

export function ViewSwitch({ current, place }: { readonly current: 'list' | 'calendar'; readonly place: Place }) {
  return (
    <nav class="segmented" aria-label="View">
      <a href={to(place, '/admin/triggers')} aria-current={current === 'list' ? 'page' : undefined} data-current={current === 'list' ? '' : undefined}><Icon name="logs" size={14} />List</a>
      <a href={to(place, '/admin/triggers/calendar')} aria-current={current === 'calendar' ? 'page' : undefined} data-current={current === 'calendar' ? '' : undefined}><Icon name="calendar" size={14} />Calendar</a>
    </nav>
  );
}
