/** The nodes that others have selected. Their states come from other people's clients: only a text is a node. */
import type { Person } from '../../document/index.ts';
import type { RemoteMark } from '../../topology/view.tsx';

export const remoteNodes = (people: readonly Person[]): readonly RemoteMark[] =>
  people.filter((person) => !person.own).flatMap((person) => { const node = person.state['node']; return typeof node === 'string' ? [{ nodeId: node, name: person.user.name, color: person.user.color }] : []; });
