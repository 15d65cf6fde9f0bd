/** `/sync/…`: sockets of documents and presence. The room decides; this hands over frames and says no in the protocol's own words. */
import type { Caller } from '../../access/contract.ts';
import { deniedFrame, type Documents, type SyncSocket } from '../../documents/index.ts';
import type { Socket, SocketHandler } from '../transport/index.ts';

/** Topics of the transport are shared with the RPC: a prefix keeps the two apart. */
export const syncTopic = (room: string): string => `sync/${room}`;

export interface SyncOptions {
  readonly documents: Documents;
}

const nobody: SocketHandler = { message: () => undefined, drained: () => undefined, closed: () => undefined };

/** Opens a socket in a room. Refusals are sent as the protocol's own `permission denied`, then the socket closes with a final code. */
export function createSync({ documents }: SyncOptions): (socket: Socket, caller: Caller, room: string, birth: string | undefined) => SocketHandler {
  return (socket, caller, room, birth) => {
    const seatSocket: SyncSocket = {
      id: socket.id, caller,
      send: (frame) => socket.sendBytes(frame),
      close: (code, reason) => socket.close(code, reason),
    };
    const joined = documents.join(room, seatSocket, birth);
    if (joined.type === 'refused') {
      socket.sendBytes(deniedFrame(joined.reason));
      socket.close(joined.code, joined.reason);
      return nobody;
    }
    // In the same turn as the join: nothing is published in between.
    socket.subscribe(syncTopic(joined.room));
    const { seat } = joined;
    return {
      message: (bytes) => seat.receive(bytes),
      drained: () => seat.drained(),
      closed: () => seat.leave(),
    };
  };
}

/** For a caller who is not known: accepted, told why, and closed for good, so that a stock provider stops trying. */
export function denied(socket: Socket, code: number, reason: string): SocketHandler {
  socket.sendBytes(deniedFrame(reason));
  socket.close(code, reason);
  return nobody;
}
