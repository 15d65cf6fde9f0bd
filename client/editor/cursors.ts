/**
 * Where the others are in the text: selections as decorations in their hue, carets as content widgets whose name is text, never HTML.
 * Redrawn at most once a frame, however many awareness changes arrive.
 */
import type { Awareness } from 'y-protocols/awareness';
import type { TextBinding } from './binding.ts';
import { monaco } from './monaco.ts';

type Editor = monaco.editor.IStandaloneCodeEditor;

/** The caret's flag stands 3 s after its last move, then shows on hover. */
const flagMs = 3000;
/** Nearest first; the rest are marks without a flag. */
const flagsMax = 5;

interface Caret {
  readonly name: string;
  readonly color: number;
  readonly bot: boolean;
  readonly anchor: number;
  readonly head: number;
}

export interface RemoteCursors {
  release(): void;
}

function caretsOf(awareness: Awareness, binding: TextBinding): Map<number, Caret> {
  const carets = new Map<number, Caret>();
  for (const [clientId, state] of awareness.getStates()) {
    if (clientId === awareness.clientID) continue;
    const user: unknown = state['user'];
    const selection: unknown = state['selection'];
    if (typeof user !== 'object' || user === null || typeof selection !== 'object' || selection === null) continue;
    if (!('anchor' in selection) || !('head' in selection)) continue;
    const anchor = binding.offsetOf(selection.anchor);
    const head = binding.offsetOf(selection.head);
    if (anchor === undefined || head === undefined) continue;
    carets.set(clientId, {
      name: 'name' in user && typeof user.name === 'string' ? user.name : 'Somebody',
      color: 'color' in user && typeof user.color === 'number' ? user.color : 1,
      bot: 'kind' in user && user.kind === 'bot',
      anchor, head,
    });
  }
  return carets;
}

export function showCursors(editor: Editor, awareness: Awareness, binding: TextBinding, after: (delayMs: number, call: () => void) => () => void): RemoteCursors {
  const decorations = editor.createDecorationsCollection();
  const widgets = new Map<number, { readonly widget: monaco.editor.IContentWidget; readonly node: HTMLElement; position: monaco.IPosition; head: number; hide: () => void }>();
  let frame: number | undefined;

  function draw(): void {
    frame = undefined;
    const model = editor.getModel();
    if (model === null) return;
    const carets = caretsOf(awareness, binding);
    decorations.set([...carets.values()].filter((caret) => caret.anchor !== caret.head).map((caret) => {
      const from = model.getPositionAt(Math.min(caret.anchor, caret.head));
      const to = model.getPositionAt(Math.max(caret.anchor, caret.head));
      return { range: new monaco.Range(from.lineNumber, from.column, to.lineNumber, to.column), options: { className: `remote-selection who-${caret.color}` } };
    }));
    const own = editor.getPosition()?.lineNumber ?? 1;
    const near = new Set([...carets].sort(([, a], [, b]) => Math.abs(model.getPositionAt(a.head).lineNumber - own) - Math.abs(model.getPositionAt(b.head).lineNumber - own)).slice(0, flagsMax).map(([id]) => id));
    for (const [id, entry] of widgets) if (!carets.has(id)) { entry.hide(); editor.removeContentWidget(entry.widget); widgets.delete(id); }
    for (const [id, caret] of carets) {
      const position = model.getPositionAt(caret.head);
      const present = widgets.get(id);
      if (present !== undefined) {
        if (present.head !== caret.head) {
          present.head = caret.head;
          present.position = position;
          showFlag(id);
        }
        present.position = position;
        present.node.dataset['who'] = String(caret.color);
        const flag = present.node.firstElementChild;
        if (flag !== null && flag.textContent !== caret.name) flag.textContent = caret.name;
        // Never over the own caret's line.
        present.node.toggleAttribute('data-quiet', !near.has(id) || position.lineNumber === own + 1);
        present.node.toggleAttribute('data-below', isTopLine(position));
        editor.layoutContentWidget(present.widget);
        continue;
      }
      const node = document.createElement('span');
      node.className = 'caret';
      node.dataset['who'] = String(caret.color);
      node.dataset['caret'] = String(id);
      if (caret.bot) node.dataset['bot'] = '';
      node.toggleAttribute('data-below', isTopLine(position));
      const flag = document.createElement('span');
      flag.className = 'name-flag';
      flag.textContent = caret.name;
      node.append(flag);
      const entry = {
        node, position, head: caret.head, hide: () => undefined as void,
        widget: {
          getId: () => `caret-${id}`,
          getDomNode: () => node,
          getPosition: () => ({ position: entry.position, preference: [monaco.editor.ContentWidgetPositionPreference.EXACT] }),
        },
      };
      widgets.set(id, entry);
      editor.addContentWidget(entry.widget);
      showFlag(id);
    }
  }

  /** Above it there is no room for a name. */
  const isTopLine = (position: monaco.IPosition): boolean => position.lineNumber === (editor.getVisibleRanges()[0]?.startLineNumber ?? 1);

  function showFlag(id: number): void {
    const entry = widgets.get(id);
    if (entry === undefined) return;
    entry.hide();
    entry.node.toggleAttribute('data-moved', true);
    entry.hide = after(flagMs, () => entry.node.toggleAttribute('data-moved', false));
  }

  const schedule = (): void => { frame ??= requestAnimationFrame(draw); };
  awareness.on('change', schedule);
  const changed = editor.onDidChangeModelContent(schedule);

  const say = (): void => {
    const model = editor.getModel();
    const selection = editor.getSelection();
    if (model === null || selection === null) return;
    const backwards = selection.getDirection() === monaco.SelectionDirection.RTL;
    const start = model.getOffsetAt(selection.getStartPosition());
    const end = model.getOffsetAt(selection.getEndPosition());
    awareness.setLocalStateField('selection', { anchor: binding.relative(backwards ? end : start), head: binding.relative(backwards ? start : end) });
  };
  const moved = editor.onDidChangeCursorSelection(say);
  schedule();

  return {
    release() {
      awareness.off('change', schedule);
      for (const disposable of [changed, moved]) disposable.dispose();
      if (frame !== undefined) cancelAnimationFrame(frame);
      for (const { widget, hide } of widgets.values()) { hide(); editor.removeContentWidget(widget); }
      decorations.clear();
      awareness.setLocalStateField('selection', null);
    },
  };
}
