/** Expressions and type names in their own colours: the YAML grammar sees plain text in both. Only what is on the screen is looked at. */
import { monaco } from './monaco.ts';

const patterns: readonly (readonly [pattern: RegExp, className: string])[] = [
  [/\{\{.*?\}\}|\{%.*?%\}/g, 'code-expression'],
  [/(?<=^\s*(?:-\s+)?type:\s+)["']?[\w.]+\.[\w.]+["']?/g, 'code-type'],
];
/** A line longer than this is data, not something that is read. */
const lineCharsMax = 2000;

export function markExpressions(editor: monaco.editor.IStandaloneCodeEditor): { release(): void } {
  const marks = editor.createDecorationsCollection();
  let frame: number | undefined;
  const draw = (): void => {
    frame = undefined;
    const model = editor.getModel();
    if (model === null) return;
    const found: monaco.editor.IModelDeltaDecoration[] = [];
    for (const range of editor.getVisibleRanges()) {
      for (let line = range.startLineNumber; line <= range.endLineNumber; line += 1) {
        const text = model.getLineContent(line);
        if (text.length > lineCharsMax) continue;
        for (const [pattern, inlineClassName] of patterns) {
          for (const match of text.matchAll(pattern)) found.push({ range: new monaco.Range(line, match.index + 1, line, match.index + match[0].length + 1), options: { inlineClassName } });
        }
      }
    }
    marks.set(found);
  };
  const soon = (): void => { frame ??= requestAnimationFrame(draw); };
  const listeners = [editor.onDidChangeModelContent(soon), editor.onDidScrollChange(soon), editor.onDidLayoutChange(soon)];
  soon();
  return {
    release() {
      for (const listener of listeners) listener.dispose();
      if (frame !== undefined) cancelAnimationFrame(frame);
      marks.clear();
    },
  };
}
