/**
 * A run of 10,001 task runs on its page: whatever one does is answered within 200 ms, the page holds only the rows in view, and the
 * browser's memory does not grow with use.
 */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openBrowser, type TestBrowser, type TestPerson } from '../harness/browser.ts';
import { discard, startServer, until, type TestServer } from '../harness/server.ts';

const flow = `id: many
namespace: large
tasks:
  - id: each
    type: io.kestra.plugin.core.flow.ForEach
    values: "{{ range(1, 5000) }}"
    concurrencyLimit: 0
    tasks:
      - {id: one, type: io.kestra.plugin.core.debug.Return, format: "a {{ taskrun.value }}"}
      - {id: two, type: io.kestra.plugin.core.debug.Return, format: "b {{ taskrun.value }}"}
`;
const rowCount = 10_001;
/** The aim. Other work on the machine of the tests makes single ones slower: the best of some tries says what the page needs. */
const interactionMaxMs = 200;
const tries = 6;
const heapMaxBytes = 120e6;

let server: TestServer;
let browser: TestBrowser;
let person: TestPerson;

test.before(async () => {
  server = await startServer();
  browser = await openBrowser();
  person = await browser.person('Maya');
  // The loader of the tests names functions by a helper that the page does not have.
  await person.page.evaluateOnNewDocument('globalThis.__name = (named) => named');
});
test.after(async () => {
  await browser.close();
  await discard(server);
});

test('10,001 task runs are looked at, moved through in time, grouped and zoomed within 200 ms each, in bounded memory', async () => {
  await server.putFlow(flow);
  const run = (await server.request('POST', '/api/v1/executions/large/many')).json as { readonly id: string };
  const state = async (): Promise<string> => (((await server.request('GET', '/api/v1/executions/search?namespace=large')).json as { readonly results: readonly { readonly state: { readonly current: string } }[] }).results[0]?.state.current) ?? '';
  await until('it has ended', state, (now) => now === 'SUCCESS', 120_000);
  await person.go(`${server.url}/ui/main/executions/large/many/${run.id}/gantt`);
  await person.page.waitForFunction((rows) => document.querySelector('#page-execution[data-mounted] .gantt')?.getAttribute('aria-rowcount') === String(rows), { timeout: 60_000 }, rowCount);
  const session = await person.page.createCDPSession();
  await session.send('Performance.enable');
  const heap = async (): Promise<number> => {
    await session.send('HeapProfiler.collectGarbage');
    return (await session.send('Performance.getMetrics')).metrics.find((metric) => metric.name === 'JSHeapUsedSize')?.value ?? 0;
  };
  /** From the event to the frame that shows it. */
  const times = async (what: 'scroll' | 'choose' | 'walk' | 'group' | 'moment' | 'zoom'): Promise<number> => person.page.evaluate(async ([name, count]) => {
    const key = (selector: string, value: string): void => { document.querySelector(selector)?.dispatchEvent(new KeyboardEvent('keydown', { key: value, bubbles: true })); };
    const deeds: Readonly<Record<string, (turn: number) => void>> = {
      scroll: (turn) => { const grid = document.querySelector('.gantt'); if (grid !== null) grid.scrollTop = turn * 40_000; },
      choose: (turn) => { [...document.querySelectorAll<HTMLElement>('.gantt-row')][10 + turn]?.querySelector<HTMLElement>('.task')?.click(); },
      walk: () => key('.gantt-row[aria-selected="true"]', 'ArrowDown'),
      group: (turn) => { const choice = document.querySelector<HTMLSelectElement>('#gantt-grouping'); if (choice === null) return; choice.value = turn % 2 === 0 ? 'state' : 'tree'; choice.dispatchEvent(new Event('change', { bubbles: true })); },
      moment: (turn) => key('#transport-track', turn % 2 === 0 ? 'PageDown' : 'ArrowLeft'),
      zoom: (turn) => document.querySelector<HTMLElement>(`[data-action="${turn % 2 === 0 ? 'gantt-in' : 'gantt-fit'}"]`)?.click(),
    };
    let best = Number.POSITIVE_INFINITY;
    for (let turn = 0; turn < count; turn += 1) {
      const began = performance.now();
      deeds[name]?.(turn);
      await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
      best = Math.min(best, performance.now() - began);
    }
    return best;
  }, [what, tries] as const);
  const first = await heap();
  const slow: string[] = [];
  for (const what of ['scroll', 'choose', 'walk', 'group', 'zoom', 'moment'] as const) {
    const ms = await times(what);
    if (ms > interactionMaxMs) slow.push(`${what} ${ms.toFixed(0)} ms`);
  }
  assert.equal(slow, []);
  assert.ok((await person.page.$$('.gantt-row')).length < 100, 'only the rows in view are in the page');
  const last = await heap();
  assert.ok(last < heapMaxBytes && last < first * 1.5 + 20e6, `${(first / 1e6).toFixed(0)} MB, then ${(last / 1e6).toFixed(0)} MB`);
  assert.equal(person.complaints, []);
});

test('its topology and its loops are as quick', async () => {
  await person.click('#tabs [data-tab="topology"]');
  await person.page.waitForSelector('#topology .node[aria-label^="two, Success"] .runs-text', { timeout: 60_000 });
  await person.sees('#topology .node[aria-label^="two"] .runs-text', '×5000', 60_000);
  await person.click('#tabs [data-tab="loops"]');
  await person.sees('#loop-each', '5,000 iterations', 60_000);
});

test.run();
