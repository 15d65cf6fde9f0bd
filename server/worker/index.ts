/** The worker: runs tasks inline, in threads and as processes; logs, outputs, metrics, files. */
export { mayAsk, questionKey, questionsMax, type Answer, type Question } from './asking.ts';
export type { TaskJob, Worker, WorkerEvent } from './contract.ts';
export { createEncryption, encryptedType, isEncryptedText, type EncryptedText, type Encryption } from './encryption.ts';
export { startWorker, type WorkerOptions } from './worker.ts';
export { secretsOf, type Secrets } from './world.ts';
export { namespaceFilePath, namespaceUri, pathOfNamespaceUri } from './namespace-files.ts';
export { assertReadable, executionUriPrefix, taskRunUriPrefix } from './storage-uri.ts';
export { startedByOf } from './task-store.ts';
export { worldOf, type WorldServices } from './world.ts';
export { sharedDirectory } from './task-files.ts';
export { createMask, type Mask } from './mask.ts';
