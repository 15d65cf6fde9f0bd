/**
 * Makes a new page, ready to change: node --import tsx scripts/new-page.ts NAME, e.g. namespaces.
 * Writes the five files of client/pages/NAME/ and names the page in pages/index.ts, pages/scripts.ts and theme/index.css.
 * A page that is there already keeps its files; what is named already is not named twice.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const kebab = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
const here = dirname(fileURLToPath(import.meta.url));
const fail = (sentence: string): never => {
  process.stderr.write(`${sentence}\n`);
  process.exit(1);
};

const { positionals, values } = parseArgs({ allowPositionals: true, options: { client: { type: 'string', default: join(here, '..', 'client') } } });
const [name = ''] = positionals;
if (positionals.length !== 1) fail('Expected one name: node --import tsx scripts/new-page.ts NAME, e.g. namespaces. --client FOLDER writes elsewhere.');
if (!kebab.test(name)) fail(`The name "${name}" is refused: expected lower-case words with dashes, such as name-spaces.`);

const pages = join(values.client, 'pages');
const folder = join(pages, name);
const words = name.split('-');
const upper = words.map(capital).join('');
const lower = `${words[0] ?? ''}${words.slice(1).map(capital).join('')}`;
const title = `${capital(words[0] ?? '')}${words.slice(1).map((word) => ` ${word}`).join('')}`;

if (existsSync(join(folder, 'view.tsx'))) {
  process.stdout.write(`kept  ${relative('.', folder)}: the page is there already\n`);
} else {
  write('load.ts', `import { flows } from '../../../core/protocol/operations/index.ts';
import type { PageContext } from '../page.ts';

export interface ${upper}Data {
  readonly names: readonly string[];
}

/** What the page shows: every namespace that has flows. Ask here for what yours needs. */
export async function load${upper}({ ask, query }: PageContext): Promise<${upper}Data> {
  return { names: await ask(flows.flowsNamespaces, { q: query.get('q') ?? '' }) };
}
`);
  write('view.tsx', `/** ${title}: what the page is for, in one sentence. */
import { Button } from '../../components/button/button.tsx';
import { Empty } from '../../components/notice/notice.tsx';
import { Panel } from '../../components/panel/panel.tsx';
import { definePage, to, type Place } from '../page.ts';
import { load${upper}, type ${upper}Data } from './load.ts';

export const ${lower}Page = definePage<${upper}Data>({
  name: '${name}',
  route: '/${name}',
  title: () => '${title}',
  actions: () => <Button icon="replay" action="refresh">Refresh</Button>,
  load: load${upper},
  view: (data, place) => <${upper}View data={data} place={place} />,
});

export function ${upper}View({ data, place }: { readonly data: ${upper}Data; readonly place: Place }) {
  return (
    <div class="page-pad">
      <Panel title="Namespaces" count={data.names.length}>
        {data.names.length === 0
          ? <Empty icon="flows" title="There is no flow yet"><p>A namespace appears here with its first flow.</p></Empty>
          : <ul class="${name}-names panel-body">{data.names.map((namespace) => <li><a class="link mono" href={\`\${to(place, '/flows')}?namespace=\${encodeURIComponent(namespace)}\`}>{namespace}</a></li>)}</ul>}
      </Panel>
    </div>
  );
}
`);
  write('page.ts', `import { pageScript } from '../behaviour.ts';
import type { ${upper}Data } from './load.ts';

export const script = pageScript<${upper}Data>((run) => {
  run.actions({ refresh: () => run.app.reload() });
});
`);
  write('page.css', `/* ${title}: names one below the other. */
.${name}-names { display: grid; gap: var(--space-2); margin: 0; list-style: none; }
`);
  write('page.test.ts', `import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { pages } from '../index.ts';
import { pageScripts } from '../scripts.ts';
import { hostile, openAddress, visible } from '../test-world.ts';

const open = (names: readonly string[], query = '') => openAddress({ pages, address: \`/ui/main/${name}\${query}\`, answers: { 'flows.namespaces': () => names } });

test('each namespace is named and leads to its flows', async () => {
  const { html, title } = await open(['team.a', hostile]);
  assert.is(title, '${title}');
  assert.match(html, /href="\\/ui\\/main\\/flows\\?namespace=team\\.a"/);
  assert.not.match(visible(html), /<img src=x/);
});
test('without a flow the page says what will be here', async () => {
  const { html } = await open([]);
  assert.match(html, /There is no flow yet/);
});
test('the address filters', async () => {
  const { asked } = await open(['team.a'], '?q=team');
  assert.equal(asked['flows.namespaces'], { q: 'team' });
});
test('the browser finds its behaviour', () => {
  assert.ok('${name}' in pageScripts);
});
test.run();
`);
}

register(join(pages, 'index.ts'), 'view.tsx', `import { ${lower}Page } from './${name}/view.tsx';`, (lines, line) => {
  insertSorted(lines, line, /^import \{ \w+(?:, \w+)* \} from '\.\/[\w-]+\/view\.tsx';$/, (one) => /'\.\/([\w-]+)\//.exec(one)?.[1] ?? '');
  const at = lines.findIndex((one) => one.startsWith('export const pages'));
  const end = lines.indexOf('];', at);
  if (at < 0 || end < 0) fail('pages/index.ts has no list "export const pages … = [ … ];" that the page could be added to.');
  lines.splice(end, 0, `  ${lower}Page,`);
});
register(join(pages, 'scripts.ts'), 'page.ts', `  ${words.length === 1 ? name : `'${name}'`}: () => import('./${name}/page.ts'),`, (lines, line) => insertSorted(lines, line, /^ {2}['\w-]+: \(\) => import\('/, (one) => /^ {2}'?([\w-]+)/.exec(one)?.[1] ?? ''));
register(join(values.client, 'theme', 'index.css'), 'page.css', `@import "../pages/${name}/page.css";`, (lines, line) => {
  const last = lines.findLastIndex((one) => one.startsWith('@import "../pages/'));
  if (last < 0) fail('theme/index.css imports no page.css that this one could follow.');
  lines.splice(last + 1, 0, line);
});
process.stdout.write(`${title} is at /ui/main/${name} after the next build. Its test: node --import tsx ${relative('.', join(folder, 'page.test.ts'))}\n`);

function capital(word: string): string {
  return `${word.charAt(0).toUpperCase()}${word.slice(1)}`;
}

function write(file: string, content: string): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, file), content);
  process.stdout.write(`wrote ${relative('.', join(folder, file))}\n`);
}

/** Names a file of the page in a file of the client, once. */
function register(path: string, file: string, line: string, add: (lines: string[], line: string) => void): void {
  // A page of the past may have no style or behaviour of its own.
  if (!existsSync(join(folder, file))) return;
  const lines = readFileSync(path, 'utf8').split('\n');
  if (lines.some((one) => one.includes(`/${name}/${file}`))) {
    process.stdout.write(`kept  ${relative('.', path)}\n`);
    return;
  }
  add(lines, line);
  writeFileSync(path, lines.join('\n'));
  process.stdout.write(`named in ${relative('.', path)}\n`);
}

/** Before the first of its kind that comes after it in the alphabet, else after the last. */
function insertSorted(lines: string[], line: string, kind: RegExp, keyOf: (line: string) => string): void {
  const places = lines.flatMap((one, index) => (kind.test(one) ? [index] : []));
  const next = places.find((index) => keyOf(lines[index] ?? '') > keyOf(line));
  const last = places.at(-1);
  if (last === undefined) return void fail(`There is no line like "${line}" that this one could stand beside.`);
  lines.splice(next ?? last + 1, 0, line);
}
