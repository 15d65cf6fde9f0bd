/** Who may work here: roles, invitations, removal. */
import { roles, type Person, type Role } from '../../../core/protocol/entities/participant.ts';
import { workspace } from '../../../core/protocol/operations/index.ts';
import { Avatar } from '../../components/avatars/avatars.tsx';
import { Button } from '../../components/button/button.tsx';
import { Menu, MenuItem } from '../../components/menu/menu.tsx';
import { Empty, Notice } from '../../components/notice/notice.tsx';
import { Table } from '../../components/table/table.tsx';
import { Ago } from '../../components/time/time.tsx';
import { definePage, type Place } from '../page.ts';

export interface PeopleData {
  readonly people: readonly Person[];
}

const mayAdminister = (place: Place): string | undefined =>
  place.viewer.open ? 'This is an open local workspace: start it with --share to have people with roles' : place.viewer.role === 'admin' ? undefined : 'Only administrators change who is here';

export const roleWords: Readonly<Record<Role, string>> = { admin: 'everything, people included', editor: 'edits and runs flows', viewer: 'looks, changes nothing' };

export const peoplePage = definePage<PeopleData>({
  name: 'people',
  route: '/admin/people',
  also: ['/admin/iam'],
  section: 'people',
  title: () => 'People',
  actions: (_data, place) => <Button kind="primary" icon="plus" action="invite" disabled={mayAdminister(place)}>Invite</Button>,
  load: async ({ ask }) => ({ people: await ask(workspace.peopleList, {}) }),
  view: (data, place) => <PeopleView data={data} place={place} />,
});

function PeopleView({ data, place }: { readonly data: PeopleData; readonly place: Place }) {
  return (
    <>
      {place.viewer.open ? <Notice kind="warn"><span>This workspace is open: whoever reaches this computer's loopback address may do everything. <code>npm start -- --share</code> makes it one with people, roles and passwords.</span></Notice> : null}
      <div class="page-pad">
        <section class="panel" aria-label="People">
          <Table id="people-rows" label="People" columns={[{ title: 'Name' }, { title: 'E-mail', wide: true }, { title: 'Role' }, { title: 'Since', end: true, wide: true }, { title: 'Last here', end: true }, { title: 'Actions', silent: true }]}>
            {data.people.map((person) => <PersonRow person={person} place={place} />)}
          </Table>
          {data.people.length > 0 ? null : <Empty icon="people" title="Nobody has joined yet"><p>In an open workspace people come without an account: they choose a name and a colour.</p></Empty>}
        </section>
      </div>
    </>
  );
}

function PersonRow({ person, place }: { readonly person: Person; readonly place: Place }) {
  const reason = mayAdminister(place);
  const own = person.id === place.viewer.id;
  return (
    <tr id={`person-${person.id}`}>
      <td data-cell="main"><span class="row"><Avatar who={person} size={20} /><b>{person.name}</b>{own ? <span class="faint small">you</span> : null}{person.kind === 'bot' ? <span class="count">bot</span> : null}</span></td>
      <td class="wide"><span class="dim">{person.email ?? ''}</span></td>
      <td data-cell="side"><span title={roleWords[person.role]}>{person.role}</span></td>
      <td class="end wide"><span class="small dim"><Ago at={person.createdAt} nowMs={place.nowMs} zone={place.zone} /></span></td>
      <td class="end" data-cell="sub">{person.lastSeenAt === undefined ? <span class="small faint">never</span> : <span class="small dim"><Ago at={person.lastSeenAt} nowMs={place.nowMs} zone={place.zone} /></span>}</td>
      <td class="end" data-cell="actions">
        <span class="row-actions"><Menu id={`menu-person-${person.id}`} title={`More for ${person.name}`} small>
          {roles.map((role) => <MenuItem action="role" value={JSON.stringify([person.id, role])} checked={person.role === role} disabled={reason ?? (own ? 'Nobody changes their own role' : undefined)}>{role}</MenuItem>)}
          <hr />
          <MenuItem icon="key" action="sign-out" value={person.id} disabled={reason}>Sign out everywhere</MenuItem>
          <MenuItem icon="trash" action="remove" value={person.id} danger disabled={reason ?? (own ? 'Nobody removes themselves' : undefined)}>Remove</MenuItem>
        </Menu></span>
      </td>
    </tr>
  );
}
