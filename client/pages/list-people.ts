/** Who else looks at this list, and at which rows: faces in the top bar that lead to what they see, and a mark at the rows that they have chosen or stand in. */
import { openPresence, type Person } from '../document/index.ts';
import { Avatars, initials, type Presence } from '../components/avatars/avatars.tsx';
import { withQuery } from '../components/filter-bar/filters.ts';
import { draw } from '../components/live/live.ts';
import { renderView } from '../components/view.ts';
import type { PageRun } from './behaviour.ts';
import { ListFaces, type ListFace } from './list-faces.tsx';

export interface ListRows {
  /** The row's id of an element with the row's `id`, if it is one. */
  readonly rowOf: (element: Element) => string | undefined;
  readonly elementOf: (row: string) => Element | null;
}

export interface ListPeople {
  /** This person has chosen these rows now. */
  chose(rows: readonly string[]): void;
  /** Rows were drawn anew. */
  paint(): void;
}

/** More would be no mark any more, and an awareness state has to stay small. */
const rowsToldMax = 50;

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null && !Array.isArray(value);
const textsOf = (value: unknown): readonly string[] => (Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string').slice(0, rowsToldMax) : []);

/** Others, one face each, with what they see and the rows that they touch. Other people's clients write `at`: every member may be anything. */
export function facesOf(people: readonly Person[], ownId: string): readonly ListFace[] {
  const faces = new Map<string, ListFace>();
  for (const { user, own, state } of people) {
    if (own || user.id === ownId) continue;
    const at: unknown = state['at'];
    const said = isRecord(at) ? at : {};
    const search = typeof said['search'] === 'string' && (said['search'] === '' || said['search'].startsWith('?')) ? said['search'] : '';
    const rows = new Set([...(faces.get(user.id)?.rows ?? []), ...textsOf(said['chosen']), ...(typeof said['row'] === 'string' ? [said['row']] : [])]);
    faces.set(user.id, { id: user.id, name: user.name, color: user.color, kind: user.kind, search, rows: [...rows] });
  }
  return [...faces.values()].sort((a, b) => a.name.localeCompare(b.name));
}

export function mountListPeople(run: PageRun<unknown>, page: string, rows: ListRows): ListPeople {
  const presence = openPresence({ tenant: run.place().tenant, page });
  run.own(() => presence.destroy());
  let chosen: readonly string[] = [];
  let row: string | undefined;
  const show = (): void => presence.show('at', { search: withQuery(run.place().search, {}), chosen: chosen.slice(0, rowsToldMax), ...(row === undefined ? {} : { row }) });
  const paint = (): void => {
    const faces = facesOf(presence.people(), run.place().viewer.id);
    const top = document.getElementById('page-people');
    if (top !== null) draw(top, ListFaces({ faces, place: run.place() }));
    const byRow = new Map<string, ListFace[]>();
    for (const face of faces) for (const id of face.rows) byRow.set(id, [...(byRow.get(id) ?? []), face]);
    for (const marked of run.root.querySelectorAll<HTMLElement>('[data-who-row]')) if (!byRow.has(marked.dataset['whoRow'] ?? '')) unmark(marked);
    for (const [id, there] of byRow) {
      const element = rows.elementOf(id);
      if (element instanceof HTMLElement) mark(element, id, there);
    }
  };
  run.own(presence.onPeople(paint));
  run.own(() => { for (const marked of run.root.querySelectorAll<HTMLElement>('[data-who-row]')) unmark(marked); });
  run.listen(run.root, 'focusin', (event) => {
    const next = event.target instanceof Element ? closestRow(event.target, rows) : undefined;
    if (next === row) return;
    row = next;
    show();
  });
  show();
  paint();
  return {
    chose(next) {
      if (next.join() === chosen.join()) return;
      chosen = next;
      show();
    },
    paint,
  };
}

function closestRow(element: Element, rows: ListRows): string | undefined {
  for (let at: Element | null = element; at !== null; at = at.parentElement) {
    const row = rows.rowOf(at);
    if (row !== undefined) return row;
  }
  return undefined;
}

function mark(element: HTMLElement, id: string, there: readonly Presence[]): void {
  const [first] = there;
  if (first === undefined) return;
  element.dataset['who'] = String(first.color);
  element.dataset['whoRow'] = id;
  element.title = `${there.map((who) => who.name).join(', ')} ${there.length === 1 ? 'is' : 'are'} here`;
  const cell = element.querySelector('td a[data-row-link], td a.name')?.parentElement ?? element.querySelector('td');
  const known = element.querySelector<HTMLElement>('.row-people');
  const said = there.map((who) => `${initials(who.name)}${who.color}`).join();
  if (known?.dataset['said'] === said) return;
  known?.remove();
  cell?.insertAdjacentHTML('beforeend', `<span class="row-people" data-keep="">${renderView(Avatars({ people: there, size: 16, most: 3 }))}</span>`);
  const made = element.querySelector<HTMLElement>('.row-people');
  if (made !== null) made.dataset['said'] = said;
}

function unmark(element: HTMLElement): void {
  delete element.dataset['who'];
  delete element.dataset['whoRow'];
  element.removeAttribute('title');
  element.querySelector('.row-people')?.remove();
}
