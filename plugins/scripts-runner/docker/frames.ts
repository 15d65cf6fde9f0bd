/** The output of a container without a terminal: frames of eight bytes of head (stream, 0, 0, 0, length) and a payload. */
import { Buffer } from 'node:buffer';

export interface OutputPiece {
  readonly stream: 'stdout' | 'stderr';
  readonly bytes: Uint8Array;
}

const headBytes = 8;

/** A frame is given on in pieces as they come; a frame may be longer than memory. */
export async function* outputPieces(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<OutputPiece> {
  let head = Buffer.alloc(0);
  let left = 0;
  let stream: OutputPiece['stream'] = 'stdout';
  for await (const chunk of chunks) {
    let rest = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    while (rest.byteLength > 0) {
      if (left === 0) {
        const taken = rest.subarray(0, headBytes - head.byteLength);
        head = Buffer.concat([head, taken]);
        rest = rest.subarray(taken.byteLength);
        if (head.byteLength < headBytes) break;
        stream = head[0] === 2 || head[0] === 3 ? 'stderr' : 'stdout';
        left = head.readUInt32BE(4);
        head = Buffer.alloc(0);
        continue;
      }
      const bytes = rest.subarray(0, left);
      rest = rest.subarray(bytes.byteLength);
      left -= bytes.byteLength;
      yield { stream, bytes };
    }
  }
}
