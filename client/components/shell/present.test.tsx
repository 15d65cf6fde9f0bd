import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { PresenceTopicState, PresentParticipant } from '../../../core/protocol/topics.ts';
import type { Place } from '../place.ts';
import { renderView } from '../view.ts';
import { nobody, presentPeople } from './present.ts';
import { HereNow } from './shell.tsx';

const place: Pick<Place, 'tenant' | 'viewer'> = { tenant: 'main', viewer: { id: 'maya', name: 'Maya', kind: 'person', role: 'editor', color: 1, open: false } };
const stateOf = (...people: readonly (Partial<PresentParticipant> & { readonly id: string })[]): PresenceTopicState => ({ byId: Object.fromEntries(people.map((who) => [who.id, { name: who.id, kind: 'person', color: 2, page: 'flow/company/hello', ...who }])) });
const drawn = (state: PresenceTopicState): string => renderView(HereNow({ presence: state, place }));

test('people stand by name, whoever came first, and who looks stands last', () => {
  assert.equal(presentPeople(stateOf({ id: 'maya', name: 'Maya' }, { id: 'z', name: 'Tom' }, { id: 'b', name: 'Iris' }, { id: 'a', name: 'Iris' }), place).map((who) => who.id), ['a', 'b', 'z', 'maya']);
});
test('a flow and an execution have an address, a section has a name, and one\'s own row leads nowhere', () => {
  const people = presentPeople(stateOf({ id: 'a', page: 'flow/company.team/a b' }, { id: 'b', page: 'execution/4kf0123456789' }, { id: 'c', page: 'flows' }, { id: 'maya' }), place);
  assert.equal(people.map(({ where, href }) => [where, href]), [['a b', '/ui/main/flows/edit/company.team/a%20b/editor'], ['4kf01234', '/ui/main/executions/4kf0123456789'], ['flows', undefined], ['you', undefined]]);
});
test('nobody is nothing, and of many the rest is counted and named', () => {
  assert.is(drawn(nobody), '');
  const html = drawn(stateOf(...Array.from({ length: 11 }, (_, index) => ({ id: `p${10 + index}` }))));
  assert.is(html.match(/class="rail-person"/g)?.length, 8);
  assert.match(html, /title="p18\np19\np20">\+3<span>more<\/span>/);
});
test('a name that holds markup is text', () => {
  const html = drawn(stateOf({ id: 'x', name: '<img/src=x onerror=alert(1)>', page: '"><b>' }));
  assert.not.match(html, /<img|<b>/);
});
test.run();
