/** Monaco's own worker (word lists, diffs, links). */
import 'monaco-editor/esm/vs/editor/editor.worker.js';
