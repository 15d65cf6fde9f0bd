/** Namespace files that FILE inputs name (`defaults: nsfile:///a.csv`): the execution gets its own copy, so that what it ran with stays. */
import type { InputModel } from '../../core/language/index.ts';
import type { FileStorage } from '../store/index.ts';
import type { Reply } from './contract.ts';

export interface OwnedFilesRequest {
  readonly models: readonly InputModel[];
  /** Resolved, nested by the dots of their ids. */
  readonly values: Readonly<Record<string, unknown>>;
  /** Where the execution's inputs lie, with a slash at the end. */
  readonly folder: string;
  readonly namespaceUri: (path: string) => string;
  readonly files: FileStorage;
}

const scheme = 'nsfile:///';

/** The values with the addresses of the copies; refused when a file is not there. */
export async function ownedFiles({ models, values, folder, namespaceUri, files }: OwnedFilesRequest): Promise<Reply<Readonly<Record<string, unknown>>>> {
  let owned = values;
  for (const { id, type } of models) {
    const parts = id.split('.');
    const value = type === 'FILE' ? at(values, parts) : undefined;
    if (typeof value !== 'string' || !value.startsWith(scheme)) continue;
    const refuse = (why: string): Reply<never> => {
      const message = `Invalid input for \`${id}\`, ${why}, but received \`${value}\``;
      return { ok: false, problem: { status: 422, message: `Invalid entity: ${message}`, errors: [{ message, path: `inputs.${id}` }] } };
    };
    let from: string;
    try {
      from = namespaceUri(value.slice(scheme.length));
    } catch (error) {
      return refuse(error instanceof Error ? error.message : String(error));
    }
    if (files.sizeBytes(from) === undefined) return refuse('the namespace has no such file');
    const uri = `${folder}${encodeURIComponent(id)}/${encodeURIComponent(value.slice(value.lastIndexOf('/') + 1))}`;
    await files.putStream(uri, files.stream(from));
    owned = withValue(owned, parts, uri);
  }
  return { ok: true, value: owned };
}

type Values = Readonly<Record<string, unknown>>;
const isValues = (value: unknown): value is Values => typeof value === 'object' && value !== null && !Array.isArray(value);

function at(values: Values, parts: readonly string[]): unknown {
  return parts.reduce<unknown>((here, part) => (isValues(here) && Object.hasOwn(here, part) ? here[part] : undefined), values);
}

function withValue(values: Values, [part, ...rest]: readonly string[], value: unknown): Values {
  if (part === undefined) return values;
  const inner = Object.hasOwn(values, part) ? values[part] : undefined;
  return { ...values, [part]: rest.length === 0 ? value : withValue(isValues(inner) ? inner : {}, rest, value) };
}
