/** The worker: runs tasks inline, in threads and as processes; logs, outputs, metrics, files. */
export type { TaskJob, Worker, WorkerEvent } from './contract.ts';
export { createEncryption, encryptedType, isEncryptedText, type EncryptedText, type Encryption } from './encryption.ts';
export { startWorker, type WorkerOptions } from './worker.ts';
export { secretsOf, type Secrets } from './world.ts';
export { assertReadable, taskRunUriPrefix } from './storage-uri.ts';
export { worldOf, type WorldServices } from './world.ts';
export { sharedDirectory } from './task-files.ts';
export { createMask, type Mask } from './mask.ts';
