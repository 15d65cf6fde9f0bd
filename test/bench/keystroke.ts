/**
 * Keystroke latency and server CPU per delivery for 2, 20 and 100 people typing in one document: Ensemble (commits before it
 * shows) and Hocuspocus (keeps documents in memory), one after the other in the same run, several rounds alternating.
 * A key is one private-use character, so that a receiver finds it in any frame, merged or not, and knows when it was sent.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';
import WebSocket from 'ws';
import * as Y from 'yjs';

export interface KeystrokeFigures {
  readonly people: number;
  readonly deliveries: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly cpuUsPerDelivery: number;
}

interface Dialect {
  readonly address: (port: number) => string;
  /** Frames to send on open, for the document's state vector. */
  readonly hello: (doc: Y.Doc) => Uint8Array[];
  readonly update: (update: Uint8Array) => Uint8Array;
  /** The update or step-2 bytes of a frame, and the state vector of a step 1. */
  readonly read: (frame: Uint8Array) => { readonly update?: Uint8Array; readonly vector?: Uint8Array };
  readonly answer: (update: Uint8Array) => Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
}

const frame = (write: (encoder: encoding.Encoder) => void): Uint8Array => {
  const encoder = encoding.createEncoder();
  write(encoder);
  return encoding.toUint8Array(encoder);
};

function readSync(decoder: decoding.Decoder): { update?: Uint8Array; vector?: Uint8Array } {
  const step = decoding.readVarUint(decoder);
  const bytes = decoding.readVarUint8Array(decoder);
  return step === 0 ? { vector: bytes } : { update: bytes };
}

export const ensembleDialect = (room: string): Dialect => ({
  address: (port) => `ws://127.0.0.1:${port}/sync/main/flow/${room}`,
  hello: (doc) => [frame((e) => { encoding.writeVarUint(e, 0); encoding.writeVarUint(e, 0); encoding.writeVarUint8Array(e, Y.encodeStateVector(doc)); })],
  update: (update) => frame((e) => { encoding.writeVarUint(e, 0); encoding.writeVarUint(e, 2); encoding.writeVarUint8Array(e, update); }),
  answer: (update) => frame((e) => { encoding.writeVarUint(e, 0); encoding.writeVarUint(e, 1); encoding.writeVarUint8Array(e, update); }),
  read: (bytes) => {
    const decoder = decoding.createDecoder(bytes);
    return decoding.readVarUint(decoder) === 0 ? readSync(decoder) : {};
  },
});

const hocuspocusDialect: Dialect = (() => {
  const name = 'bench';
  const sync = (step: number, bytes: Uint8Array): Uint8Array => frame((e) => { encoding.writeVarString(e, name); encoding.writeVarUint(e, 0); encoding.writeVarUint(e, step); encoding.writeVarUint8Array(e, bytes); });
  return {
    address: (port: number) => `ws://127.0.0.1:${port}/`,
    hello: (doc: Y.Doc) => [
      frame((e) => { encoding.writeVarString(e, name); encoding.writeVarUint(e, 2); encoding.writeVarUint(e, 0); encoding.writeVarString(e, 'bench'); }),
      sync(0, Y.encodeStateVector(doc)),
    ],
    update: (update: Uint8Array) => sync(2, update),
    answer: (update: Uint8Array) => sync(1, update),
    read: (bytes: Uint8Array) => {
      const decoder = decoding.createDecoder(bytes);
      decoding.readVarString(decoder);
      const type = decoding.readVarUint(decoder);
      return type === 0 || type === 4 ? readSync(decoder) : {};
    },
  };
})();

/** User and system CPU of a process, in microseconds (Linux). */
export function cpuUs(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) /, '').split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10_000;
}

const firstKey = 0xe000;
const keyCount = 6000;

/** A client id as Yjs chooses it, except that none of its bytes on the wire begins a key. */
function clientIdWithoutKeys(): number {
  for (;;) {
    const id = Math.floor(Math.random() * 2 ** 32);
    if (!frame((e) => encoding.writeVarUint(e, id)).some((byte) => byte === 0xee || byte === 0xef)) return id;
  }
}

/** mulberry32. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const isContinuation = (byte: number | undefined): byte is number => byte !== undefined && byte >= 0x80 && byte <= 0xbf;

async function measure(dialect: Dialect, port: number, pid: number, people: number, keysPerPerson: number, keyIntervalMs: number): Promise<KeystrokeFigures> {
  const latencies: number[] = [];
  const sentAt = new Float64Array(keyCount);
  const sender = new Int32Array(keyCount).fill(-1);
  let counter = 0;
  const seats = await Promise.all(Array.from({ length: people }, (_, seat) => new Promise<{ socket: WebSocket; doc: Y.Doc }>((resolve, reject) => {
    const doc = new Y.Doc();
    doc.clientID = clientIdWithoutKeys();
    const socket = new WebSocket(dialect.address(port), { headers: dialect.headers ?? {}, perMessageDeflate: false });
    socket.binaryType = 'nodebuffer';
    let synced = false;
    socket.on('open', () => { for (const bytes of dialect.hello(doc)) socket.send(bytes); });
    socket.on('error', reject);
    socket.on('close', (code, reason) => { if (!synced) reject(new Error(`closed with ${code} ${reason.toString()}`)); });
    socket.on('message', (data: Buffer) => {
      const now = performance.now();
      if (synced) {
        // EE 80 80 … EF A3 BF: a key of this bench, wherever it stands in the frame.
        for (let index = 0; index + 2 < data.length; index += 1) {
          const first = data[index] ?? 0;
          if (first !== 0xee && first !== 0xef) continue;
          const [second, third] = [data[index + 1], data[index + 2]];
          if (!isContinuation(second) || !isContinuation(third)) continue;
          const key = (((first & 0x0f) << 12) | ((second & 0x3f) << 6) | (third & 0x3f)) - firstKey;
          const by = sender[key] ?? -1;
          // An echo of one's own key (frames of several authors go to everybody) is no delivery.
          if (by >= 0 && by !== seat) latencies.push(now - (sentAt[key] ?? now));
          index += 2;
        }
        return;
      }
      const { update, vector } = dialect.read(data);
      if (vector !== undefined) socket.send(dialect.answer(Y.encodeStateAsUpdate(doc, vector)));
      if (update !== undefined) { Y.applyUpdate(doc, update, 'remote'); synced = true; resolve({ socket, doc }); }
    });
  })));
  for (const { socket, doc } of seats) doc.on('update', (update: Uint8Array, origin: unknown) => { if (origin !== 'remote') socket.send(dialect.update(update)); });
  // The same pauses for both servers in every round: people do not type in step, and two keys now and then fall together.
  const random = seeded(20_260_101);
  /** Everybody types `keys` keys with pauses of half to one and a half intervals; ends when each key has arrived everywhere, or 3 s later. */
  const typeKeys = async (keys: number): Promise<void> => {
    const wanted = latencies.length + people * keys * (people - 1);
    await Promise.all(seats.map(async ({ doc }, index) => {
      const text = doc.getText('source');
      await new Promise((resolve) => setTimeout(resolve, random() * keyIntervalMs));
      for (let key = 0; key < keys; key += 1) {
        const number = counter % keyCount;
        counter += 1;
        sender[number] = index;
        sentAt[number] = performance.now();
        text.insert(text.length, String.fromCharCode(firstKey + number));
        await new Promise((resolve) => setTimeout(resolve, (0.5 + random()) * keyIntervalMs));
      }
    }));
    const end = performance.now() + 3000;
    while (latencies.length < wanted && performance.now() < end) await new Promise((resolve) => setTimeout(resolve, 10));
  };
  // Both sides are measured warm: a server that people type on has long been compiled.
  await typeKeys(Math.ceil(keysPerPerson / 3));
  latencies.length = 0;
  const cpuBefore = cpuUs(pid);
  await typeKeys(keysPerPerson);
  const cpu = cpuUs(pid) - cpuBefore;
  for (const { socket } of seats) socket.terminate();
  latencies.sort((a, b) => a - b);
  const at = (share: number): number => latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))] ?? Number.NaN;
  return { people, deliveries: latencies.length, p50Ms: at(0.5), p99Ms: at(0.99), cpuUsPerDelivery: cpu / Math.max(1, latencies.length) };
}

const here = dirname(fileURLToPath(import.meta.url));

export async function startHocuspocus(): Promise<{ readonly port: number; readonly pid: number; stop(): Promise<void> }> {
  const child: ChildProcess = spawn(process.execPath, [join(here, 'peer-hocuspocus.mjs')], { stdio: ['ignore', 'pipe', 'inherit'] });
  const port = await new Promise<number>((resolve, reject) => {
    child.stdout?.on('data', (bytes: Buffer) => { const match = /port (\d+)/.exec(bytes.toString('utf8')); if (match !== null) resolve(Number(match[1])); });
    child.once('exit', (code) => reject(new Error(`hocuspocus ended with ${code}`)));
  });
  return { port, pid: child.pid ?? 0, stop: async () => { child.kill('SIGKILL'); await new Promise((resolve) => child.once('exit', resolve)); } };
}

export const measureEnsemble = (room: string, port: number, pid: number, people: number, keys: number, intervalMs: number): Promise<KeystrokeFigures> => measure(ensembleDialect(room), port, pid, people, keys, intervalMs);
export const measureHocuspocus = (port: number, pid: number, people: number, keys: number, intervalMs: number): Promise<KeystrokeFigures> => measure(hocuspocusDialect, port, pid, people, keys, intervalMs);
