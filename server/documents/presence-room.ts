/** A room without a document: who looks at this page. Speaks the same protocol, so that stock providers work. */
import { Room, type Seat } from './room.ts';
import { differenceFrame, type SyncFrame } from './sync-frames.ts';

const emptyUpdate = Uint8Array.of(0, 0);

export class PresenceRoom extends Room {
  readonly #owners = new Map<number, string>();

  override ownerOf(clientId: number): string | undefined {
    return this.#owners.get(clientId);
  }

  override bind(clientId: number, participantId: string): void {
    this.#owners.set(clientId, participantId);
  }

  protected override welcome(_seat: Seat): void {
    // Nothing to ask for: there is no document.
  }

  protected override receiveSync(seat: Seat, frame: Exclude<SyncFrame, { readonly type: 'awareness' | 'queryAwareness' | 'broken' }>): void {
    if (frame.type === 'stateVector') seat.socket.send(differenceFrame(emptyUpdate));
    else if (frame.update.length !== 2 || frame.update[0] !== 0 || frame.update[1] !== 0) this.refuse(seat, 4403, 'a presence room holds no document');
  }
}
