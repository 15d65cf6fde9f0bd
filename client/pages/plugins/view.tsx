/** What flows can be made of: the catalogue, and a page per type. */
import { workspace } from '../../../core/protocol/operations/index.ts';
import { Button } from '../../components/button/button.tsx';
import { FilterBar } from '../../components/filter-bar/filter-bar.tsx';
import { Markdown } from '../../components/markdown/markdown.tsx';
import { Empty } from '../../components/notice/notice.tsx';
import { Panel } from '../../components/panel/panel.tsx';
import { Table } from '../../components/table/table.tsx';
import { definePage, readOnlyReason, to, type Place } from '../page.ts';
import { parseGroups, propertyRows, type PluginGroup, type PluginType } from './catalog.ts';

export interface PluginsData {
  readonly groups: readonly PluginGroup[];
  /** By type: base64 of an SVG. */
  readonly icons: Readonly<Record<string, string>>;
}

export const pluginsPage = definePage<PluginsData>({
  name: 'plugins',
  route: '/plugins',
  section: 'plugins',
  title: () => 'Plugins',
  async load({ ask, query }) {
    const [groups, icons] = await Promise.all([ask(workspace.pluginsList, {}), ask(workspace.pluginsIcons, {})]);
    return { groups: parseGroups(groups, query.get('q') ?? ''), icons: Object.fromEntries(Object.entries(icons).map(([type, { icon }]) => [type, icon])) };
  },
  view: (data, place) => <PluginsView data={data} place={place} />,
});

function PluginsView({ data, place }: { readonly data: PluginsData; readonly place: Place }) {
  return (
    <>
      <div class="toolbar"><FilterBar label="Search plugins" path={place.path} search={place.search} fields={[]} /></div>
      <div class="page-pad">
        {data.groups.length === 0 ? <section class="panel"><Empty icon="plugins" title="No plugin is called so"><Button href={place.path}>Show all</Button></Empty></section> : null}
        {data.groups.map((group) => (
          <section class="panel" aria-label={group.title} id={`group-${group.name.replaceAll('.', '-')}`}>
            <div class="panel-head"><h2>{group.title}</h2><span class="faint small cut">{group.description}</span></div>
            <div class="panel-body plugin-kinds">
              {group.kinds.map(({ kind, types }) => <div><h3>{kind}</h3><ul class="plugin-grid">{types.map((type) => <PluginCard type={type} icon={data.icons[type.cls]} place={place} />)}</ul></div>)}
            </div>
          </section>
        ))}
      </div>
    </>
  );
}

function PluginCard({ type, icon, place }: { readonly type: PluginType; readonly icon: string | undefined; readonly place: Place }) {
  return (
    <li><a class="plugin-card" href={to(place, `/plugins/${encodeURIComponent(type.cls)}`)} title={type.cls}>
      <PluginIcon icon={icon} />
      <span class="stack"><span class="row"><b class="mono cut">{type.name}</b>{type.deprecated ? <span class="count">deprecated</span> : null}</span><span class="small faint two-lines">{type.title}</span></span>
    </a></li>
  );
}

function PluginIcon({ icon }: { readonly icon: string | undefined }) {
  return <span class="plugin-icon">{icon === undefined ? null : <img src={`data:image/svg+xml;base64,${icon}`} width="20" height="20" alt="" />}</span>;
}

export interface PluginData {
  readonly type: string;
  readonly title: string;
  readonly description: string;
  readonly role: string;
  readonly aliases: readonly string[];
  readonly deprecated: boolean;
  readonly markdown: string;
  readonly example: string;
  readonly icon: string | undefined;
  readonly properties: unknown;
  readonly outputs: unknown;
}

export const pluginPage = definePage<PluginData>({
  name: 'plugin',
  route: '/plugins/:type',
  section: 'plugins',
  title: (data) => data.type.slice(data.type.lastIndexOf('.') + 1),
  crumbs: (_data, place) => [{ text: 'Plugins', href: to(place, '/plugins') }],
  actions: (data, place) => (data.example === '' ? <></> : <Button kind="primary" icon="plus" action="open-as-flow" disabled={readOnlyReason(place)}>Open as flow</Button>),
  async load({ ask, params }) {
    const wanted = params['type'] ?? '';
    const [page, icons] = await Promise.all([ask(workspace.pluginsGet, { type: wanted }), ask(workspace.pluginsIcons, {})]);
    const schema: { readonly properties?: unknown; readonly outputs?: unknown } = typeof page.schema === 'object' && page.schema !== null ? page.schema : {};
    const type = page.type ?? wanted;
    return {
      type, title: page.title ?? '', description: page.description ?? '', role: page.role ?? '', aliases: page.aliases ?? [], deprecated: page.deprecated ?? false,
      markdown: page.markdown, example: page.example ?? '', icon: icons[type]?.icon, properties: schema.properties, outputs: schema.outputs,
    };
  },
  view: (data) => <PluginView data={data} />,
});

function PluginView({ data }: { readonly data: PluginData }) {
  const properties = propertyRows(data.properties).filter((property) => property.name !== 'type');
  const outputs = propertyRows(data.outputs);
  return (
    <div class="page-pad plugin-page">
      <section class="panel">
        <div class="panel-body plugin-head">
          <PluginIcon icon={data.icon} />
          <div class="stack grow">
            <p><b>{data.title}</b>{data.deprecated ? <> <span class="count">deprecated</span></> : null}</p>
            <p class="row"><code class="cut">{data.type}</code><Button kind="quiet" size="small" icon="copy" title="Copy the type" action="copy" value={data.type} /></p>
            {data.aliases.length === 0 ? null : <p class="small faint">Also <code>{data.aliases.join(', ')}</code></p>}
          </div>
        </div>
      </section>
      <div class="cols" data-cols="1-1">
        <Panel title="What it does"><div class="panel-body"><Markdown text={data.markdown} /></div></Panel>
        {data.example === '' ? null : (
          <Panel title="Example" aside={<Button kind="quiet" size="small" icon="copy" title="Copy the example" action="copy" value={data.example} />}>
            <div class="panel-body"><pre class="plugin-example" tabindex={0}>{data.example}</pre></div>
          </Panel>
        )}
      </div>
      <PropertyPanel title="Properties" rows={properties} empty="It has no properties of its own." />
      <PropertyPanel title="Outputs" rows={outputs} empty="It leaves no outputs." />
    </div>
  );
}

function PropertyPanel({ title, rows, empty }: { readonly title: string; readonly rows: ReturnType<typeof propertyRows>; readonly empty: string }) {
  return (
    <Panel title={title} count={rows.length}>
      {rows.length === 0 ? <p class="panel-body dim">{empty}</p> : (
        <Table id={`plugin-${title.toLowerCase()}`} label={title} columns={[{ title: 'Name' }, { title: 'Type' }, { title: 'What it is' }, { title: 'Default', wide: true }]}>
          {rows.map((row) => (
            <tr>
              <td data-cell="main"><span class="row" data-gap="1"><span class="name">{row.name}</span>{row.required ? <span class="count" data-kind="accent">required</span> : null}</span></td>
              <td data-cell="side"><code class="dim">{row.type}</code></td>
              <td class="property-words" data-cell="sub">{row.description}{row.choices.length === 0 ? null : <> One of {row.choices.map((choice, index) => <>{index === 0 ? '' : ', '}<code>{choice}</code></>)}.</>}{row.dynamic ? <span class="faint"> An expression is rendered.</span> : null}</td>
              <td class="wide">{row.initial === undefined ? null : <code class="dim">{row.initial}</code>}</td>
            </tr>
          ))}
        </Table>
      )}
    </Panel>
  );
}
