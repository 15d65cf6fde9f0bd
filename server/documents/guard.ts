/**
 * What an update may contain before anything of it touches the document: text under `source`, without gaps, new characters only
 * under ids that are the sender's own. Yjs itself accepts anything from anybody.
 */
import * as Y from 'yjs';
import { limits } from '../../core/protocol/limits.ts';

export type Judgement =
  | { readonly type: 'nothingNew' }
  | { readonly type: 'news'; readonly clients: readonly number[]; readonly carriageReturn: boolean }
  /** It stands on something that the server has not. */
  | { readonly type: 'gap' }
  | { readonly type: 'refused'; readonly code: 4400 | 4413; readonly reason: string };

type Struct = Y.Item | Y.GC | Y.Skip;

export function judgeUpdate(doc: Y.Doc, text: Y.Text, update: Uint8Array): Judgement {
  // The empty update, which stock clients send when they have nothing.
  if (update.length === 2 && update[0] === 0 && update[1] === 0) return { type: 'nothingNew' };
  let decoded: ReturnType<typeof Y.decodeUpdate>;
  try {
    decoded = Y.decodeUpdate(update);
  } catch (error) {
    return { type: 'refused', code: 4400, reason: `the update cannot be read: ${error instanceof Error ? error.message : 'broken'}` };
  }
  const clients = new Set<number>();
  const expected = new Map<number, number>();
  let newLength = 0;
  let carriageReturn = false;
  for (const struct of decoded.structs as readonly Struct[]) {
    if (struct instanceof Y.Skip) continue;
    const { client, clock } = struct.id;
    const known = expected.get(client) ?? Y.getState(doc.store, client);
    if (clock + struct.length <= known) continue;
    if (clock > known) return { type: 'gap' };
    expected.set(client, clock + struct.length);
    clients.add(client);
    const foreign = foreignContent(struct);
    if (foreign !== undefined) return { type: 'refused', code: 4400, reason: `a flow's document holds only text under "source"; found ${foreign}` };
    if (struct instanceof Y.Item && struct.content instanceof Y.ContentString) {
      newLength += struct.length - Math.max(0, known - clock);
      carriageReturn ||= struct.content.str.includes('\r');
    }
  }
  if (text.length + newLength > limits.sourceBytesMax) {
    return { type: 'refused', code: 4413, reason: `the text would have ${text.length + newLength} characters; ${limits.sourceBytesMax} are allowed` };
  }
  if (clients.size > 0) return { type: 'news', clients: [...clients], carriageReturn };
  const deletions = judgeDeletions(doc, decoded.ds);
  if (deletions === 'gap') return { type: 'gap' };
  return deletions === 'news' ? { type: 'news', clients: [], carriageReturn: false } : { type: 'nothingNew' };
}

/** Anything but characters of the one text. */
function foreignContent(struct: Y.Item | Y.GC): string | undefined {
  if (struct instanceof Y.GC) return undefined;
  if (!(struct.content instanceof Y.ContentString) && !(struct.content instanceof Y.ContentDeleted)) return struct.content.constructor.name;
  if (struct.parentSub !== null) return `the attribute "${struct.parentSub}"`;
  // In a decoded update the parent is a name, or an id, or left open when a neighbour tells it.
  const parent: unknown = struct.parent;
  if (parent === null || parent === 'source') return undefined;
  return typeof parent === 'string' ? `the shared type "${parent.slice(0, 40)}"` : 'a nested type';
}

/** A reconnecting client repeats every deletion it knows of: only what is still alive here is news. */
function judgeDeletions(doc: Y.Doc, deletions: { readonly clients: ReadonlyMap<number, readonly { readonly clock: number; readonly len: number }[]> }): 'news' | 'nothing' | 'gap' {
  let news = false;
  for (const [client, ranges] of deletions.clients) {
    const structs = doc.store.clients.get(client);
    const state = Y.getState(doc.store, client);
    for (const range of ranges) {
      const end = range.clock + range.len;
      if (range.len === 0) continue;
      if (end > state || structs === undefined) return 'gap';
      if (news) continue;
      for (let index = Y.findIndexSS(structs, range.clock); index < structs.length; index += 1) {
        const struct = structs[index];
        if (struct === undefined || struct.id.clock >= end) break;
        if (struct instanceof Y.Item && !struct.deleted) {
          news = true;
          break;
        }
      }
    }
  }
  return news ? 'news' : 'nothing';
}
