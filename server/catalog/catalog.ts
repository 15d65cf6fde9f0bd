import { Buffer } from 'node:buffer';
import type { JsonSchema, TypeCatalog, TypeInfo } from '../../core/language/model.ts';
import type { PluginPage } from '../../core/protocol/operations/workspace.ts';
import { registry } from '../../plugins/registry.generated.ts';
import type { GroupDefinition, PluginDefinition } from '../../plugins/sdk/index.ts';
import type { RegisteredGroup } from '../../plugins/sdk/registry.ts';
import { checks, type CheckedPlugin } from './checks/index.ts';
import { jsonSchemaOf } from './json-schema.ts';

/** A type with the texts of its page. */
export interface CatalogType extends TypeInfo {
  /** Name of its group, `core.flow`. */
  readonly group: string;
  readonly docs: string;
  readonly example: string;
  /** SVG text. */
  readonly icon: string;
  readonly metrics: NonNullable<PluginDefinition['metrics']>;
}

export interface CatalogGroup extends GroupDefinition {
  readonly types: readonly CatalogType[];
}

/** A member of the API's Plugin lists. */
export interface TypeMember {
  readonly cls: string;
  readonly title: string;
  readonly description?: string;
  readonly deprecated?: boolean;
}

/** The API's Plugin entity (http-api section 19). */
export interface PluginSummary {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly group: string;
  readonly version: string;
  readonly license: string;
  readonly manifest: Readonly<Record<string, string>>;
  readonly guides: readonly string[];
  readonly aliases: readonly string[];
  readonly categories: readonly string[];
  readonly tasks: readonly TypeMember[];
  readonly triggers: readonly TypeMember[];
  readonly conditions: readonly TypeMember[];
  readonly taskRunners: readonly TypeMember[];
  readonly controllers: readonly TypeMember[];
  readonly storages: readonly TypeMember[];
  readonly secrets: readonly TypeMember[];
  readonly apps: readonly TypeMember[];
  readonly appBlocks: readonly TypeMember[];
  readonly charts: readonly TypeMember[];
  readonly dataFilters: readonly TypeMember[];
  readonly logExporters: readonly TypeMember[];
  readonly additionalPlugins: readonly TypeMember[];
  readonly subGroup?: string;
}

/** The page of a type, with the member that clients of the API expect besides. */
export interface CatalogPage extends PluginPage {
  readonly schema: PluginPage['schema'] & { readonly definitions: Readonly<Record<string, never>> };
}

/** The API's PluginIcon: base64 of the SVG. */
export interface PluginIcon {
  readonly name: string;
  readonly icon: string;
  readonly flowable: boolean;
}

export interface Catalog extends TypeCatalog {
  resolve(type: string): CatalogType | undefined;
  /** What runs a type, by canonical name or alias. */
  definition(type: string): PluginDefinition | undefined;
  readonly types: readonly CatalogType[];
  readonly groups: readonly CatalogGroup[];
  /** `GET /plugins`. */
  summaries(): readonly PluginSummary[];
  /** `GET /plugins/{cls}`; undefined for an unknown type. */
  page(type: string): CatalogPage | undefined;
  /** `GET /plugins/icons`: by canonical name and alias. */
  icons(): Readonly<Record<string, PluginIcon>>;
  /** `GET /plugins/icons/groups` */
  groupIcons(): Readonly<Record<string, PluginIcon>>;
}

export interface CatalogOptions {
  /** The groups that exist only to test the engine. */
  readonly testPlugins: boolean;
  /** Another thread of this process has checked the installed plugins already. */
  readonly checked?: boolean;
  /** The server's version, for the API. */
  readonly version?: string;
  /** Other plugins than the installed ones: for tests of the checks. */
  readonly registry?: readonly RegisteredGroup[];
}

/** Checks all plugins (unless that was done) and indexes them. Throws one error that names every broken rule with its folder. */
export function loadCatalog(options: CatalogOptions): Catalog {
  const groups = options.registry ?? registry;
  if (options.checked !== true) refuseBroken(groups);
  const byName = new Map<string, { readonly type: CatalogType; readonly definition: PluginDefinition }>();
  const catalogGroups: CatalogGroup[] = [];
  for (const { group, plugins } of groups) {
    if (group.testOnly === true && !options.testPlugins) continue;
    const types: CatalogType[] = [];
    for (const { plugin, docs, example, icon } of plugins) {
      const type: CatalogType = { ...typeInfoOf(plugin), group: group.name, docs, example, icon, metrics: plugin.metrics ?? [] };
      types.push(type);
      for (const name of [plugin.type, ...(plugin.aliases ?? [])]) byName.set(name, { type, definition: plugin });
    }
    catalogGroups.push({ ...group, types });
  }
  const types = catalogGroups.flatMap((group) => group.types);
  const names = types.map((type) => type.type);
  const version = options.version ?? '0.1.0';
  return {
    types,
    groups: catalogGroups,
    resolve: (type) => byName.get(type)?.type,
    definition: (type) => byName.get(type)?.definition,
    names: () => names,
    summaries: () => catalogGroups.map((group) => summaryOf(group, version)),
    page: (type) => {
      const found = byName.get(type)?.type;
      return found === undefined ? undefined : pageOf(found);
    },
    icons: () => Object.fromEntries([...byName].map(([name, { type }]) => [name, { name: type.type.slice(type.type.lastIndexOf('.') + 1), icon: base64(type.icon), flowable: type.kind === 'flowable' }])),
    groupIcons: () => Object.fromEntries(catalogGroups.flatMap((group) => {
      const [first] = group.types;
      return first === undefined ? [] : [[group.name, { name: 'plugin-icon', icon: base64(first.icon), flowable: false }]];
    })),
  };
}

function refuseBroken(groups: readonly RegisteredGroup[]): void {
  const all: readonly CheckedPlugin[] = groups.flatMap(({ folder: groupFolder, group, plugins }) => plugins.map(({ folder, plugin, docs, example, icon }) => ({
    place: `plugins/${groupFolder}/${folder}`, groupFolder, folder, group, definition: plugin, properties: jsonSchemaOf(plugin.properties), docs, example, icon,
  })));
  const problems = all.flatMap((plugin) => checks.flatMap((check) => check(plugin, all).map((problem) => `${plugin.place}: ${problem}.`)));
  if (problems.length > 0) throw new Error(`The plugins cannot be loaded:\n${problems.join('\n')}`);
}

function typeInfoOf(plugin: PluginDefinition): TypeInfo {
  const shared = {
    type: plugin.type,
    aliases: plugin.aliases ?? [],
    title: plugin.title,
    properties: jsonSchemaOf(plugin.properties),
    ...(plugin.description === undefined ? {} : { description: plugin.description }),
    ...(plugin.deprecated === undefined ? {} : { deprecated: plugin.deprecated }),
    ...(plugin.outputs === undefined ? {} : { outputs: jsonSchemaOf(plugin.outputs) }),
  };
  switch (plugin.role) {
    case 'task': return {
      ...shared, role: 'task', kind: plugin.kind,
      pure: plugin.kind === 'runnable' && plugin.runs === 'inline',
      ...(plugin.kind === 'execution' ? { change: plugin.change } : {}),
      ...(plugin.kind === 'flowable' ? { flowable: plugin.flowable } : {}),
    };
    case 'trigger': return { ...shared, role: 'trigger', triggerKind: plugin.triggerKind };
    case 'condition': return { ...shared, role: 'condition' };
    case 'taskRunner': return { ...shared, role: 'taskRunner' };
    default: return never(plugin);
  }
}

function summaryOf(group: CatalogGroup, version: string): PluginSummary {
  const members = (role: TypeInfo['role']): readonly TypeMember[] => group.types.filter((type) => type.role === role).map((type) => ({
    cls: type.type,
    title: type.title,
    ...(type.description === undefined ? {} : { description: type.description }),
    ...(type.deprecated === true ? { deprecated: true } : {}),
  }));
  return {
    name: group.name, title: group.title, description: group.description, group: group.name, version, license: 'Apache-2.0',
    manifest: { 'X-Ensemble-Name': group.name, 'X-Ensemble-Title': group.title, 'X-Ensemble-Version': version },
    guides: [], aliases: group.types.flatMap((type) => type.aliases), categories: [group.category],
    tasks: members('task'), triggers: members('trigger'), conditions: members('condition'), taskRunners: members('taskRunner'),
    controllers: [], storages: [], secrets: [], apps: [], appBlocks: [], charts: [], dataFilters: [], logExporters: [], additionalPlugins: [],
  };
}

/** The schemas carry what the type's page lists beside the properties: title, examples, metrics. */
function pageOf(type: CatalogType): CatalogPage {
  const properties: JsonSchema = {
    ...type.properties,
    title: type.title,
    ...(type.description === undefined ? {} : { description: type.description }),
    $examples: [{ title: type.title, code: type.example, full: true, lang: 'yaml' }],
    $metrics: type.metrics,
    $deprecated: type.deprecated === true,
  };
  return {
    type: type.type, aliases: type.aliases, group: type.group, role: type.role, title: type.title, description: type.description ?? '',
    deprecated: type.deprecated === true, markdown: type.docs, example: type.example, icon: type.icon,
    schema: { properties, outputs: type.outputs ?? { type: 'object', properties: {} }, definitions: {} },
  };
}

const base64 = (text: string): string => Buffer.from(text, 'utf8').toString('base64');

function never(plugin: never): never {
  throw new Error(`unknown role of a plugin: ${JSON.stringify(plugin)}`);
}
