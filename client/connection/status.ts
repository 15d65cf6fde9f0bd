/**
 * What the connection badge says. `connecting` until the first answer; `live` while frames arrive in time; `catching-up` while
 * they arrive late (over a second) or topics are being resumed; `offline` without an answer for seconds.
 */
export type ConnectionStatus =
  | { readonly state: 'connecting' }
  | { readonly state: 'live'; readonly lagMs: number }
  | { readonly state: 'catching-up'; readonly lagMs: number }
  | { readonly state: 'offline'; readonly sinceMs: number; readonly retryAtMs: number; readonly reason: string };

/** Over this, what is on the screen is called late. */
export const lateMs = 1000;

/** The word of the badge, the number beside it, and the sentence of its tooltip. */
export function statusWords(status: ConnectionStatus, nowMs: number): { readonly word: string; readonly figure: string; readonly title: string } {
  switch (status.state) {
    case 'connecting':
      return { word: 'Connecting', figure: '', title: 'Asking the server for what changed' };
    case 'live':
      return { word: 'Live', figure: `${Math.round(status.lagMs)} ms`, title: `Connected. Changes arrive in ${Math.round(status.lagMs)} ms.` };
    case 'catching-up':
      return { word: 'Catching up', figure: status.lagMs >= 1000 ? `${Math.round(status.lagMs / 1000)} s` : '', title: 'Connected, but what you see may be some seconds old.' };
    case 'offline': {
      const waitS = Math.max(0, Math.ceil((status.retryAtMs - nowMs) / 1000));
      return { word: 'Offline', figure: waitS > 0 ? `${waitS} s` : '', title: `${status.reason} What you see is from ${Math.round((nowMs - status.sinceMs) / 1000)} s ago. ${waitS > 0 ? `Next try in ${waitS} s.` : 'Trying now.'}` };
    }
    default:
      return never(status);
  }
}

function never(value: never): never {
  throw new Error(`not a connection status: ${String(value)}`);
}
