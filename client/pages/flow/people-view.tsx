/** Faces of a flow's room: a click goes to the tab where somebody is. */
import { Avatar, type Presence } from '../../components/avatars/avatars.tsx';
import { toFlow, type Place } from '../page.ts';
import type { FlowData } from './load.ts';

export interface Face extends Presence {
  readonly tab: string | undefined;
  readonly own: boolean;
}

const shownMax = 5;

export function PeopleOfFlow({ faces, data, place, named }: { readonly faces: readonly Face[]; readonly data: Pick<FlowData, 'namespace' | 'id'>; readonly place: Place; readonly named?: boolean }) {
  if (faces.length === 0) return <></>;
  const rest = faces.slice(shownMax);
  return (
    <span class="avatars" role="group" aria-label={`Here now: ${faces.map((face) => face.name).join(', ')}`}>
      {faces.slice(0, shownMax).map((face) => face.own ? <Avatar who={face} /> : (
        <a class="avatar-link" href={toFlow(place, data.namespace, data.id, face.tab ?? 'overview')} title={face.tab === undefined ? face.name : `Go to ${face.name}, on ${face.tab}`}><Avatar who={face} />{named === true ? <span>{face.name}{face.tab === undefined ? '' : <span class="faint">, {face.tab}</span>}</span> : null}</a>
      ))}
      {rest.length > 0 ? <span class="more" title={rest.map((face) => face.name).join('\n')}>+{rest.length}</span> : null}
    </span>
  );
}
