/**
 * Binds a Y.Text to a Monaco model, both with LF: Y.Text counts `\r\n` as two, a model with LF as one, and one wrong offset damages
 * the text for everybody. Local edits are transactions with this binding as origin (so the undo manager knows them); remote ones are
 * applied past Monaco's undo stack, and the own selection stays on its characters.
 */
import * as Y from 'yjs';
import { monaco } from './monaco.ts';

type Editor = monaco.editor.IStandaloneCodeEditor;

export interface TextBinding {
  /** The origin of local transactions. */
  readonly origin: object;
  /** Offset of a Yjs relative position in the text, or undefined when its item is gone. */
  offsetOf(position: unknown): number | undefined;
  relative(offset: number): unknown;
  release(): void;
}

interface KeptSelection { readonly start: Y.RelativePosition; readonly end: Y.RelativePosition; readonly direction: monaco.SelectionDirection }

export function bindText(text: Y.Text, editor: Editor): TextBinding {
  const found = editor.getModel();
  if (found === null) throw new Error('An editor is bound when it has a model');
  const model = found;
  const doc = text.doc;
  if (doc === null) throw new Error('A text is bound when it is in a document');
  const origin = { binding: 'editor' };
  let applying = false;

  model.setEOL(monaco.editor.EndOfLineSequence.LF);
  if (model.getValue() !== text.toString()) model.setValue(text.toString());

  let kept: readonly KeptSelection[] = [];
  const keep = (): void => {
    kept = (editor.getSelections() ?? []).map((selection) => ({
      start: Y.createRelativePositionFromTypeIndex(text, model.getOffsetAt(selection.getStartPosition())),
      end: Y.createRelativePositionFromTypeIndex(text, model.getOffsetAt(selection.getEndPosition())),
      direction: selection.getDirection(),
    }));
  };
  const absolute = (position: Y.RelativePosition): number | undefined => {
    const place = Y.createAbsolutePositionFromRelativePosition(position, doc);
    return place !== null && place.type === text ? place.index : undefined;
  };
  const restore = (): void => {
    const selections = kept.flatMap(({ start, end, direction }) => {
      const from = absolute(start);
      const to = absolute(end);
      if (from === undefined || to === undefined) return [];
      const a = model.getPositionAt(from);
      const b = model.getPositionAt(to);
      return [monaco.Selection.createWithDirection(a.lineNumber, a.column, b.lineNumber, b.column, direction)];
    });
    if (selections.length > 0) editor.setSelections(selections);
  };

  const observer = (event: Y.YTextEvent, transaction: Y.Transaction): void => {
    if (transaction.origin === origin) return;
    const edits: monaco.editor.IIdentifiedSingleEditOperation[] = [];
    // Offsets of the text before this event: all edits of one applyEdits speak of the same old text.
    let offset = 0;
    for (const part of event.delta) {
      if (part.retain !== undefined) {
        offset += part.retain;
      } else if (typeof part.insert === 'string') {
        const at = model.getPositionAt(offset);
        edits.push({ range: new monaco.Range(at.lineNumber, at.column, at.lineNumber, at.column), text: part.insert, forceMoveMarkers: false });
      } else if (part.delete !== undefined) {
        const from = model.getPositionAt(offset);
        const to = model.getPositionAt(offset + part.delete);
        edits.push({ range: new monaco.Range(from.lineNumber, from.column, to.lineNumber, to.column), text: '' });
        offset += part.delete;
      }
    }
    applying = true;
    try {
      model.applyEdits(edits);
    } finally {
      applying = false;
    }
    restore();
  };
  // Not `beforeTransaction`: reading `event.delta` is itself a transaction, and would keep offsets of the old model in the new text.
  doc.on('beforeAllTransactions', keep);
  text.observe(observer);

  const changed = model.onDidChangeContent((event) => {
    if (applying) return;
    doc.transact(() => {
      for (const change of [...event.changes].sort((a, b) => b.rangeOffset - a.rangeOffset)) {
        if (change.rangeLength > 0) text.delete(change.rangeOffset, change.rangeLength);
        if (change.text.length > 0) text.insert(change.rangeOffset, change.text.replace(/\r\n?/g, '\n'));
      }
    }, origin);
  });

  return {
    origin,
    offsetOf(position) {
      if (typeof position !== 'object' || position === null) return undefined;
      try {
        return absolute(Y.createRelativePositionFromJSON(position));
      } catch {
        // Somebody else's awareness is untrusted: a position that is none is no position.
        return undefined;
      }
    },
    relative: (offset) => Y.relativePositionToJSON(Y.createRelativePositionFromTypeIndex(text, offset)),
    release() {
      changed.dispose();
      text.unobserve(observer);
      doc.off('beforeAllTransactions', keep);
    },
  };
}
