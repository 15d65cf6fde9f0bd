/** What the engine's thread is given at its start: plain data, since it crosses to another thread. */
import type { LanguageLevel, PluginDefault } from '../../core/language/index.ts';
import type { DockerSettings } from '../../plugins/sdk/index.ts';
import type { RetentionRule } from './retention.ts';

export interface EngineSettings {
  /** Folders of the data directory (`openData`). */
  readonly folders: { readonly front: string; readonly engine: string; readonly logs: string; readonly files: string; readonly uploads: string; readonly work: string };
  /** The engine's store does not grow beyond it. */
  readonly storeBytesMax?: number;
  readonly testPlugins: boolean;
  /** The front has checked the installed plugins. */
  readonly pluginsChecked?: boolean;
  readonly languageLevel: LanguageLevel;
  readonly globalDefaults: readonly PluginDefault[];
  readonly globals: Readonly<Record<string, unknown>>;
  /** `envs.*`: prefix removed, lower case. */
  readonly envs: Readonly<Record<string, string>>;
  /** `SECRET_<NAME>` variables, base64. */
  readonly secrets: Readonly<Record<string, string>>;
  readonly encryptionKey?: string;
  /** Default: the usual socket, no fall-back, nothing of this machine. */
  readonly docker?: DockerSettings;
  /** Folders below which flows may read `file:///` addresses. */
  readonly localPaths?: readonly string[];
  readonly retention?: readonly RetentionRule[];
  /** How often retention goes over the executions, and first. */
  readonly retentionEveryMs?: number;
  readonly retentionFirstMs?: number;
}
