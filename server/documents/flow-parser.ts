/** Checks sources: short ones at once, long ones in a thread, so that the loop which carries keystrokes is never held up. */
import { Worker } from 'node:worker_threads';
import type { LanguageLevel, ParsedFlow, PluginDefault, TypeCatalog, TypeInfo } from '../../core/language/model.ts';
import type { Diagnostic } from '../../core/protocol/entities/flow.ts';
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
  /** Only diagnostics are wanted: the model of 10,000 lines takes longer to hand over than a keystroke may wait. */
  readonly brief: boolean;
}
export interface ParseAnswer {
  readonly id: number;
  readonly parsed: ParsedFlow;
}

export interface FlowParser {
  parse(source: string): Promise<ParsedFlow>;
  diagnose(source: string): Promise<readonly Diagnostic[]>;
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

/** A thread that ends so often without an answer will not get better. */
const failuresMax = 3;

export function createFlowParser({ catalog, level, globalDefaults, logger }: FlowParserOptions): FlowParser {
  const waiting = new Map<number, { readonly source: string; readonly resolve: (parsed: ParsedFlow) => void }>();
  let worker: Worker | undefined;
  let failures = 0;
  let nextId = 1;
  const here = (source: string): ParsedFlow => parseFlow(source, { catalog, level, globalDefaults });

  const start = (): Worker => {
    const types = catalog.names().map((name) => catalog.resolve(name)).filter((type) => type !== undefined);
    // Types may carry functions for the server's own use; what a schema says survives as plain data.
    const data: ParserData = { types: JSON.parse(JSON.stringify(types)) as TypeInfo[], level, globalDefaults };
    const started = openThread(data);
    started.unref();
    started.on('message', ({ id, parsed }: ParseAnswer) => {
      failures = 0;
      const entry = waiting.get(id);
      waiting.delete(id);
      entry?.resolve(parsed);
    });
    let reason: unknown;
    started.on('error', (error) => {
      reason = error;
    });
    started.on('exit', (code) => {
      if (worker !== started) return;
      worker = undefined;
      failures += 1;
      logger.error('The thread that checks long flows ended; what it had is checked on the main thread', { code, failures, error: reason });
      for (const { source, resolve } of waiting.values()) resolve(here(source));
      waiting.clear();
    });
    return started;
  };
  const ask = (source: string, brief: boolean): Promise<ParsedFlow> => {
    if (source.length <= inlineCharsMax || failures >= failuresMax) return Promise.resolve(here(source));
    worker ??= start();
    const thread = worker;
    const id = nextId;
    nextId += 1;
    const request: ParseRequest = { id, source, brief };
    return new Promise((resolve) => {
      waiting.set(id, { source, resolve });
      thread.postMessage(request);
    });
  };

  return {
    parse: (source) => ask(source, false),
    diagnose: async (source) => (await ask(source, true)).diagnostics,
    close: async () => {
      const ending = worker;
      worker = undefined;
      if (ending !== undefined) await ending.terminate();
    },
  };
}

function openThread(data: ParserData): Worker {
  if (!import.meta.url.endsWith('.ts')) return new Worker(new URL('./diagnostics-thread.js', import.meta.url), { workerData: data });
  // From source (tests): tsx does not reach worker threads by itself on Node 20.
  const entry = new URL('./diagnostics-thread.ts', import.meta.url).href;
  return new Worker(`import('tsx/esm/api').then(({ register }) => { register(); return import(${JSON.stringify(entry)}); })`, { eval: true, workerData: data });
}
