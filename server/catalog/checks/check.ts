/** What a check of plugins sees, and what it answers. */
import type { JsonSchema } from '../../../core/language/model.ts';
import type { GroupDefinition, PluginDefinition } from '../../../plugins/sdk/index.ts';

export interface CheckedPlugin {
  /** `plugins/core-log/log`, for messages. */
  readonly place: string;
  readonly groupFolder: string;
  readonly folder: string;
  readonly group: GroupDefinition;
  readonly definition: PluginDefinition;
  readonly properties: JsonSchema;
  readonly docs: string;
  readonly example: string;
  readonly icon: string;
}

/** Sentences about what is wrong; none when all is well. */
export type Check = (plugin: CheckedPlugin, all: readonly CheckedPlugin[]) => readonly string[];
