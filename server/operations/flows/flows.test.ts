import { strToU8, strFromU8, unzipSync, zipSync } from 'fflate';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Flow } from '../../../core/protocol/entities/flow.ts';
import { ProtocolError } from '../../../core/protocol/errors.ts';
import { openWorld, validSource, type World } from '../../documents/testing-world.ts';
import type { Rooms } from '../handler.ts';
import { flowHandlers as flows } from './index.ts';

interface Bench {
  readonly world: World;
  readonly files: Map<string, Uint8Array>;
  call<Input, Output>(handler: (call: { readonly input: Input; readonly caller: ReturnType<World['caller']>; readonly rooms: Rooms }) => Output | Promise<Output>, input: Input, as?: string): Promise<Output>;
  refused(promise: Promise<unknown>): Promise<ProtocolError['problem']>;
}

async function bench(run: (bench: Bench) => Promise<void>): Promise<void> {
  const world = openWorld();
  const files = new Map<string, Uint8Array>();
  // The rooms that these handlers enter.
  const rooms = {
    documents: world.documents, front: world.front, engine: world.front, access: world.access,
    readUpload: (blob: string) => Promise.resolve(files.get(blob) ?? new Uint8Array()),
  } as unknown as Rooms;
  // Closed in any case: threads of a failed test keep the process alive.
  try { await run({
    world, files,
    call: async (handler, input, as = 'ada') => handler({ input, caller: world.caller(as), rooms }),
    refused: async (promise) => {
      try {
        await promise;
      } catch (error) {
        if (error instanceof ProtocolError) return error.problem;
        throw error;
      }
      throw new Error('expected a refusal');
    },
  }); } finally { await world.close(); }
}

const addressOf = (id: string) => ({ namespace: 'team.a', id });
const labelled = (id: string, label: string): string => `id: ${id}\nnamespace: team.a.sub\ndescription: the ${id} job\nlabels:\n  stage: ${label}\ntasks:\n  - id: say\n    type: io.kestra.plugin.core.log.Log\n    message: hi\n`;

test('a flow is created, read, replaced, listed by revision, restored and deleted in the shapes of the API', () => bench(async ({ call, refused }) => {
  const created = await call(flows.flowsCreate, { source: validSource('a') });
  assert.is(created.revision, 1);
  assert.is(created.source, validSource('a'));
  assert.equal(created.tasks, [{ id: 'say', type: 'io.kestra.plugin.core.log.Log', message: 'hello' }]);
  assert.equal(created.labels, []);
  assert.is(created.deleted, false);
  assert.is(created.disabled, false);
  const replaced = await call(flows.flowsReplace, { ...addressOf('a'), source: validSource('a', 'two') });
  assert.is(replaced.revision, 2);
  assert.is((await call(flows.flowsGet, addressOf('a'))).source, undefined);
  assert.is((await call(flows.flowsGet, { ...addressOf('a'), source: true, revision: 1 })).source, validSource('a'));
  assert.is((await call(flows.flowsRestore, { ...addressOf('a'), revision: 1 })).revision, 3);
  const revisions = await call(flows.flowsRevisions, addressOf('a'));
  assert.equal(revisions.map((revision) => [revision.revision, revision.source, revision.publishedBy.name]), [[1, validSource('a'), 'ada'], [2, validSource('a', 'two'), 'ada'], [3, validSource('a'), 'ada']]);
  assert.equal(await call(flows.flowsTask, { ...addressOf('a'), taskId: 'say' }), { id: 'say', type: 'io.kestra.plugin.core.log.Log', message: 'hello' });
  assert.is((await refused(call(flows.flowsTask, { ...addressOf('a'), taskId: 'none' }))).status, 404);
  await call(flows.flowsDelete, addressOf('a'));
  assert.is((await refused(call(flows.flowsGet, addressOf('a')))).status, 404);
  const last = await call(flows.flowsGet, { ...addressOf('a'), allowDeleted: true, source: true });
  assert.is(last.deleted, true);
  assert.is(last.source, validSource('a'));
  assert.is((await call(flows.flowsSearch, {})).total, 0);
}));

test('search filters by words, namespace, labels and scope, sorts and pages', () => bench(async ({ call, refused }) => {
  for (const [id, label] of [['one', 'dev'], ['two', 'dev'], ['three', 'live']] as const) await call(flows.flowsCreate, { source: labelled(id, label) });
  await call(flows.flowsCreate, { source: validSource('plain') });
  await call(flows.flowsCreate, { source: 'id: sketch\nnamespace: team.a\n', draft: true });
  const ids = (page: { readonly results: readonly { readonly id: string }[] }): string[] => page.results.map((flow) => flow.id);
  assert.equal(ids(await call(flows.flowsSearch, {})), ['plain', 'sketch', 'one', 'three', 'two']);
  assert.equal(ids(await call(flows.flowsSearch, { q: 'one JOB' })), ['one']);
  assert.equal(ids(await call(flows.flowsSearch, { namespace: 'team.a.sub', labels: ['stage:dev'], sort: ['id:desc'] })), ['two', 'one']);
  assert.equal(ids(await call(flows.flowsSearch, { namespace: 'team' })).length, 5);
  assert.equal(ids(await call(flows.flowsSearch, { scope: ['SYSTEM'] })), []);
  const page = await call(flows.flowsSearch, { page: 2, size: 2 });
  assert.equal([page.total, ids(page)], [5, ['one', 'three']]);
  assert.equal((await call(flows.flowsSearch, { page: 9 })).results, []);
  assert.is((await refused(call(flows.flowsSearch, { sort: ['id'] }))).status, 422);
  assert.is((await refused(call(flows.flowsSearch, { sort: ['__proto__:asc'] }))).status, 422);
  assert.equal(await call(flows.flowsNamespaces, {}), ['team.a', 'team.a.sub']);
  assert.equal((await call(flows.flowsOfNamespace, { namespace: 'team.a' })).map((flow) => flow.id), ['plain']);
  const rows = await call(flows.flowsRows, { namespace: 'team.a' });
  assert.equal(rows.results.filter((row) => row.namespace === 'team.a').map((row) => [row.id, row.revision, row.draft, row.authors]), [['plain', 1, false, ['ada']], ['sketch', 0, true, ['ada']]]);
  const found = await call(flows.flowsSearchSource, { q: 'MESSAGE: HELLO' });
  assert.equal(found.results.map((hit) => [hit.model.id, hit.fragments.length, hit.fragments[0]?.includes('[mark]message: hello[/mark]')]), [['plain', 1, true]]);
}));

test('many flows are disabled, enabled and deleted: counted when they changed, and none when one is unknown', () => bench(async ({ call, refused }) => {
  for (const id of ['a', 'b']) await call(flows.flowsCreate, { source: validSource(id) });
  assert.equal(await call(flows.flowsDisableMany, { body: [addressOf('a'), addressOf('b'), addressOf('a')] }), { count: 2 });
  assert.equal(await call(flows.flowsDisableMany, { body: [addressOf('a')] }), { count: 0 });
  assert.equal(await call(flows.flowsEnableMany, { body: [addressOf('a')] }), { count: 1 });
  assert.match((await call(flows.flowsGet, { ...addressOf('b'), source: true })).source ?? '', /^disabled: true$/m);
  assert.is((await refused(call(flows.flowsDeleteMany, { body: [addressOf('a'), addressOf('none')] }))).status, 404);
  assert.is((await call(flows.flowsSearch, {})).total, 2);
  assert.equal(await call(flows.flowsDeleteMany, { body: [addressOf('a'), addressOf('b')] }), { count: 2 });
}));

test('a ZIP goes out and comes in again byte for byte; what fails is named', () => bench(async ({ call, refused, files }) => {
  for (const id of ['a', 'b']) await call(flows.flowsCreate, { source: validSource(id) });
  const download = await call(flows.flowsExport, {});
  assert.ok(download.body instanceof Uint8Array);
  const entries = unzipSync(download.body);
  assert.equal(Object.keys(entries).sort(), ['team.a.a.yml', 'team.a.b.yml']);
  assert.is(strFromU8(entries['team.a.a.yml'] ?? new Uint8Array()), validSource('a'));
  const chosen = await call(flows.flowsExportChosen, { body: [addressOf('b')] });
  assert.ok(chosen.body instanceof Uint8Array);
  assert.equal(Object.keys(unzipSync(chosen.body)), ['team.a.b.yml']);

  const form = (filename: string, bytes: Uint8Array) => {
    files.set('blob', bytes);
    return { form: { fields: {}, files: [{ field: 'fileUpload', filename, contentType: '', sizeBytes: bytes.length, blob: 'blob' }] } };
  };
  const zip = zipSync({ 'x/a.yml': strToU8(validSource('a', 'changed')), 'new.yaml': strToU8(validSource('c')), 'bad.yml': strToU8('id: ['), 'readme.txt': strToU8('no') });
  assert.equal(await call(flows.flowsImport, form('flows.zip', zip)), ['bad.yml']);
  assert.is((await call(flows.flowsGet, addressOf('a'))).revision, 2);
  assert.is((await call(flows.flowsGet, addressOf('c'))).revision, 1);
  assert.equal(await call(flows.flowsImport, form('many.yaml', strToU8(`${validSource('d')}---\n${validSource('e')}---\nid: x\n`))), ['2']);
  assert.is((await refused(call(flows.flowsImport, { ...form('one.yaml', strToU8('id: x')), failOnError: true }))).status, 422);
  assert.is((await refused(call(flows.flowsImport, form('flows.tar', zip)))).status, 422);
  assert.is((await refused(call(flows.flowsImport, form('flows.zip', strToU8('no zip'))))).status, 422);
}));

test('a bulk makes a namespace exactly the body; nothing is written when something is wrong', () => bench(async ({ call, refused }) => {
  for (const id of ['a', 'b']) await call(flows.flowsCreate, { source: validSource(id) });
  await call(flows.flowsCreate, { source: labelled('other', 'x') });
  assert.is((await refused(call(flows.flowsBulk, { namespace: 'team.a', source: `${validSource('c')}---\n${validSource('c')}` }))).message.includes('Duplicate flow id'), true);
  assert.is((await refused(call(flows.flowsBulk, { namespace: 'team.b', source: validSource('c') }))).message.includes('Flow namespace is invalid'), true);
  assert.is((await call(flows.flowsSearch, {})).total, 3);
  const answers: readonly Flow[] = await call(flows.flowsBulk, { namespace: 'team.a', source: `${validSource('a', 'new')}---\n${validSource('c')}` });
  assert.equal(answers.map((flow) => [flow.id, flow.deleted, flow.revision]), [['b', true, 1], ['a', false, 2], ['c', false, 1]]);
  assert.equal((await call(flows.flowsSearch, {})).results.map((flow) => flow.id), ['a', 'c', 'other']);
  await call(flows.flowsBulk, { namespace: 'team.a', source: validSource('d'), delete: false });
  assert.is((await call(flows.flowsSearch, {})).total, 4);
}));

test('validation answers each document and never fails; the graph has the topology', () => bench(async ({ call, refused }) => {
  const checked = await call(flows.flowsValidate, { source: `${validSource('a')}---\nid: b\nnamespace: team.a\n---\n[` });
  assert.equal(checked.map((entry) => [entry.index, entry.flow, entry.constraints === undefined]), [[0, 'a', true], [1, 'b', false], [2, undefined, false]]);
  const graph = await call(flows.flowsGraphOfSource, { source: validSource('a') }) as { readonly nodes: readonly unknown[]; readonly edges: readonly unknown[] };
  assert.equal([graph.nodes.length, graph.edges.length], [3, 2]);
  assert.is((await refused(call(flows.flowsGraphOfSource, { source: 'id: [' }))).status, 422);
}));

test('the draft is answered with its hunks, and published without some of them', () => bench(async ({ call, world }) => {
  await call(flows.flowsCreate, { source: validSource('a') });
  const ben = world.client('ben', 'a');
  ben.provider.on('sync', () => ben.text.insert(ben.text.length, '# by ben\n'));
  while ((await call(flows.flowsDraft, addressOf('a'))).hunks.length === 0) await new Promise((resolve) => setImmediate(resolve));
  const draft = await call(flows.flowsDraft, addressOf('a'));
  assert.equal(draft.hunks.map((hunk) => [hunk.author.name, hunk.added]), [['ben', ['# by ben']]]);
  assert.is((await call(flows.flowsPublish, { ...addressOf('a'), without: draft.hunks.map((hunk) => hunk.id) })).revision, 1);
  const published = await call(flows.flowsPublish, { ...addressOf('a'), expectedRevision: 1, message: 'with Ben' });
  assert.equal([published.revision, published.source], [2, `${validSource('a')}# by ben\n`]);
  assert.is(draft.birth.length, 22);
}));

test('the draft is discarded, all of it or some, and answered as it is then; what was seen is what goes', () => bench(async ({ call, refused, world }) => {
  await call(flows.flowsCreate, { source: validSource('a') });
  const ben = world.client('ben', 'a');
  const drafted = async (text: string) => {
    let draft = await call(flows.flowsDraft, addressOf('a'));
    while (!draft.source.includes(text)) {
      await new Promise((resolve) => setImmediate(resolve));
      draft = await call(flows.flowsDraft, addressOf('a'));
    }
    return draft;
  };
  ben.provider.on('sync', () => ben.text.insert(ben.text.length, '# by ben\n'));
  const first = await drafted('# by ben\n');
  ben.text.insert(0, '# more\n');
  const second = await drafted('# more\n');
  const stale = await refused(call(flows.flowsDiscardDraft, { ...addressOf('a'), seen: first.hunks.map((hunk) => hunk.version) }));
  assert.is(stale.status, 409);
  assert.match(stale.message, /something new by ben/);
  assert.is((await refused(call(flows.flowsPublish, { ...addressOf('a'), seen: first.hunks.map((hunk) => hunk.version) }))).status, 409);
  const [top] = second.hunks;
  if (top === undefined) throw new Error('a hunk');
  const some = await call(flows.flowsDiscardDraft, { ...addressOf('a'), hunks: [top.id], seen: [top.version] });
  assert.equal([some.source, some.differs], [`${validSource('a')}# by ben\n`, true]);
  const all = await call(flows.flowsDiscardDraft, addressOf('a'));
  assert.equal([all.source, all.differs, all.base, all.hunks], [validSource('a'), false, 1, []]);
}));

test('a viewer reads and changes nothing', () => bench(async ({ call, refused, world }) => {
  world.roles.set('vera', 'viewer');
  await call(flows.flowsCreate, { source: validSource('a') });
  assert.is((await call(flows.flowsGet, addressOf('a'), 'vera')).revision, 1);
  assert.is((await refused(call(flows.flowsCreate, { source: validSource('b') }, 'vera'))).status, 403);
  assert.is((await refused(call(flows.flowsReplace, { ...addressOf('a'), source: validSource('a', 'x') }, 'vera'))).status, 403);
  assert.is((await refused(call(flows.flowsPublish, addressOf('a'), 'vera'))).status, 403);
  assert.is((await refused(call(flows.flowsRestore, { ...addressOf('a'), revision: 1 }, 'vera'))).status, 403);
  assert.is((await refused(call(flows.flowsDiscardDraft, addressOf('a'), 'vera'))).status, 403);
  assert.is((await refused(call(flows.flowsDelete, addressOf('a'), 'vera'))).status, 403);
}));

test.run();
