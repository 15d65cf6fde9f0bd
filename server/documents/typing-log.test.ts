import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { commitKey, openAppendLog, openEnvironment, type Environment, type Write } from '../store/index.ts';
import { openTypingLog, type TypingLog } from './typing-log.ts';
import { openWorld, until, validSource } from './testing-world.ts';

const folders: string[] = [];
const freshFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'ensemble-typing-'));
  folders.push(folder);
  return folder;
};
test.after(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});
const openFront = (folder: string): Environment => openEnvironment({ name: 'front', path: join(folder, 'front'), mode: 'write' });
const openLog = (folder: string) => openAppendLog(join(folder, 'front', 'typing.log'), 16_384);
const put = (name: string, value: unknown): Write => ({ type: 'put', key: ['main', 'doc', 'b', 'u', name], value });
const numberOf = (front: Environment): number => front.get<number>(commitKey) ?? 0;
/** What a kill leaves: the files as they are. */
const killed = (folder: string): string => {
  const copy = freshFolder();
  cpSync(folder, copy, { recursive: true });
  return copy;
};

test('DO17 rows of the log are in LMDB after a crash, each once, and bytes stay bytes', async () => {
  const folder = freshFolder();
  const front = openFront(folder);
  const typing = openTypingLog(openLog(folder), front);
  await front.write([put('base', 0)]).flushed;
  assert.ok(typing.append([put('a', { update: Uint8Array.of(1, 2, 255), atMs: 1_700_000_000_000 })], numberOf(front)));
  assert.ok(typing.append([put('b', 1), put('c', 1)], numberOf(front)));
  assert.is(typing.unsettledCount, 3);
  const copy = killed(folder);
  const again = openFront(copy);
  const recovered = openTypingLog(openLog(copy), again);
  const row = again.get<{ readonly update: Uint8Array; readonly atMs: number }>(['main', 'doc', 'b', 'u', 'a']);
  assert.equal([...(row?.update ?? [])], [1, 2, 255]);
  assert.is(row?.atMs, 1_700_000_000_000);
  assert.is(again.count({ prefix: ['main', 'doc'] }), 4);
  assert.is(recovered.unsettledCount, 0);
  // Killed before the log was wiped: the second recovery finds nothing new, and a row that was changed since stays.
  await again.write([put('a', 'newer')]).flushed;
  await again.close();
  const third = openFront(copy);
  openTypingLog(openLog(copy), third);
  assert.is(third.get(['main', 'doc', 'b', 'u', 'a']), 'newer');
  await front.close();
  await third.close();
});

test('typing that stands on a commit which the disk does not have is left out, and so is what follows it', async () => {
  const folder = freshFolder();
  const front = openFront(folder);
  const typing = openTypingLog(openLog(folder), front);
  await front.write([put('base', 0)]).flushed;
  const number = numberOf(front);
  typing.append([put('kept', 1)], number);
  typing.append([put('orphan', 1)], number + 1);
  typing.append([put('after', 1)], number + 1);
  const copy = killed(folder);
  const again = openFront(copy);
  openTypingLog(openLog(copy), again);
  assert.equal([...again.range({ prefix: ['main', 'doc', 'b', 'u'] })].map(({ key }) => key.at(-1)), ['base', 'kept']);
  await front.close();
  await again.close();
});

const settle = async (front: Environment, typing: TypingLog): Promise<void> => {
  const { writes, upTo } = typing.takeUnsettled();
  await front.write(writes).flushed;
  typing.settled(upTo);
};

test('of two commits under way the end of the first does not free what only the second has', async () => {
  const folder = freshFolder();
  const front = openFront(folder);
  const typing = openTypingLog(openLog(folder), front);
  typing.append([put('1', 1)], 0);
  const first = typing.takeUnsettled();
  await front.write(first.writes).flushed;
  typing.append([put('2', 2)], 0);
  // Taken for a second commit, which the kill comes before.
  typing.takeUnsettled();
  typing.settled(first.upTo);
  typing.append([put('3', 3)], 0);
  const copy = killed(folder);
  const again = openFront(copy);
  openTypingLog(openLog(copy), again);
  assert.equal([...again.range({ prefix: ['main', 'doc', 'b', 'u'] })].map(({ key }) => key.at(-1)), ['1', '2', '3']);
  await front.close();
  await again.close();
});

test('the file is used from its beginning when LMDB has all of it, and not before', async () => {
  const folder = freshFolder();
  const front = openFront(folder);
  const typing = openTypingLog(openLog(folder), front);
  const large = 'x'.repeat(5000);
  assert.ok(typing.append([put('1', large)], 0));
  assert.ok(typing.append([put('2', large)], 0));
  assert.ok(typing.append([put('3', large)], 0));
  assert.not.ok(typing.append([put('4', large)], 0), 'full');
  await settle(front, typing);
  assert.ok(typing.append([put('4', large)], 0), 'from the beginning');
  const copy = killed(folder);
  const again = openFront(copy);
  openTypingLog(openLog(copy), again);
  assert.is(again.count({ prefix: ['main', 'doc', 'b', 'u'] }), 4);
  // Something was appended while LMDB wrote: the file must not begin anew.
  const taken = typing.takeUnsettled();
  await front.write(taken.writes).flushed;
  typing.append([put('5', large)], 0);
  typing.settled(taken.upTo);
  assert.ok(typing.append([put('6', 'small')], 0));
  assert.is(openLog(folder).found.length, 3);
  await front.close();
  await again.close();
});

test('a keystroke goes to the log and into LMDB a moment later; a publish takes it along at once', async () => {
  const world = openWorld();
  const address = { tenant: 'main', namespace: 'team.a', id: 'a' };
  await world.documents.create(world.caller('ada'), validSource('a'), { draft: false });
  const ada = world.client('ada', 'a');
  await until(() => ada.provider.synced);
  const updates = (): number => [...world.front.range({ prefix: ['main', 'doc'] })].filter(({ key }) => key[3] === 'u').length;
  const before = updates();
  ada.text.insert(0, '# typed\n');
  await until(() => world.appended > 0, 'it is appended');
  assert.is(updates(), before, 'LMDB has not been asked');
  await until(() => updates() > before, 'LMDB has it');
  const settled = updates();
  ada.text.insert(0, '# more\n');
  await until(() => world.appended > 1);
  await world.documents.publish(world.caller('ada'), { ...address, without: [] });
  assert.ok(updates() > settled, 'with the publish');
  await world.close();
});

test('keys are shown while LMDB is busy with older ones, and while a publish is on its way they wait for it', async () => {
  const world = openWorld();
  await world.documents.create(world.caller('ada'), validSource('a'), { draft: false });
  const ada = world.client('ada', 'a');
  const ben = world.client('ben', 'a');
  await until(() => ada.provider.synced && ben.provider.synced);
  ada.text.insert(0, '# zero\n');
  await until(() => world.commits.some((change) => change.record.draft), 'the flow says that its draft differs');
  const disk = world.holdDisk();
  ada.text.insert(0, '# one\n');
  await until(() => disk.asked() === 1, 'LMDB is asked for what was typed');
  ada.text.insert(0, '# two\n');
  await until(() => ben.text.toString().startsWith('# two\n'), 'the next key is seen');
  const publish = world.documents.publish(world.caller('ada'), { tenant: 'main', namespace: 'team.a', id: 'a', without: [] });
  await until(() => disk.asked() >= 2, 'and for the publish');
  const appended = world.appended;
  ada.text.insert(0, '# three\n');
  await until(() => world.documents.figures().updates >= 5, 'the key has come');
  for (let turn = 0; turn < 50; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  assert.is(world.appended, appended, 'it stands on a commit that may still be lost');
  assert.not.ok(ben.text.toString().includes('three'));
  disk.release();
  await publish;
  await until(() => ben.text.toString().startsWith('# three\n'), 'then it is shown');
  await world.restart();
  assert.ok((await world.documents.draft({ tenant: 'main', namespace: 'team.a', id: 'a' })).source.startsWith('# three\n# two\n# one\n# zero\n'));
  await world.close();
});

test.run();
