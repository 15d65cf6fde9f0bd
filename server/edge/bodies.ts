/** Bodies of requests by what the operation expects. Text must be UTF-8: a wrong byte is refused with its place, never replaced silently. */
import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { once } from 'node:events';
import busboy from 'busboy';
import { ProtocolError } from '../../core/protocol/errors.ts';
import { parseJsonText } from '../../core/protocol/json.ts';
import { limits } from '../../core/protocol/limits.ts';
import type { FormBody } from '../../core/protocol/operation.ts';
import { tooLarge, type HttpRequest } from './transport/index.ts';

export interface Upload {
  readonly form: FormBody;
  /** Removes the files that nobody has taken. */
  readonly discard: () => Promise<void>;
}

const partsMax = 1000;
const contentType = (request: HttpRequest): string => (request.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';

/** The text of a body, or a ProtocolError that names the first wrong byte. */
export async function readText(request: HttpRequest, bytesMax: number = limits.bodyBytesMax): Promise<string> {
  return decodeUtf8(await request.body.read(bytesMax));
}

export function decodeUtf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: false }).decode(bytes);
  } catch {
    throw new ProtocolError({ status: 422, message: `Invalid text: byte ${firstWrongByte(bytes)} of the body is not UTF-8; save the text as UTF-8 and send it again` });
  }
}

/** Offset of the first byte that breaks UTF-8, by halving: a prefix decodes as long as it ends before that byte. */
function firstWrongByte(bytes: Uint8Array): number {
  let good = 0;
  let bad = bytes.byteLength;
  const decodes = (end: number): boolean => {
    try {
      // `stream` forgives a sequence that is merely cut off at the end.
      new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(0, end), { stream: true });
      return true;
    } catch {
      return false;
    }
  };
  while (bad - good > 1) {
    const middle = (good + bad) >> 1;
    if (decodes(middle)) good = middle;
    else bad = middle;
  }
  return good;
}

export async function readJson(request: HttpRequest): Promise<unknown> {
  const text = await readText(request);
  if (text.trim() === '') return undefined;
  return parseJson(text);
}

export function parseJson(text: string): unknown {
  try {
    return parseJsonText(text);
  } catch (error) {
    throw new ProtocolError({ status: 422, message: `Invalid json mapping: ${error instanceof Error ? error.message : 'the body is not JSON'}` });
  }
}

/** A form in any of its shapes: multipart, urlencoded, or no body at all. Files stream to the disk whatever their size. */
export async function readForm(request: HttpRequest, uploadPath: () => string): Promise<Upload> {
  switch (contentType(request)) {
    case 'multipart/form-data': return readMultipart(request, uploadPath);
    case 'application/json': {
      const value = await readJson(request);
      if (value !== undefined && (typeof value !== 'object' || value === null || Array.isArray(value))) throw new ProtocolError({ status: 422, message: 'Invalid json mapping: expected an object with one member per input' });
      const fields: Record<string, string> = Object.create(null);
      for (const [name, member] of Object.entries(value ?? {})) if (member !== null && member !== undefined) fields[name] = typeof member === 'string' ? member : JSON.stringify(member);
      return { form: { fields: { ...fields }, files: [] }, discard: nothing };
    }
    default: {
      const text = await readText(request);
      const fields: Record<string, string> = Object.create(null);
      for (const [name, value] of new URLSearchParams(text)) if (name !== '') fields[name] = value;
      return { form: { fields: { ...fields }, files: [] }, discard: nothing };
    }
  }
}

const nothing = async (): Promise<void> => {};

async function readMultipart(request: HttpRequest, uploadPath: () => string): Promise<Upload> {
  const fields: Record<string, string> = Object.create(null);
  const files: FormBody['files'][number][] = [];
  const paths: string[] = [];
  const writing: Promise<void>[] = [];
  const discard = async (): Promise<void> => {
    await Promise.all(paths.map((path) => rm(path, { force: true })));
  };
  let failure: ProtocolError | undefined;
  let fault: unknown;
  let fieldBytes = 0;
  let parser: busboy.Busboy;
  try {
    parser = busboy({
      headers: { ...request.headers }, defParamCharset: 'utf8', preservePath: false,
      limits: { fieldSize: limits.bodyBytesMax, fileSize: limits.fileBytesMax, parts: partsMax, fieldNameSize: 1000, headerPairs: 50 },
    });
  } catch (error) {
    throw new ProtocolError({ status: 422, message: `Invalid multipart body: ${error instanceof Error ? error.message : 'its header is broken'}` });
  }
  parser.on('field', (name, value, info) => {
    fieldBytes += value.length;
    if (info.valueTruncated || info.nameTruncated || fieldBytes > limits.bodyBytesMax) failure ??= tooLarge(limits.bodyBytesMax);
    else if (value.includes('\uFFFD')) failure ??= new ProtocolError({ status: 422, message: `Invalid text: the form field "${name}" is not UTF-8; send it as a file, or as UTF-8` });
    else if (name !== undefined && name !== '') fields[name] = value;
  });
  parser.on('file', (field, stream, info) => {
    const path = uploadPath();
    paths.push(path);
    let sizeBytes = 0;
    stream.on('data', (chunk: Buffer) => { sizeBytes += chunk.byteLength; });
    stream.on('limit', () => { failure ??= tooLarge(limits.fileBytesMax); });
    // `pipeline`, not `pipe`: a form that is cut off fails the file's stream too, and an error without a listener ends the process.
    writing.push(pipeline(stream, createWriteStream(path, { flags: 'wx', mode: 0o600 })).then(() => {
      files.push({ field, filename: info.filename ?? field, contentType: info.mimeType, sizeBytes, blob: path });
    }, (error: unknown) => {
      const full = typeof error === 'object' && error !== null && 'code' in error && error.code === 'ENOSPC';
      if (full) failure ??= new ProtocolError({ status: 503, message: 'Service Unavailable: the disk is full; nothing of this form was kept', retryAfterMs: 60_000 });
      else fault ??= error;
    }));
  });
  parser.on('partsLimit', () => { failure ??= new ProtocolError({ status: 422, message: `Invalid multipart body: more than ${partsMax} parts` }); });
  const ended = new Promise<void>((resolve) => {
    parser.on('close', resolve);
    parser.on('error', (error: unknown) => {
      failure ??= new ProtocolError({ status: 422, message: `Invalid multipart body: ${error instanceof Error ? error.message : 'it is cut off'}` });
      resolve();
    });
  });
  try {
    await request.body.stream(async (chunk) => {
      // After a failure the rest is only drained, so that the sender gets the answer.
      if (failure !== undefined) return;
      if (!parser.write(chunk)) await Promise.race([once(parser, 'drain'), ended]);
    });
    if (failure === undefined) {
      parser.end();
      await ended;
    }
    if (failure === undefined) await Promise.all(writing);
    if (failure !== undefined) throw failure;
    if (fault !== undefined) throw fault;
  } catch (error) {
    parser.destroy();
    await Promise.allSettled(writing);
    await discard();
    throw error;
  }
  return { form: { fields: { ...fields }, files }, discard };
}
