/** The first step of a ForEachItem: the file becomes batches, and a file that lists them. Lines stream; nothing is held in memory but one batch. */
import { createReadStream } from 'node:fs';
import type { TaskContext, TaskOutcome } from '../../sdk/index.ts';
import { isMap, TaskFailure } from '../../sdk/values.ts';

const batchesMax = 100_000;
const itemCharsMax = 16 * 1024 * 1024;

export async function split(context: TaskContext): Promise<TaskOutcome> {
  const uri = context.render(context.properties['items']).trim();
  if (!/^(kestra|nsfile):\/\//.test(uri)) throw new TaskFailure(`The property "items" must be the address of a stored file (kestra://…), found "${uri.slice(0, 200)}".`);
  const batch = isMap(context.properties['batch']) ? context.properties['batch'] : {};
  const given = (name: string): string | undefined => (batch[name] === undefined || batch[name] === null ? undefined : context.render(batch[name]).trim());
  const separator = batch['separator'] === undefined || batch['separator'] === null ? '\n' : context.render(batch['separator']);
  const path = await context.files.fetch(uri, '.ensemble-items');
  const items = itemsOf(createReadStream(path, 'utf8'), separator);
  const partitions = given('partitions');
  const splits = partitions === undefined ? await inOrder(context, items, separator, countOf(given('rows'), 'rows'), given('bytes') === undefined ? undefined : bytesOf(given('bytes') ?? '')) : await dealt(context, items, separator, countOf(partitions, 'partitions') ?? 1);
  const stored = await context.files.put('splits.txt', splits.map((one) => `${one}\n`).join(''));
  context.log('INFO', `${splits.length} batches`);
  return { type: 'succeeded', outputs: { splits: stored } };
}

function countOf(text: string | undefined, name: string): number | undefined {
  if (text === undefined) return undefined;
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1) throw new TaskFailure(`"batch.${name}" must be a whole number of 1 or more, found "${text.slice(0, 100)}".`);
  return count;
}

/** `10MB`, `512 KB`, `100`: bytes. Units are powers of 1024, in any case. */
export function bytesOf(text: string): number {
  const match = /^(\d+(?:\.\d+)?)\s*(B|KB|KIB|MB|MIB|GB|GIB)?$/i.exec(text.trim());
  if (match === null) throw new TaskFailure(`"batch.bytes" must be a size such as 10MB, found "${text.slice(0, 100)}".`);
  const power = { B: 0, KB: 1, MB: 2, GB: 3 }[(match[2] ?? 'B').toUpperCase().replace('IB', 'B')] ?? 0;
  return Math.max(1, Math.floor(Number(match[1]) * 1024 ** power));
}

async function* itemsOf(chunks: AsyncIterable<string>, separator: string): AsyncGenerator<string> {
  let rest = '';
  for await (const chunk of chunks) {
    rest += chunk;
    const items = rest.split(separator);
    rest = items.pop() ?? '';
    if (rest.length > itemCharsMax) throw new TaskFailure(`An item of the file has more than ${itemCharsMax} characters; is "batch.separator" right?`);
    for (const item of items) if (item !== '') yield item;
  }
  if (rest.trim() !== '') yield rest;
}

async function inOrder(context: TaskContext, items: AsyncIterable<string>, separator: string, rows: number | undefined, bytesMax: number | undefined): Promise<readonly string[]> {
  const rowsMax = rows ?? (bytesMax === undefined ? 1 : Number.POSITIVE_INFINITY);
  const splits: string[] = [];
  let batch: string[] = [];
  let bytes = 0;
  const close = async (): Promise<void> => {
    if (batch.length === 0) return;
    if (splits.length >= batchesMax) throw new TaskFailure(`The file has more than ${batchesMax} batches; give "batch.rows" a larger number.`);
    splits.push(await context.files.put(`batch-${splits.length + 1}.txt`, batch.map((item) => `${item}${separator}`).join('')));
    batch = [];
    bytes = 0;
  };
  for await (const item of items) {
    const size = Buffer.byteLength(item) + separator.length;
    if (bytesMax !== undefined && bytes + size > bytesMax) await close();
    batch.push(item);
    bytes += size;
    if (batch.length >= rowsMax) await close();
  }
  await close();
  return splits;
}

/** Dealt out like cards: each batch is a file that grows. */
async function dealt(context: TaskContext, items: AsyncIterable<string>, separator: string, partitions: number): Promise<readonly string[]> {
  if (partitions > 10_000) throw new TaskFailure(`"batch.partitions" is ${partitions}: at most 10000 batches are made.`);
  const batches: string[][] = Array.from({ length: partitions }, () => []);
  let count = 0;
  for await (const item of items) {
    batches[count % partitions]?.push(item);
    count += 1;
  }
  const splits: string[] = [];
  for (const [index, batch] of batches.entries()) if (batch.length > 0) splits.push(await context.files.put(`batch-${index + 1}.txt`, batch.map((item) => `${item}${separator}`).join('')));
  return splits;
}
