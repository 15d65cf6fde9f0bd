/**
 * Which names this server answers to, and from whose pages. Without these two checks any page on the web could drive an open workspace on
 * somebody's own machine: by a form or a WebSocket (Origin), or by pointing its own name at 127.0.0.1 (Host, "DNS rebinding").
 */
import { ProtocolError } from '../../core/protocol/errors.ts';

export interface Origins {
  /** Undefined when the request may go on. */
  refusal(request: { readonly headers: Readonly<Record<string, string>>; readonly path: string; readonly method: string }): ProtocolError | undefined;
  readonly names: readonly string[];
}

export interface OriginOptions {
  readonly host: string;
  readonly port: number;
  readonly encrypted: boolean;
  readonly publicUrl: string | undefined;
  /** Addresses and names of this machine, when it listens on all of them. */
  readonly machineNames: readonly string[];
}

const everywhere = new Set(['0.0.0.0', '::', '']);
export const isLoopback = (host: string): boolean => host === 'localhost' || host === '::1' || host === '[::1]' || /^127(\.\d{1,3}){3}$/.test(host);

export function createOrigins(options: OriginOptions): Origins {
  const defaultPort = options.encrypted ? 443 : 80;
  const names = new Set<string>();
  const add = (name: string): void => {
    const host = (name.includes(':') && !name.startsWith('[') ? `[${name}]` : name).toLowerCase();
    names.add(`${host}:${options.port}`);
    if (options.port === defaultPort) names.add(host);
  };
  if (isLoopback(options.host) || everywhere.has(options.host)) for (const name of ['localhost', '127.0.0.1', '::1']) add(name);
  if (everywhere.has(options.host)) for (const name of options.machineNames) add(name);
  else add(options.host);
  const publicHost = options.publicUrl === undefined ? undefined : new URL(options.publicUrl).host.toLowerCase();
  if (publicHost !== undefined) names.add(publicHost);

  return {
    names: [...names],
    refusal: ({ headers, path, method }) => {
      const host = (headers['host'] ?? '').toLowerCase();
      if (!names.has(host)) {
        return new ProtocolError({ status: 403, message: `Wrong Host "${host}": this server answers to ${[...names].join(', ')}. Set ENSEMBLE_PUBLIC_URL to the address under which people reach it` });
      }
      const origin = headers['origin'];
      if (origin !== undefined) {
        const from = originHost(origin);
        if (from === undefined || !names.has(from)) {
          return new ProtocolError({ status: 403, message: `Foreign Origin "${origin}": only pages of this server (${[...names].join(', ')}) may call it. Set ENSEMBLE_PUBLIC_URL to the address under which people reach it` });
        }
      } else if (headers['sec-fetch-site'] === 'cross-site' && !(method === 'GET' && headers['sec-fetch-mode'] === 'navigate' && !path.startsWith('/api/'))) {
        // Images, scripts and form posts of other sites carry no Origin on GET; a person following a link to a page may come in.
        return new ProtocolError({ status: 403, message: 'Foreign Origin: a page of another site made this request, and only pages of this server may call it' });
      }
      return undefined;
    },
  };
}

function originHost(origin: string): string | undefined {
  if (!URL.canParse(origin)) return undefined;
  const url = new URL(origin);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return undefined;
  // `host` leaves the scheme's own port out; the Host header of a browser does so too.
  return url.host.toLowerCase();
}
