/** What a handler is: the one place where rooms meet. A handler gets the checked input, the caller and the rooms. */
import type { InputOf, Operation, OutputOf } from '../../core/protocol/operation.ts';
import type { TypeCatalog } from '../../core/language/model.ts';
import type { Caller } from '../access/contract.ts';
import type { AccessRoom, PreferenceStore } from '../access/index.ts';
import type { Ambient } from '../ambient/index.ts';
import type { Catalog } from '../catalog/index.ts';
import type { Documents } from '../documents/contract.ts';
import type { Executor } from '../executor/contract.ts';
import type { FileStorage, Reader } from '../store/contract.ts';
import type { Feed } from '../store/index.ts';
import type { ConsoleBoard } from '../watch/index.ts';

export interface Rooms {
  readonly access: AccessRoom;
  readonly documents: Documents;
  readonly executor: Executor;
  readonly catalog: Catalog & TypeCatalog;
  readonly preferences: PreferenceStore;
  /** The front environment (this thread writes it) and the engine's (read only here). */
  readonly front: Reader;
  readonly engine: Reader;
  readonly files: FileStorage;
  /** The bytes of an upload on its way in (`blob` of a form's file), at most one body's worth. */
  readonly readUpload: (blob: string) => Promise<Uint8Array>;
  /** What was evaluated on executions, for everybody who looks at them. */
  readonly consoles: Pick<ConsoleBoard, 'add'>;
  /** The same piece by piece, of any size. */
  readonly uploadStream: (blob: string) => AsyncIterable<Uint8Array>;
  /** Commits of both environments, in order: what follows an execution listens here. */
  readonly feed: Pick<Feed, 'subscribe'>;
  readonly ambient: Ambient;
  /** The data folder's `logs`. */
  readonly logsPath: string;
  /** Folder of the blueprints, where the tutorial's flows are. */
  readonly blueprintsPath: string;
  readonly config: PublicConfig;
}

/** The part of the configuration that answers may show. */
export interface PublicConfig {
  readonly version: string;
  /** A UUID of this data directory, made at its first start. */
  readonly instanceId: string;
  readonly languageLevel: '0.20' | '1.x' | '2.0';
  readonly publicUrl: string;
  /** Names of the secrets that flows can read; their values are nowhere near. */
  readonly secretNames: readonly string[];
}

export interface Call<O extends Operation> {
  readonly input: InputOf<O>;
  readonly caller: Caller;
  readonly rooms: Rooms;
}

export type Handler<O extends Operation> = (call: Call<O>) => OutputOf<O> | Promise<OutputOf<O>>;

/** A handler for each operation of a resource, under the name that the definition is exported by: a missing one does not compile. */
export type HandlersOf<Group> = { readonly [Name in keyof Group]: Group[Name] extends Operation ? Handler<Group[Name]> : never };
