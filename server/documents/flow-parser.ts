/** Checks sources: short ones at once, long ones in a thread, so that the loop which carries keystrokes is never held up. */
import { Worker } from 'node:worker_threads';
import type { LanguageLevel, ParsedFlow, PluginDefault, TypeCatalog, TypeInfo } from '../../core/language/model.ts';
import { parseFlow } from '../../core/language/parse-flow.ts';
import type { Logger } from '../ambient/index.ts';

/** Above this a parse may take longer than 20 ms. */
const inlineCharsMax = 50_000;

export interface ParserData {
  readonly types: readonly TypeInfo[];
  readonly level: LanguageLevel;
  readonly globalDefaults: readonly PluginDefault[];
}
export interface ParseRequest {
  readonly id: number;
  readonly source: string;
}
export interface ParseAnswer {
  readonly id: number;
  readonly parsed: ParsedFlow;
}

export interface FlowParser {
  parse(source: string): Promise<ParsedFlow>;
  close(): Promise<void>;
}

export function plainCatalog(types: readonly TypeInfo[]): TypeCatalog {
  const byName = new Map<string, TypeInfo>();
  for (const type of types) for (const name of [type.type, ...type.aliases]) byName.set(name, type);
  const names = types.map((type) => type.type);
  return { resolve: (type) => byName.get(type), names: () => names };
}

export interface FlowParserOptions {
  readonly catalog: TypeCatalog;
  readonly level: LanguageLevel;
  readonly globalDefaults: readonly PluginDefault[];
  readonly logger: Logger;
}

export function createFlowParser({ catalog, level, globalDefaults, logger }: FlowParserOptions): FlowParser {
  const waiting = new Map<number, { readonly source: string; readonly resolve: (parsed: ParsedFlow) => void }>();
  let worker: Worker | undefined;
  let lost = false;
  let nextId = 1;
  const here = (source: string): ParsedFlow => parseFlow(source, { catalog, level, globalDefaults });

  const lose = (error: unknown): void => {
    if (worker === undefined) return;
    worker = undefined;
    lost = true;
    logger.error('The thread that checks long flows ended; they are checked on the main thread from now on', { error });
    for (const [id, { source, resolve }] of [...waiting]) {
      waiting.delete(id);
      resolve(here(source));
    }
  };
  const start = (): Worker => {
    const types = catalog.names().map((name) => catalog.resolve(name)).filter((type) => type !== undefined);
    // Types may carry functions for the server's own use; what a schema says survives as plain data.
    const data: ParserData = { types: JSON.parse(JSON.stringify(types)) as TypeInfo[], level, globalDefaults };
    const started = new Worker(new URL(import.meta.url.endsWith('.ts') ? './diagnostics-thread.ts' : './diagnostics-thread.js', import.meta.url), { workerData: data });
    started.unref();
    started.on('message', ({ id, parsed }: ParseAnswer) => {
      const entry = waiting.get(id);
      waiting.delete(id);
      entry?.resolve(parsed);
    });
    started.on('error', lose);
    started.on('exit', (code) => lose(new Error(`exit code ${code}`)));
    return started;
  };

  return {
    parse: (source) => {
      if (source.length <= inlineCharsMax || lost) return Promise.resolve(here(source));
      worker ??= start();
      const id = nextId;
      nextId += 1;
      const request: ParseRequest = { id, source };
      return new Promise((resolve) => {
        waiting.set(id, { source, resolve });
        worker?.postMessage(request);
      });
    },
    close: async () => {
      const ending = worker;
      worker = undefined;
      if (ending !== undefined) await ending.terminate();
    },
  };
}
