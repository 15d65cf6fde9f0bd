/** Who is where, as the rail shows it: from the state of the topic `presence` to people with an address. Pure. */
import type { PresenceTopicState } from '../../../core/protocol/topics.ts';
import type { Presence } from '../avatars/avatars.tsx';
import { to, toFlow, type Place } from '../place.ts';

export interface PresentPerson extends Presence {
  readonly id: string;
  /** The short name of where they are, and its address when a click can lead there. */
  readonly where: string;
  readonly href?: string;
}

export const nobody: PresenceTopicState = { byId: {} };

/** By name, so that nobody moves because somebody else came; who looks stands last. */
export function presentPeople({ byId }: PresenceTopicState, place: Pick<Place, 'tenant' | 'viewer'>): readonly PresentPerson[] {
  const mine = (who: { readonly id: string }): number => (who.id === place.viewer.id ? 1 : 0);
  return Object.values(byId)
    .sort((a, b) => mine(a) - mine(b) || a.name.localeCompare(b.name) || (a.id < b.id ? -1 : 1))
    .map(({ id, name, kind, color, page }) => ({ id, name, kind, color, ...(id === place.viewer.id ? { where: 'you' } : whereOf(place, page)) }));
}

const executionIdCharsShown = 8;

/** `flow/tutorial/greeting` -> its short name and address; a section of the workspace has its name only. */
function whereOf(place: Pick<Place, 'tenant'>, page: string): Pick<PresentPerson, 'where' | 'href'> {
  const [kind, first, second] = page.split('/');
  if (kind === 'flow' && first !== undefined && second !== undefined) return { where: second, href: toFlow(place, first, second, 'editor') };
  if (kind === 'execution' && first !== undefined) return { where: first.slice(0, executionIdCharsShown), href: to(place, `/executions/${encodeURIComponent(first)}`) };
  return { where: page };
}
