/** The life of a flow on its page: created, published, copied, switched off and on, restored, deleted; a colleague on another tab sees each step. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openBrowser, type TestPerson } from '../harness/browser.ts';
import { discard, startServer, until } from '../harness/server.ts';

interface Draft { readonly source: string; readonly base: number }

test('a flow is created, published, compared, restored, switched off and on, copied and deleted, and a colleague sees it live', async () => {
  const server = await startServer();
  const browser = await openBrowser();
  try {
    const maya = await browser.person('maya');
    const tom = await browser.person('tom');
    const draftOf = async (id: string): Promise<Draft> => (await server.request('GET', `/api/v1/flows/life/${id}/draft`)).json as Draft;
    const at = (id: string, tab: string): string => `${server.url}/ui/main/flows/edit/life/${id}/${tab}`;
    const control = async (person: TestPerson, key: string): Promise<void> => {
      await person.page.keyboard.down('Control');
      await person.page.keyboard.press(key as 'a');
      await person.page.keyboard.up('Control');
    };
    const menu = async (person: TestPerson, item: string): Promise<void> => {
      await person.click('[popovertarget="flow-menu"]');
      await person.click(`#flow-menu ${item}`);
    };
    const mounted = async (person: TestPerson): Promise<void> => { await person.page.waitForSelector('[data-page="flow"][data-mounted]'); };

    // Created: a draft that runs as it stands. Published by a key.
    await maya.go(`${server.url}/ui/main/flows/new`);
    await maya.page.waitForSelector('[data-page="new-flow"][data-mounted]');
    await maya.page.$eval('[name="namespace"]', (field) => { if (field instanceof HTMLInputElement) field.value = 'life'; });
    await maya.page.type('[name="id"]', 'born');
    await maya.page.keyboard.press('Enter');
    await maya.page.waitForSelector('[data-editor="ready"]', { timeout: 30_000 });
    assert.is(maya.page.url(), at('born', 'editor'));
    assert.is((await draftOf('born')).base, 0);
    await maya.page.waitForSelector('#flow-menu [aria-disabled="true"][title^="It was never published"]');
    const never = await maya.page.$$eval('#flow-menu [aria-disabled="true"]', (items) => items.filter((item) => item.textContent?.includes('Discard draft') === true).map((item) => item.getAttribute('title')));
    assert.equal(never, ['It was never published: there is no revision to go back to']);
    await maya.page.click('.monaco-editor .view-lines');
    await control(maya, 's');
    await maya.sees('#toasts', 'Published revision 1');

    // A colleague looks at the overview, then at the revisions, while it changes.
    await tom.go(at('born', 'overview'));
    await mounted(tom);
    await tom.sees('#recent-runs', 'It has not run yet');
    await server.request('POST', '/api/v1/main/executions/life/born', { body: new FormData() });
    await tom.sees('#recent-runs .run-list', 'Success');
    await tom.sees('#tabs [data-tab="editor"] .avatar');
    await tom.go(at('born', 'revisions'));
    await mounted(tom);
    await control(maya, 'End');
    for (const character of '# changed') await maya.page.keyboard.sendCharacter(character);
    await until('the draft has it', async () => (await draftOf('born')).source, (text) => text.includes('# changed'));
    await control(maya, 's');
    await maya.sees('#toasts', 'Published revision 2');
    await tom.sees('.revision-list', 'current');
    await until('the new revision is in the list', () => tom.page.$$eval('.revision-list li', (items) => items.length), (count) => count === 2);
    await tom.sees('.diff', '# changed');

    // Tom restores the first, after a question.
    await tom.go(`${at('born', 'revisions')}?left=2&right=1&view=inline`);
    await mounted(tom);
    await tom.sees('.inline-diff [data-diff="del"]', '# changed');
    await tom.click('[data-action="restore"]');
    await tom.sees('#confirm', 'Restore revision 1?');
    await tom.click('#confirm [value="yes"]');
    await until('the third revision is the first again', () => draftOf('born'), (draft) => draft.base === 3 && !draft.source.includes('# changed'));
    await until('and so it stands in Maya\'s editor', () => maya.page.$eval('#editor .view-lines', (lines) => lines.textContent ?? ''), (text) => !text.includes('changed'));

    // Off and on: the source says so, and the colleague's button does.
    await tom.go(at('born', 'overview'));
    await mounted(tom);
    await menu(tom, '[data-action="disable"]');
    await tom.sees('.flow-overview .notice', 'disabled');
    await until('the source says it', () => draftOf('born'), (draft) => /^disabled: true$/m.test(draft.source));
    await until('the editor too', () => maya.page.$eval('#editor .view-lines', (lines) => (lines.textContent ?? '').replaceAll('\u00a0', ' ')), (text) => text.includes('disabled: true'));
    await tom.click('.flow-overview [data-action="enable"]');
    await until('it is on again', () => draftOf('born'), (draft) => !/^disabled: true$/m.test(draft.source));

    // A copy, with its own id in the text.
    await tom.go(`${server.url}/ui/main/flows/new?copy=life%2Fborn`);
    await tom.page.waitForSelector('[data-page="new-flow"][data-mounted]');
    await tom.click('form[data-submit="create"] [type="submit"]');
    await tom.page.waitForSelector('[data-editor="ready"]', { timeout: 30_000 });
    assert.match((await draftOf('born-copy')).source, /^id: born-copy$/m);

    // Deleted: who edits is told, and keeps the text.
    await tom.go(at('born', 'overview'));
    await mounted(tom);
    await menu(tom, '[data-action="delete"]');
    await tom.sees('#confirm', 'Delete flow born?');
    await tom.click('#confirm [value="yes"]');
    await until('Tom is at the list', () => tom.page.url(), (address) => address.endsWith('/ui/main/flows'));
    await maya.sees('#editor-notice', 'Your text is still here');
    await tom.go(at('born', 'overview'));
    await tom.sees('#main', 'born');
    assert.is((await server.request('GET', '/api/v1/flows/life/born')).status, 404);
    assert.equal([...maya.complaints, ...tom.complaints], []);
    await maya.close();
    await tom.close();
  } finally {
    await browser.close();
    await discard(server);
  }
});

test.run();
