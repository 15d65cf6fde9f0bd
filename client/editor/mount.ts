/** The editor of a flow's draft: Monaco bound to the live text, others' cursors, the server's diagnostics, undo of one's own edits only. */
import type { Awareness } from 'y-protocols/awareness';
import type { Text, UndoManager } from 'yjs';
import type { Diagnostic } from '../../core/protocol/entities/flow.ts';
import { bindText } from './binding.ts';
import { useLookTheme } from './colours.ts';
import { showCursors } from './cursors.ts';
import { markExpressions } from './expressions.ts';
import { flowModelUri, monaco } from './monaco.ts';

export interface EditorOptions {
  readonly namespace: string;
  readonly id: string;
  readonly text: Text;
  readonly awareness: Awareness;
  /** Must track the origin that `onBound` is given. */
  readonly undo: UndoManager;
  readonly readOnly: boolean;
  readonly after: (delayMs: number, call: () => void) => () => void;
  readonly onPublish?: () => void;
  readonly onRun?: () => void;
  readonly onCursor?: (offset: number) => void;
}

export interface FlowEditor {
  /** Shows the server's diagnostics in the text; each names whose line it is. */
  setDiagnostics(diagnostics: readonly Diagnostic[]): void;
  setReadOnly(readOnly: boolean): void;
  reveal(line: number, column: number): void;
  revealOffset(offset: number): void;
  focus(): void;
  /** Where somebody's caret is; undefined when they have none in this text. */
  whereIs(clientId: number): { readonly line: number; readonly column: number } | undefined;
  /** Lays out anew after its box changed. */
  layout(): void;
  unmount(): void;
}

const severityOf = (severity: Diagnostic['severity']): monaco.MarkerSeverity => {
  switch (severity) {
    case 'error': return monaco.MarkerSeverity.Error;
    case 'warning': return monaco.MarkerSeverity.Warning;
    case 'info': return monaco.MarkerSeverity.Info;
  }
};

export function mountEditor(element: HTMLElement, options: EditorOptions): FlowEditor {
  useLookTheme();
  const uri = flowModelUri(options.namespace, options.id);
  monaco.editor.getModel(uri)?.dispose();
  const model = monaco.editor.createModel(options.text.toString(), 'yaml', uri);
  model.updateOptions({ tabSize: 2, insertSpaces: true });
  const editor = monaco.editor.create(element, {
    model, theme: 'ensemble', readOnly: options.readOnly, readOnlyMessage: { value: 'You may read here, not write' },
    automaticLayout: true, minimap: { enabled: false }, scrollBeyondLastLine: false, fixedOverflowWidgets: true, ariaLabel: `Source of ${options.namespace}.${options.id}`,
    fontFamily: '"JetBrains Mono Variable", "JetBrains Mono", ui-monospace, Menlo, Consolas, monospace', fontSize: 12.5, lineHeight: 20, fontLigatures: false,
    renderLineHighlight: 'line', lineNumbersMinChars: 4, padding: { top: 8, bottom: 8 }, stickyScroll: { enabled: false }, unicodeHighlight: { ambiguousCharacters: false },
    quickSuggestions: { other: true, comments: false, strings: true }, wordBasedSuggestions: 'off', links: false, renderWhitespace: 'selection', occurrencesHighlight: 'off', overviewRulerBorder: false,
    scrollbar: { verticalScrollbarSize: 10, horizontalScrollbarSize: 10, useShadows: false },
  });
  const binding = bindText(options.text, editor);
  options.undo.addTrackedOrigin(binding.origin);
  const expressions = markExpressions(editor);
  const cursors = showCursors(editor, options.awareness, binding, options.after);

  // Monaco's own undo stack is wrong beside remote edits; every way to it leads to the undo manager of this person.
  const { CtrlCmd, Shift } = monaco.KeyMod;
  const { KeyZ, KeyY, KeyS, KeyE } = monaco.KeyCode;
  const actions = [
    editor.addAction({ id: 'ensemble.undo', label: 'Undo my last edit', keybindings: [CtrlCmd | KeyZ], run: () => { options.undo.undo(); } }),
    editor.addAction({ id: 'ensemble.redo', label: 'Redo my last edit', keybindings: [CtrlCmd | KeyY, CtrlCmd | Shift | KeyZ], run: () => { options.undo.redo(); } }),
    editor.addAction({ id: 'ensemble.publish', label: 'Publish', keybindings: [CtrlCmd | KeyS], run: () => { options.onPublish?.(); } }),
    editor.addAction({ id: 'ensemble.run', label: 'Run', keybindings: [CtrlCmd | KeyE], run: () => { options.onRun?.(); } }),
  ];
  const moved = editor.onDidChangeCursorPosition((event) => { options.onCursor?.(model.getOffsetAt(event.position)); });
  const themes = new MutationObserver(() => useLookTheme());
  themes.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] });
  const system = matchMedia('(prefers-color-scheme: dark)');
  system.addEventListener('change', useLookTheme);

  return {
    setDiagnostics(diagnostics) {
      const length = model.getValueLength();
      monaco.editor.setModelMarkers(model, 'ensemble', diagnostics.map((one) => {
        const from = model.getPositionAt(Math.min(one.from, length));
        const to = model.getPositionAt(Math.min(Math.max(one.to, one.from + 1), length));
        return {
          severity: severityOf(one.severity),
          message: `${one.message}${one.remedy === undefined ? '' : `\n${one.remedy}`}${one.author === undefined ? '' : `\nWritten by ${one.author.name}`}`,
          startLineNumber: from.lineNumber, startColumn: from.column, endLineNumber: to.lineNumber, endColumn: to.column, source: 'Ensemble',
        };
      }));
    },
    setReadOnly(readOnly) { editor.updateOptions({ readOnly }); },
    reveal(line, column) {
      editor.setPosition({ lineNumber: line, column });
      editor.revealPositionInCenterIfOutsideViewport({ lineNumber: line, column });
      editor.focus();
    },
    revealOffset(offset) {
      const position = model.getPositionAt(offset);
      editor.setPosition(position);
      editor.revealPositionInCenterIfOutsideViewport(position);
    },
    focus() { editor.focus(); },
    whereIs(clientId) {
      const selection: unknown = options.awareness.getStates().get(clientId)?.['selection'];
      const offset = typeof selection === 'object' && selection !== null && 'head' in selection ? binding.offsetOf(selection.head) : undefined;
      if (offset === undefined) return undefined;
      const { lineNumber, column } = model.getPositionAt(offset);
      return { line: lineNumber, column };
    },
    layout() { editor.layout(); },
    unmount() {
      themes.disconnect();
      system.removeEventListener('change', useLookTheme);
      moved.dispose();
      for (const action of actions) action.dispose();
      cursors.release();
      expressions.release();
      binding.release();
      options.undo.removeTrackedOrigin(binding.origin);
      editor.dispose();
      model.dispose();
    },
  };
}
