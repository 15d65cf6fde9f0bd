/** Files of the client's build. Their names carry a hash of their content, so a browser keeps them for ever; each is compressed once. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import { empty } from './headers.ts';
import type { HttpAnswer, HttpRequest } from './transport/index.ts';

const types: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8', '.css': 'text/css; charset=utf-8', '.svg': 'image/svg+xml', '.woff2': 'font/woff2', '.ttf': 'font/ttf',
  '.json': 'application/json', '.png': 'image/png', '.ico': 'image/x-icon', '.map': 'application/json', '.wasm': 'application/wasm', '.txt': 'text/plain; charset=utf-8',
};
const compressible = new Set(['.js', '.css', '.svg', '.json', '.ttf', '.map', '.txt']);
const hashedName = /-[A-Za-z0-9]{8,}\.[a-z0-9]+$/;
const brotli = promisify(brotliCompress);
const zip = promisify(gzip);

interface Asset {
  readonly bytes: Uint8Array;
  readonly etag: string;
  readonly encodings: Map<'br' | 'gzip', Promise<Uint8Array>>;
}

export interface StaticFiles {
  /** `name` is one path segment. Undefined when there is no such file. */
  answer(name: string, request: HttpRequest): Promise<HttpAnswer | undefined>;
  /** Source name -> address, for the shell. */
  readonly manifest: Readonly<Record<string, string>>;
}

export function openStaticFiles(folder: string): StaticFiles {
  // Names are listed once: an address can name nothing else, so no path leaves the folder.
  const names = new Set(existsSync(folder) ? readdirSync(folder) : []);
  const assets = new Map<string, Promise<Asset>>();
  const load = async (name: string): Promise<Asset> => {
    const bytes = await readFile(join(folder, name));
    return { bytes, etag: `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"`, encodings: new Map() };
  };
  return {
    manifest: names.has('manifest.json') ? parseManifest(readFileSync(join(folder, 'manifest.json'), 'utf8')) : {},
    answer: async (name, request) => {
      if (!names.has(name)) return undefined;
      let loading = assets.get(name);
      if (loading === undefined) {
        loading = load(name);
        assets.set(name, loading);
      }
      const asset = await loading;
      const extension = extname(name);
      const headers: Record<string, string> = {
        'content-type': types[extension] ?? 'application/octet-stream',
        'cache-control': hashedName.test(name) ? 'public, max-age=31536000, immutable' : 'no-cache',
        etag: asset.etag,
        vary: 'Accept-Encoding',
      };
      if ((request.headers['if-none-match'] ?? '').split(',').some((tag) => tag.trim().replace(/^W\//, '') === asset.etag)) return empty(304, headers);
      const encoding = compressible.has(extension) && asset.bytes.byteLength > 1000 ? acceptedEncoding(request) : undefined;
      if (encoding === undefined) return { status: 200, headers, body: { type: 'bytes', bytes: asset.bytes } };
      let packed = asset.encodings.get(encoding);
      if (packed === undefined) {
        packed = compress(encoding, asset.bytes);
        asset.encodings.set(encoding, packed);
      }
      return { status: 200, headers: { ...headers, 'content-encoding': encoding }, body: { type: 'bytes', bytes: await packed } };
    },
  };
}

function parseManifest(text: string): Readonly<Record<string, string>> {
  const value: unknown = JSON.parse(text);
  const manifest: Record<string, string> = {};
  if (typeof value === 'object' && value !== null) for (const [name, address] of Object.entries(value)) if (typeof address === 'string') manifest[name] = address;
  return manifest;
}

function acceptedEncoding(request: HttpRequest): 'br' | 'gzip' | undefined {
  const accepted = request.headers['accept-encoding'] ?? '';
  if (/\bbr\b/.test(accepted)) return 'br';
  return /\bgzip\b/.test(accepted) ? 'gzip' : undefined;
}

/** In libuv's threads. The editor is megabytes: a middling level costs a tenth of the best and a few percent of size. */
async function compress(encoding: 'br' | 'gzip', bytes: Uint8Array): Promise<Uint8Array> {
  if (encoding === 'gzip') return zip(bytes, { level: 6 });
  return brotli(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: bytes.byteLength > 300_000 ? 5 : 9, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.byteLength } });
}
