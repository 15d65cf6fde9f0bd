import { existsSync, mkdtempSync, readFileSync, rmSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ProtocolError } from '../../core/protocol/errors.ts';
import { decodeUtf8, readForm, readJson } from './bodies.ts';
import { IncomingBody } from './transport/request-body.ts';
import type { HttpRequest } from './transport/index.ts';

/** A request whose body arrives in pieces of a few bytes, as a slow network cuts it. */
function requestOf(contentType: string, body: string | Uint8Array, pieceBytes = 7): HttpRequest & { readonly paused: () => number } {
  let pauses = 0;
  const incoming = new IncomingBody({ pause: () => { pauses += 1; }, resume: () => {} }, false);
  const bytes = Buffer.from(body);
  queueMicrotask(() => {
    for (let at = 0; at < bytes.length; at += pieceBytes) incoming.push(new Uint8Array(bytes.subarray(at, at + pieceBytes)).buffer, false);
    incoming.push(new ArrayBuffer(0), true);
  });
  return { method: 'POST', path: '/', query: '', headers: { 'content-type': contentType }, address: '', encrypted: false, body: incoming, paused: () => pauses };
}
const problemOf = (promise: Promise<unknown>): Promise<string> => promise.then(() => 'accepted', (error: unknown) => (error instanceof ProtocolError ? `${error.problem.status} ${error.message}` : String(error)));
async function inFolder(story: (path: () => string, folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'ensemble-bodies-'));
  let count = 0;
  try {
    await story(() => join(folder, String(++count)), folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
const part = (disposition: string, content: string): string => `--cut\r\ncontent-disposition: form-data; ${disposition}\r\n\r\n${content}\r\n`;
const multipart = 'multipart/form-data; boundary=cut';

test('a body in pieces is put together; multi-byte characters may be cut', async () => {
  assert.equal(await readJson(requestOf('application/json', '{"name":"Zoë 🦊"}', 1)), { name: 'Zoë 🦊' });
});
test('wrong UTF-8 is refused with the place of its first byte', () => {
  assert.throws(() => decodeUtf8(Buffer.from([0x61, 0x62, 0xff, 0x63])), /byte 2 of the body is not UTF-8/);
  assert.throws(() => decodeUtf8(Buffer.from([0xc3, 0x28])), /byte 0|byte 1/);
  assert.throws(() => decodeUtf8(Buffer.from([0x61, 0xe2, 0x82])), /is not UTF-8/);
  assert.is(decodeUtf8(Buffer.from('grün')), 'grün');
});
test('JSON that is none says so; an empty body is none given', async () => {
  assert.match(await problemOf(readJson(requestOf('application/json', '{"a":'))), /^422 Invalid json mapping/);
  assert.is(await readJson(requestOf('application/json', ' ')), undefined);
});
test('a body above its limit is refused with 413, and the network was held back on the way', async () => {
  const request = requestOf('application/json', new Uint8Array(3_000_000).fill(0x20), 64 * 1024);
  assert.match(await problemOf(request.body.read(1_000_000)), /^413 Request Entity Too Large: the body has more than 1,000,000 bytes/);
  assert.ok(request.paused() > 0);
});
test('a multipart form gives its fields, and its files on the disk, whatever the pieces', () => inFolder(async (path) => {
  const body = `${part('name="city"', 'Zürich')}${part('name="files"; filename="data"', 'a,b\r\n1,2')}${part('name="photo"; filename="ü.png"', 'PNG')}--cut--\r\n`;
  for (const pieceBytes of [1, 13, 1000]) {
    const { form, discard } = await readForm(requestOf(multipart, body, pieceBytes), path);
    assert.equal(form.fields, { city: 'Zürich' });
    assert.equal(form.files.map(({ field, filename, sizeBytes }) => ({ field, filename, sizeBytes })).sort((a, b) => a.field.localeCompare(b.field)), [
      { field: 'files', filename: 'data', sizeBytes: 8 }, { field: 'photo', filename: 'ü.png', sizeBytes: 3 },
    ]);
    const blob = form.files.find((file) => file.field === 'files')?.blob ?? '';
    assert.is(readFileSync(blob, 'utf8'), 'a,b\r\n1,2');
    await discard();
    assert.not.ok(existsSync(blob));
  }
}));
test('a file name leads nowhere: it is only a name', () => inFolder(async (path, folder) => {
  const { form } = await readForm(requestOf(multipart, `${part('name="f"; filename="../../../etc/passwd"', 'x')}--cut--\r\n`), path);
  assert.ok((form.files[0]?.blob ?? '').startsWith(folder));
  assert.not.match(form.files[0]?.filename ?? '', /\.\./);
}));
test('a multipart body that is cut off, or has no boundary, is refused and leaves no file behind', () => inFolder(async (path, folder) => {
  assert.match(await problemOf(readForm(requestOf(multipart, `${part('name="f"; filename="a"', 'xyz').slice(0, -2)}`), path)), /^422 Invalid multipart body/);
  assert.match(await problemOf(readForm(requestOf('multipart/form-data', 'anything'), path)), /^422 Invalid multipart body/);
  assert.equal(readdirSync(folder), []);
}));
test('a connection that breaks half way leaves no file behind', () => inFolder(async (path, folder) => {
  const incoming = new IncomingBody({ pause: () => {}, resume: () => {} }, false);
  const bytes = Buffer.from(part('name="f"; filename="a"', 'x'.repeat(1000)).slice(0, 500));
  incoming.push(new Uint8Array(bytes).buffer, false);
  const reading = problemOf(readForm({ method: 'POST', path: '/', query: '', headers: { 'content-type': multipart }, address: '', encrypted: false, body: incoming }, path));
  queueMicrotask(() => incoming.abort());
  assert.match(await reading, /^400 Bad Request: the connection closed/);
  assert.equal(readdirSync(folder), []);
}));
test('urlencoded forms, JSON objects and no body at all are forms too', () => inFolder(async (path) => {
  assert.equal((await readForm(requestOf('application/x-www-form-urlencoded', 'a=1&b=x+y%2B'), path)).form.fields, { a: '1', b: 'x y+' });
  assert.equal((await readForm(requestOf('application/json', '{"a":1,"b":{"c":true},"d":null}'), path)).form.fields, { a: '1', b: '{"c":true}' });
  assert.equal((await readForm(requestOf('', ''), path)).form, { fields: {}, files: [] });
}));
test.run();
