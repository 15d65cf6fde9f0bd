/** Who looks at this flow, on which of its tabs: faces in the top bar and on the tabs, each leading there. */
import { openPresence, type Person } from '../../document/index.ts';
import { Avatars } from '../../components/avatars/avatars.tsx';
import { draw } from '../../components/live/live.ts';
import { renderView } from '../../components/view.ts';
import type { PageRun } from '../behaviour.ts';
import type { FlowData, FlowTab } from './load.ts';
import { flowTabs } from './load.ts';
import { PeopleOfFlow } from './people-view.tsx';

const isTab = (value: unknown): value is FlowTab => flowTabs.some((tab) => tab === value);

/** One face a person, with the tab that they looked at last in any of their windows. */
export function facesOf(people: readonly Person[]): readonly (Person['user'] & { readonly tab: FlowTab | undefined; readonly own: boolean })[] {
  const faces = new Map<string, Person['user'] & { readonly tab: FlowTab | undefined; readonly own: boolean }>();
  for (const person of people) {
    const tab: unknown = person.state['tab'];
    const known = faces.get(person.user.id);
    if (known?.own === true) continue;
    faces.set(person.user.id, { ...person.user, tab: isTab(tab) ? tab : known?.tab, own: person.own });
  }
  return [...faces.values()];
}

export function mountRoom(run: PageRun<FlowData>): void {
  const { data } = run;
  const presence = openPresence({ tenant: run.place().tenant, page: `flows/${data.namespace}/${data.id}` });
  run.own(() => presence.destroy());
  presence.show('tab', data.tab);
  const paint = (): void => {
    const faces = facesOf(presence.people());
    // By id: a window that I have just left may still be listed.
    const others = faces.filter((face) => face.id !== run.place().viewer.id);
    const top = document.getElementById('page-people');
    if (top !== null) draw(top, PeopleOfFlow({ faces: others, data, place: run.place() }));
    const here = document.getElementById('flow-people');
    if (here !== null && others.length > 0) draw(here, PeopleOfFlow({ faces: others, data, place: run.place(), named: true }));
    else if (here !== null) here.textContent = 'nobody else';
    for (const tab of document.querySelectorAll<HTMLElement>('#tabs > [data-tab]')) {
      const there = others.filter((face) => face.tab === tab.dataset['tab']);
      const place = tab.querySelector('.avatars');
      if (there.length === 0) place?.remove();
      else if (place === null) tab.insertAdjacentHTML('beforeend', renderView(Avatars({ people: there, size: 16, most: 3 })));
      else place.outerHTML = renderView(Avatars({ people: there, size: 16, most: 3 }));
    }
  };
  run.own(presence.onPeople(paint));
  run.own(() => { for (const place of document.querySelectorAll('#tabs .avatars')) place.remove(); });
  paint();
}
