/** What belongs to a namespace. */
import type { namespaces } from '../../../core/protocol/operations/index.ts';
import type { HandlersOf } from '../handler.ts';
import { exportFiles } from './export.ts';
import * as files from './files.ts';
import * as kv from './kv.ts';
import * as secrets from './secrets.ts';
import { put } from './upload.ts';

export const namespaceHandlers: HandlersOf<typeof namespaces> = {
  filesGet: files.get, filesPut: put, filesMove: files.move, filesDelete: files.remove, filesStats: files.stats, filesDirectory: files.directory,
  filesCreateDirectory: files.createDirectory, filesSearch: files.search, filesExport: exportFiles,
  kvList: kv.list, kvInheritance: kv.inheritance, kvSearch: kv.search, kvDeleteMany: kv.deleteMany,
  secretsList: secrets.list, secretsSearch: secrets.search, secretsInherited: secrets.inherited,
};
