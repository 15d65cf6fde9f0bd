/** A body on its way in. uWebSockets pushes; this lets the reader pull, and holds the network back while the reader is busy. */
import { ProtocolError } from '../../../core/protocol/errors.ts';
import type { RequestBody } from './contract.ts';

/** What may wait here before the network is held back. */
const waitingBytesMax = 512 * 1024;
/** A body above its limit is read to its end, up to this, so that the sender gets the answer instead of a reset connection. */
const drainedBytesMax = 64 * 1024 * 1024;

export interface Flow {
  pause(): void;
  resume(): void;
}

export class IncomingBody implements RequestBody {
  #chunks: Uint8Array[] = [];
  #waitingBytes = 0;
  #paused = false;
  #state: 'open' | 'ended' | 'aborted' = 'open';
  #wake: (() => void) | undefined;
  readonly #flow: Flow;

  constructor(flow: Flow, empty: boolean) {
    this.#flow = flow;
    if (empty) this.#state = 'ended';
  }

  /** The chunk belongs to the caller: it is copied. */
  push(chunk: ArrayBuffer, isLast: boolean): void {
    if (this.#state !== 'open') return;
    if (chunk.byteLength > 0) {
      this.#chunks.push(new Uint8Array(chunk.slice(0)));
      this.#waitingBytes += chunk.byteLength;
    }
    if (isLast) this.#state = 'ended';
    else if (this.#waitingBytes > waitingBytesMax && !this.#paused) {
      this.#paused = true;
      this.#flow.pause();
    }
    this.#wake?.();
  }

  abort(): void {
    if (this.#state === 'open') this.#state = 'aborted';
    this.#chunks = [];
    this.#wake?.();
  }

  /** Before the answer leaves: a connection that is kept must not stay paused. */
  release(): void {
    if (this.#paused) {
      this.#paused = false;
      this.#flow.resume();
    }
  }

  async stream(take: (chunk: Uint8Array) => void | Promise<void>): Promise<void> {
    for (;;) {
      const chunk = this.#chunks.shift();
      if (chunk === undefined) {
        if (this.#state === 'ended') return;
        if (this.#state === 'aborted') throw new ProtocolError({ status: 400, message: 'Bad Request: the connection closed before the body had ended' });
        this.release();
        await new Promise<void>((resolve) => { this.#wake = resolve; });
        this.#wake = undefined;
        continue;
      }
      this.#waitingBytes -= chunk.byteLength;
      await take(chunk);
    }
  }

  async read(bytesMax: number): Promise<Uint8Array> {
    const parts: Uint8Array[] = [];
    let size = 0;
    await this.stream((chunk) => {
      size += chunk.byteLength;
      if (size <= bytesMax) parts.push(chunk);
      else {
        parts.length = 0;
        if (size > drainedBytesMax) throw tooLarge(bytesMax);
      }
    });
    if (size > bytesMax) throw tooLarge(bytesMax);
    if (parts.length === 1 && parts[0] !== undefined) return parts[0];
    const whole = new Uint8Array(size);
    let offset = 0;
    for (const part of parts) {
      whole.set(part, offset);
      offset += part.byteLength;
    }
    return whole;
  }
}

export const tooLarge = (bytesMax: number): ProtocolError => new ProtocolError({
  status: 413, message: `Request Entity Too Large: the body has more than ${bytesMax.toLocaleString('en-US')} bytes; send large files as FILE inputs of a multipart form, which are streamed`,
});
