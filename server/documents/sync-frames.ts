/**
 * The wire of y-websocket, encoded and decoded here and nowhere else. One binary message is one frame, integers are varUints:
 *   0 0 bytes   state vector (SyncStep1)          1 bytes   awareness: n, then n x (client id, clock, JSON text)
 *   0 1 bytes   difference   (SyncStep2)          2 0 text  permission denied, with its reason
 *   0 2 bytes   update                            3         please send all awareness states
 */
import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';

export interface AwarenessEntry {
  readonly clientId: number;
  readonly clock: number;
  /** The state as JSON; `null` when the client has gone. */
  readonly json: string;
}

/** Byte members are views on the frame: copy what outlives the call. */
export type SyncFrame =
  | { readonly type: 'stateVector'; readonly stateVector: Uint8Array }
  | { readonly type: 'difference'; readonly update: Uint8Array }
  | { readonly type: 'update'; readonly update: Uint8Array }
  | { readonly type: 'awareness'; readonly entries: readonly AwarenessEntry[] }
  | { readonly type: 'queryAwareness' }
  | { readonly type: 'broken'; readonly reason: string };

const broken = (reason: string): SyncFrame => ({ type: 'broken', reason });

export function decodeFrame(frame: Uint8Array): SyncFrame {
  try {
    const decoder = decoding.createDecoder(frame);
    const decoded = decodeBody(decoder);
    if (decoded.type !== 'broken' && decoding.hasContent(decoder)) return broken('the frame has bytes after its end');
    return decoded;
  } catch (error) {
    return broken(error instanceof Error ? error.message : 'the frame ends too early');
  }
}

function decodeBody(decoder: decoding.Decoder): SyncFrame {
  const type = decoding.readVarUint(decoder);
  if (type === 0) {
    const step = decoding.readVarUint(decoder);
    const bytes = decoding.readVarUint8Array(decoder);
    if (step === 0) return { type: 'stateVector', stateVector: bytes };
    if (step === 1) return { type: 'difference', update: bytes };
    if (step === 2) return { type: 'update', update: bytes };
    return broken(`unknown sync step ${step}`);
  }
  if (type === 1) {
    const inner = decoding.createDecoder(decoding.readVarUint8Array(decoder));
    const count = decoding.readVarUint(inner);
    const entries: AwarenessEntry[] = [];
    // The count is the sender's word: reading past the end throws long before a huge count can allocate anything.
    for (let index = 0; index < count; index += 1) {
      entries.push({ clientId: decoding.readVarUint(inner), clock: decoding.readVarUint(inner), json: decoding.readVarString(inner) });
    }
    return { type: 'awareness', entries };
  }
  if (type === 3) return { type: 'queryAwareness' };
  return broken(`unknown message type ${type}`);
}

function sync(step: 0 | 1 | 2, bytes: Uint8Array): Uint8Array {
  const encoder = encoding.createEncoder();
  encoding.writeVarUint(encoder, 0);
  encoding.writeVarUint(encoder, step);
  encoding.writeVarUint8Array(encoder, bytes);
  return encoding.toUint8Array(encoder);
}
export const stateVectorFrame = (stateVector: Uint8Array): Uint8Array => sync(0, stateVector);
export const differenceFrame = (update: Uint8Array): Uint8Array => sync(1, update);
export const updateFrame = (update: Uint8Array): Uint8Array => sync(2, update);

export function awarenessFrame(entries: readonly AwarenessEntry[]): Uint8Array {
  const inner = encoding.createEncoder();
  encoding.writeVarUint(inner, entries.length);
  for (const entry of entries) {
    encoding.writeVarUint(inner, entry.clientId);
    encoding.writeVarUint(inner, entry.clock);
    encoding.writeVarString(inner, entry.json);
  }
  const encoder = encoding.createEncoder();
  encoding.writeVarUint(encoder, 1);
  encoding.writeVarUint8Array(encoder, encoding.toUint8Array(inner));
  return encoding.toUint8Array(encoder);
}

/** `2 0 reason`: sent before a close, for clients that print it. */
export function deniedFrame(reason: string): Uint8Array {
  const encoder = encoding.createEncoder();
  encoding.writeVarUint(encoder, 2);
  encoding.writeVarUint(encoder, 0);
  encoding.writeVarString(encoder, reason);
  return encoding.toUint8Array(encoder);
}
