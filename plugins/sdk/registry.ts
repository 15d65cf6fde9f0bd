/** The shape of `plugins/registry.generated.ts`, which `scripts/plugin-registry.ts` writes from the folders. */
import type { GroupDefinition, PluginDefinition } from './index.ts';

export interface RegisteredGroup {
  /** Name of the folder below `plugins/`. */
  readonly folder: string;
  readonly group: GroupDefinition;
  readonly plugins: readonly RegisteredPlugin[];
}

export interface RegisteredPlugin {
  /** Name of the folder below the group's. */
  readonly folder: string;
  readonly plugin: PluginDefinition;
  /** Texts of docs.md, example.yaml and icon.svg. */
  readonly docs: string;
  readonly example: string;
  readonly icon: string;
}
