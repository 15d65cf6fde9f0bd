/**
 * The rows of one document: its compacted state, the updates after it (one row a commit and author run), the client ids it knows,
 * and what attribution needs beside the text.
 */
import * as Y from 'yjs';
import type { RevisionAuthor } from '../../core/protocol/entities/flow.ts';
import type { Key, Reader, Write } from '../store/contract.ts';
import { frontKeys } from '../store/keys.ts';
import type { Attribution } from './attribution.ts';

export interface DocumentName {
  readonly tenant: string;
  readonly birth: string;
}

interface StateRow {
  readonly state: Uint8Array;
  /** Updates up to this one are inside. */
  readonly sequence: number;
}

interface UpdateRow {
  readonly author: string;
  readonly atMs: number;
  readonly update: Uint8Array;
}

interface BaseRow {
  readonly revision: number;
  /** Deletions of updates after this one are not yet in `gone`. */
  readonly sequence: number;
  readonly clocks: readonly (readonly [client: number, clock: number])[];
  readonly leftOut: readonly (readonly [client: number, clock: number, length: number])[];
  readonly gone: readonly (readonly [client: number, clock: number, length: number, by: string])[];
  /** The text that a flow began with, while it has no revision: the base of a three-way merge. */
  readonly seed: string;
}

const stateKey = ({ tenant, birth }: DocumentName): Key => frontKeys.document(tenant, birth, 's');
const updatePrefix = ({ tenant, birth }: DocumentName): Key => frontKeys.document(tenant, birth, 'u');
const updateKey = ({ tenant, birth }: DocumentName, sequence: number): Key => frontKeys.document(tenant, birth, 'u', sequence);
const clientPrefix = ({ tenant, birth }: DocumentName): Key => frontKeys.document(tenant, birth, 'c', 'client');
const authorPrefix = ({ tenant, birth }: DocumentName): Key => frontKeys.document(tenant, birth, 'c', 'author');
const baseKey = ({ tenant, birth }: DocumentName): Key => frontKeys.document(tenant, birth, 'd', 'base');
const originalPrefix = ({ tenant, birth }: DocumentName): Key => frontKeys.document(tenant, birth, 'd', 'original');

export const updateWrite = (name: DocumentName, sequence: number, row: UpdateRow): Write => ({ type: 'put', key: updateKey(name, sequence), value: row });
export const clientWrite = (name: DocumentName, clientId: number, value: { readonly participantId: string; readonly server: boolean }): Write =>
  ({ type: 'put', key: [...clientPrefix(name), clientId], value });
export const authorWrite = (name: DocumentName, author: RevisionAuthor): Write => ({ type: 'put', key: [...authorPrefix(name), author.id], value: author });
export const originalWrite = (name: DocumentName, run: { readonly client: number; readonly clock: number; readonly length: number; readonly value: string }): Write =>
  ({ type: 'put', key: [...originalPrefix(name), run.client, run.clock], value: { length: run.length, by: run.value } });

export function baseWrite(name: DocumentName, attribution: Attribution, sequence: number, seed: string): Write {
  const row: BaseRow = {
    revision: attribution.base.revision,
    sequence,
    clocks: [...attribution.base.clocks],
    leftOut: [...attribution.leftOut.runs()].map((run) => [run.client, run.clock, run.length]),
    gone: [...attribution.gone.runs()].map((run) => [run.client, run.clock, run.length, run.value]),
    seed,
  };
  return { type: 'put', key: baseKey(name), value: row };
}

export interface LoadedDocument {
  readonly sequence: number;
  /** Updates that are not compacted: how many and how large. */
  readonly tailCount: number;
  readonly tailBytes: number;
  readonly seed: string;
}

/** Fills the document and its attribution; everything in one transaction of Yjs, so that observers run once. */
export function loadDocument(reader: Reader, name: DocumentName, doc: Y.Doc, attribution: Attribution): LoadedDocument {
  for (const { key, value } of reader.range<{ readonly participantId: string; readonly server: boolean }>({ prefix: clientPrefix(name) })) {
    const clientId = key.at(-1);
    if (typeof clientId === 'number') attribution.bindings.set(clientId, value);
  }
  for (const { value } of reader.range<RevisionAuthor>({ prefix: authorPrefix(name) })) attribution.authors.set(value.id, value);
  for (const { key, value } of reader.range<{ readonly length: number; readonly by: string }>({ prefix: originalPrefix(name) })) {
    const [client, clock] = key.slice(-2);
    if (typeof client === 'number' && typeof clock === 'number') attribution.originals.add({ client, clock, length: value.length, value: value.by });
  }
  const base = reader.get<BaseRow>(baseKey(name));
  if (base !== undefined) {
    attribution.rebase(base.revision, new Map(base.clocks), base.leftOut.map(([client, clock, length]) => ({ client, clock, length })));
    for (const [client, clock, length, by] of base.gone) attribution.gone.add({ client, clock, length, value: by });
  }
  const state = reader.get<StateRow>(stateKey(name));
  let sequence = state?.sequence ?? 0;
  let tailCount = 0;
  let tailBytes = 0;
  doc.transact(() => {
    if (state !== undefined) Y.applyUpdate(doc, state.state);
    for (const { key, value } of reader.range<UpdateRow>({ prefix: updatePrefix(name) })) {
      const rowSequence = key.at(-1);
      if (typeof rowSequence !== 'number' || rowSequence <= (state?.sequence ?? 0)) continue;
      Y.applyUpdate(doc, value.update);
      attribution.lastChangeMs.set(value.author, value.atMs);
      sequence = Math.max(sequence, rowSequence);
      tailCount += 1;
      tailBytes += value.update.byteLength;
      if (rowSequence <= (base?.sequence ?? 0)) continue;
      // A row's delete set is exactly what its author newly deleted.
      for (const [client, ranges] of Y.decodeUpdate(value.update).ds.clients) {
        for (const range of ranges) attribution.noteDeleted(client, range.clock, range.len, value.author);
      }
    }
  });
  return { sequence, tailCount, tailBytes, seed: base?.seed ?? '' };
}

/** From the document's state, not from its rows: merging thousands of one-letter updates takes seconds. */
export function compactionWrites(reader: Reader, name: DocumentName, doc: Y.Doc, attribution: Attribution, sequence: number, seed: string): Write[] {
  const row: StateRow = { state: Y.encodeStateAsUpdate(doc), sequence };
  const writes: Write[] = [{ type: 'put', key: stateKey(name), value: row }, baseWrite(name, attribution, sequence, seed)];
  for (const { key } of reader.range({ prefix: updatePrefix(name) })) {
    const rowSequence = key.at(-1);
    if (typeof rowSequence === 'number' && rowSequence <= sequence) writes.push({ type: 'remove', key });
  }
  return writes;
}

/** All rows of a document that is deleted with its flow. */
export function removalWrites(reader: Reader, { tenant, birth }: DocumentName): Write[] {
  return [...reader.range({ prefix: [tenant, 'doc', birth] })].map(({ key }) => ({ type: 'remove', key }));
}
