/**
 * What an operation is, as data. One definition per thing that can be done; REST, RPC, the CLI, OpenAPI, the permission
 * matrix and the audit are projections of it, so that nothing can be done by one door that another forgets to check.
 */
import type { Static, TSchema } from 'typebox';

/** (action, resource) of a permission; the namespace comes from the input. */
export type Resource = 'flow' | 'execution' | 'trigger' | 'log' | 'namespace' | 'plugin' | 'people' | 'token' | 'audit' | 'workspace' | 'kv' | 'file';
export type Action = 'read' | 'create' | 'update' | 'delete' | 'execute';
export interface Permission {
  readonly resource: Resource;
  readonly action: Action;
}

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** Where REST puts a member of the input. `body` is the parsed JSON body (or the text, for `yaml` and `text`). */
export interface RestBinding {
  readonly method: Method;
  /** Below `/api/v1/{tenant}`, with `{name}` for members taken from the path. */
  readonly path: string;
  /** Further paths that mean the same. */
  readonly also?: readonly string[];
  /** What the body is: JSON into the member `body`; YAML or plain text into `source`; a form into `form` (fields and files). */
  readonly body?: 'json' | 'yaml' | 'text' | 'form' | 'none';
  /** Query parameters that are lists, even when given once. */
  readonly lists?: readonly string[];
  /** Success status; 200 when left out. 204 and 202 have no body. */
  readonly status?: 200 | 201 | 202 | 204;
  /** How the output goes out: JSON, a `Download` (bytes with a name and a content type), or not at all. */
  readonly answer?: 'json' | 'download' | 'text' | 'events' | 'none';
  /** Headers (lower case) that fill members of the input: `{ ttl: 'ttl' }`. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Members that this path stands for. */
  readonly preset?: Readonly<Record<string, unknown>>;
  /** Instance-level paths (`/api/v1/plugins`) carry no tenant. */
  readonly instance?: boolean;
}

export interface Operation<Input extends TSchema = TSchema, Output = unknown> {
  /** `resource.verb`, e.g. `executions.kill`: its name on the RPC, in the audit and in the docs. */
  readonly name: string;
  readonly doc: string;
  readonly input: Input;
  readonly permission: Permission | 'open';
  /** Asks for no identity at all: its own key or link is the secret. */
  readonly anonymous?: boolean;
  readonly audited: boolean;
  readonly rest: readonly RestBinding[];
  /** Only a type: what the handler answers. */
  readonly output?: Output;
}

export type InputOf<O> = O extends Operation<infer I, unknown> ? Static<I> : never;
export type OutputOf<O> = O extends Operation<TSchema, infer Out> ? Out : never;

/** Defines an operation; `output` is given as a type argument: `operation<Page<Flow>>()({…})`. */
export const operation = <Output>() => <const Input extends TSchema>(definition: Omit<Operation<Input, Output>, 'output'>): Operation<Input, Output> => definition;

export interface Page<Row> {
  readonly results: readonly Row[];
  readonly total: number;
}

/** A form as the edge hands it over: texts by name (a repeated name keeps its last), files already stored in the blob store. */
export interface FormBody {
  readonly fields: Readonly<Record<string, string>>;
  readonly files: readonly { readonly field: string; readonly filename: string; readonly contentType: string; readonly sizeBytes: number; readonly blob: string }[];
}

/** An answer of bytes. */
export interface Download {
  readonly filename: string;
  readonly contentType: string;
  readonly body: string | Uint8Array | AsyncIterable<Uint8Array>;
  readonly inline?: boolean;
}

/** In place of a `Download`: what was asked for is at another address, a path of this server. */
export interface Redirection {
  readonly redirect: string;
}

/** An answer that goes on: events as they happen, until the reader leaves or it ends itself. REST sends it as SSE; the RPC has `watch` instead. */
export interface EventStream {
  readonly open: (sink: { event(id: string, data: unknown): void; end(): void; /** What the reader has not taken yet, bytes: whoever has much to say waits for it. */ bufferedBytes(): number }) => () => void;
}
