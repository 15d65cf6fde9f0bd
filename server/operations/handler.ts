/** What a handler is: the one place where rooms meet. A handler gets the checked input, the caller and the rooms. */
import type { InputOf, Operation, OutputOf } from '../../core/protocol/operation.ts';
import type { TypeCatalog } from '../../core/language/model.ts';
import type { Caller } from '../access/contract.ts';
import type { AccessRoom } from '../access/index.ts';
import type { Ambient } from '../ambient/index.ts';
import type { Catalog } from '../catalog/index.ts';
import type { Documents } from '../documents/contract.ts';
import type { Executor } from '../executor/contract.ts';
import type { FileStorage, Reader } from '../store/contract.ts';

export interface Rooms {
  readonly access: AccessRoom;
  readonly documents: Documents;
  readonly executor: Executor;
  readonly catalog: Catalog & TypeCatalog;
  /** The front environment (this thread writes it) and the engine's (read only here). */
  readonly front: Reader;
  readonly engine: Reader;
  readonly files: FileStorage;
  readonly ambient: Ambient;
  /** Folder of logs, for `tables/logs.ts`. */
  readonly dataPath: string;
  readonly config: PublicConfig;
}

/** The part of the configuration that answers may show. */
export interface PublicConfig {
  readonly version: string;
  readonly languageLevel: '0.20' | '1.x' | '2.0';
  readonly publicUrl: string;
  readonly open: boolean;
}

export interface Call<O extends Operation> {
  readonly input: InputOf<O>;
  readonly caller: Caller;
  readonly rooms: Rooms;
}

export type Handler<O extends Operation> = (call: Call<O>) => OutputOf<O> | Promise<OutputOf<O>>;
