/** What every environment must do, whatever it is made of. An implementation's test runs it with its own way to open one. */
import * as assert from 'uvu/assert';
import type { Commit, Environment, Key } from './contract.ts';

export interface EnvironmentUnderTest {
  open(path: string): Environment;
  openReader(path: string): Environment;
  /** A fresh folder. */
  folder(): string;
}

type Suite = (title: string, run: () => void | Promise<void>) => void;

export function environmentContract(suite: Suite, name: string, subject: EnvironmentUnderTest): void {
  const rule = (title: string, run: (environment: Environment, path: string) => void | Promise<void>): void => {
    suite(`${name}: ${title}`, async () => {
      const path = subject.folder();
      const environment = subject.open(path);
      try {
        await run(environment, path);
      } finally {
        await environment.close();
      }
    });
  };

  rule('everything queued in one turn is one commit, in order', async (environment) => {
    const commits: Commit[] = [];
    environment.onCommit((commit) => void commits.push(commit));
    const first = environment.write([{ type: 'put', key: ['a'], value: 1 }]);
    const second = environment.write([{ type: 'put', key: ['a'], value: 2 }, { type: 'put', key: ['b'], value: 3 }]);
    assert.is((await first.committed).number, (await second.committed).number);
    assert.is(environment.get(['a']), 2);
    assert.equal(commits.map((commit) => commit.keys), [[['a'], ['a'], ['b']]]);
  });

  rule('a committed row is read by the next line, and not before', async (environment) => {
    const written = environment.write([{ type: 'put', key: ['a'], value: { state: 'RUNNING' } }]);
    assert.is(environment.get(['a']), undefined);
    await written.committed;
    assert.equal(environment.get(['a']), { state: 'RUNNING' });
    await written.flushed;
  });

  rule('committed settles no later than flushed, and listeners hear a commit before those who wait for it', async (environment) => {
    const order: string[] = [];
    environment.onCommit(() => void order.push('listener'));
    const written = environment.write([{ type: 'put', key: ['a'], value: 1 }]);
    await Promise.all([
      written.committed.then(() => order.push('committed')),
      written.flushed.then(() => order.push('flushed')),
    ]);
    assert.equal(order, ['listener', 'committed', 'flushed']);
  });

  rule('commits are numbered without gaps, over restarts too', async (environment, path) => {
    const one = await environment.write([{ type: 'put', key: ['a'], value: 1 }]).flushed.then(() => environment.write([{ type: 'put', key: ['a'], value: 2 }]).committed);
    assert.is(one.number, 2);
    await environment.flush();
    const again = subject.open(path);
    assert.is((await again.write([{ type: 'put', key: ['a'], value: 3 }]).committed).number, 3);
    await again.close();
  });

  rule('a burst of writes is committed in order, each write once', async (environment) => {
    const numbers: number[] = [];
    environment.onCommit((commit) => void numbers.push(commit.number));
    const all: Promise<Commit>[] = [];
    for (let index = 0; index < 500; index += 1) {
      all.push(environment.write([{ type: 'put', key: ['n', index], value: index }, { type: 'put', key: ['last'], value: index }]).committed);
      if (index % 7 === 0) await new Promise<void>((resolve) => void setImmediate(resolve));
    }
    await Promise.all(all);
    await environment.flush();
    assert.is(environment.count({ prefix: ['n'] }), 500);
    assert.is(environment.get(['last']), 499);
    assert.equal(numbers, numbers.map((_, index) => index + 1));
    assert.ok(numbers.length < 500);
  });

  rule('writeNow is seen by the next line and comes after what was queued or is being committed', async (environment) => {
    for (let round = 0; round < 50; round += 1) {
      const committing = environment.write([{ type: 'put', key: ['a'], value: `committing ${round}` }]);
      // The turn in which the batch goes to the writer thread is where orders may cross.
      if (round % 2 === 0) await new Promise<void>((resolve) => void setImmediate(resolve));
      const queued = environment.write([{ type: 'put', key: ['a'], value: `queued ${round}` }]);
      const commit = environment.writeNow([{ type: 'put', key: ['a'], value: `now ${round}` }]);
      assert.is(environment.get(['a']), `now ${round}`);
      assert.ok((await committing.committed).number <= commit.number);
      await Promise.all([committing.flushed, queued.flushed]);
      assert.is(environment.get(['a']), `now ${round}`);
    }
  });

  rule('keys keep the order of numbers up to 2^53 and of texts, and a prefix never reaches its neighbour', async (environment) => {
    const keys: Key[] = [
      ['t', 'x'], ['t', 'x', -3], ['t', 'x', 0], ['t', 'x', 1], ['t', 'x', 10], ['t', 'x', 2 ** 32], ['t', 'x', 2 ** 40 + 1], ['t', 'x', Number.MAX_SAFE_INTEGER],
      ['t', 'x', 'A'], ['t', 'x', 'a'], ['t', 'x', 'a', 1], ['t', 'x', 'a', 2], ['t', 'x', 'ab'], ['t', 'x', 'é'], ['t', 'x', '😀'], ['t', 'xi', 'a'], ['t', 'y'], ['u'],
    ];
    await environment.write([...keys].reverse().map((key) => ({ type: 'put', key, value: key.join('/') }) as const)).flushed;
    const found = (prefix: Key, more: object = {}): Key[] => [...environment.range({ prefix, ...more })].map((entry) => entry.key);
    assert.equal(found(['t', 'x']), keys.slice(0, 15));
    assert.equal(found(['t', 'x'], { reverse: true }), keys.slice(0, 15).reverse());
    assert.equal(found(['t', 'x', 'a']), [['t', 'x', 'a'], ['t', 'x', 'a', 1], ['t', 'x', 'a', 2]]);
    assert.equal(found(['t', 'x'], { after: ['t', 'x', 10], limit: 2 }), [['t', 'x', 2 ** 32], ['t', 'x', 2 ** 40 + 1]]);
    assert.equal(found(['t', 'x'], { after: ['t', 'x', 1], reverse: true }), [['t', 'x', 0], ['t', 'x', -3], ['t', 'x']]);
    assert.equal(found(['t', 'x'], { offset: 13 }), [['t', 'x', 'é'], ['t', 'x', '😀']]);
    assert.is(environment.count({ prefix: ['t', 'x'] }), 15);
  });

  rule('a key with a NUL or too long a key is refused alone; other writes of the turn go on', async (environment) => {
    const good = environment.write([{ type: 'put', key: ['good'], value: 1 }]);
    const nul = environment.write([{ type: 'put', key: ['a\0b'], value: 1 }]);
    const long = environment.write([{ type: 'put', key: ['k'.repeat(3000)], value: 1 }]);
    await assertRejects(nul.committed, /NUL character/);
    await assertRejects(long.flushed, /expected 1 to 1978/);
    await good.flushed;
    assert.is(environment.get(['good']), 1);
    assert.is(environment.health().state, 'writable');
  });

  rule('values come back as they were, whatever their field names; later changes of the object do not matter', async (environment) => {
    const value = { id: 'x', histories: [{ state: 'CREATED', atMs: 1 }], inputs: { 'any name': [1, 2.5, null, true, 'é😀', { deep: { deeper: [] } }], big: Number.MAX_SAFE_INTEGER } };
    const copy = structuredClone(value);
    const written = environment.write([{ type: 'put', key: ['a'], value }]);
    value.histories.length = 0;
    await written.flushed;
    assert.equal(environment.get(['a']), copy);
    for (let index = 0; index < 300; index += 1) await environment.write([{ type: 'put', key: ['s', index], value: { [`field${index}`]: index, id: 'x' } }]).committed;
    for (let index = 0; index < 300; index += 1) assert.equal(environment.get(['s', index]), { [`field${index}`]: index, id: 'x' });
  });

  rule('a reader sees a commit after refresh, rows of new shapes included', async (environment, path) => {
    await environment.write([{ type: 'put', key: ['a'], value: { id: '1' } }]).committed;
    const reader = subject.openReader(path);
    assert.equal(reader.get(['a']), { id: '1' });
    await environment.write([{ type: 'put', key: ['a'], value: { id: '2', number: 1, tenant: 'main' } }]).committed;
    reader.refresh();
    assert.equal(reader.get(['a']), { id: '2', number: 1, tenant: 'main' });
    await assertRejects(reader.write([{ type: 'put', key: ['a'], value: 1 }]).committed, /only its own thread writes/);
    await reader.close();
  });

  rule('removing takes a row away, and removing what is not there is nothing', async (environment) => {
    await environment.write([{ type: 'put', key: ['a'], value: 1 }, { type: 'remove', key: ['never'] }]).committed;
    await environment.write([{ type: 'remove', key: ['a'] }]).committed;
    assert.is(environment.get(['a']), undefined);
    await environment.flush();
  });

  suite(`${name}: closing waits for what was queued; writing afterwards is refused`, async () => {
    const path = subject.folder();
    const environment = subject.open(path);
    void environment.write([{ type: 'put', key: ['a'], value: 1 }]).committed;
    await environment.close();
    await assertRejects(environment.write([{ type: 'put', key: ['a'], value: 2 }]).committed, /closed/);
    const again = subject.open(path);
    assert.is(again.get(['a']), 1);
    await again.close();
  });
}

async function assertRejects(promise: Promise<unknown>, expected: RegExp): Promise<void> {
  let error: unknown;
  try {
    await promise;
  } catch (thrown) {
    error = thrown;
  }
  assert.ok(error instanceof Error, 'expected a rejection');
  if (error instanceof Error) assert.match(error.message, expected);
}
