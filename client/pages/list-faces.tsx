import { Avatar, type Presence } from '../components/avatars/avatars.tsx';
import type { Place } from './page.ts';

export interface ListFace extends Presence {
  readonly id: string;
  /** The query of what they see. */
  readonly search: string;
  readonly rows: readonly string[];
}

const facesMax = 5;

/** Who else is at this list. A click shows what they see. */
export function ListFaces({ faces, place }: { readonly faces: readonly ListFace[]; readonly place: Place }) {
  if (faces.length === 0) return <></>;
  return (
    <span class="avatars" role="group" aria-label={`Here now: ${faces.map((who) => who.name).join(', ')}`}>
      {faces.slice(0, facesMax).map((who) => <a class="avatar-link" id={`face-${who.id}`} href={`${place.path}${who.search}`} title={`${who.name}: see the list as they see it`} aria-label={`See the list as ${who.name} sees it`}><Avatar who={who} /></a>)}
      {faces.length > facesMax ? <span class="more" title={faces.slice(facesMax).map((who) => who.name).join('\n')}>+{faces.length - facesMax}</span> : null}
    </span>
  );
}
