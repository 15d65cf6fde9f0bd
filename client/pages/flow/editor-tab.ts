/**
 * The editor tab: the live text in Monaco, the topology beside it, problems below. The text is bound only when the server's has
 * arrived; a refusal for good is explained and the text stays readable.
 */
import type { Diagnostic } from '../../../core/protocol/entities/flow.ts';
import { flows } from '../../../core/protocol/operations/index.ts';
import { Avatars } from '../../components/avatars/avatars.tsx';
import { draw } from '../../components/live/live.ts';
import { openFlowDocument, type FlowDocument } from '../../document/index.ts';
import type { FlowEditor } from '../../editor/index.ts';
import type { Topology } from '../../topology/index.ts';
import type { PageRun } from '../behaviour.ts';
import { readOnlyReason } from '../page.ts';
import { graphOfText } from './graph.ts';
import type { FlowData } from './load.ts';
import { ChangesDialog, PublishSheet } from './publish-sheet.tsx';
import { DraftBar, Problems, type DraftFacts } from './view.tsx';
import { rangeOfTask } from '../../../core/language/index.ts';

const graphRestMs = 150;

export interface EditorTabOptions {
  readonly execute: () => Promise<void>;
  readonly onFacts: (facts: DraftFacts) => void;
}

let editorReady: Promise<typeof import('../../editor/index.ts')> | undefined;

/** Monaco and its schema, once a page load. */
/** Links a style sheet before the house's own, so that the house's rules win; a second call waits for the same one. */
function loadStyles(address: string): Promise<void> {
  if (document.querySelector(`link[data-styles="${CSS.escape(address)}"]`) !== null) return Promise.resolve();
  return new Promise((resolve, reject) => {
    const link = document.createElement('link');
    link.rel = 'stylesheet';
    link.dataset.styles = address;
    link.addEventListener('load', () => resolve(), { once: true });
    link.addEventListener('error', () => { link.remove(); reject(new Error('The editor could not be loaded. Check the connection and reload the page.')); }, { once: true });
    link.href = address;
    document.head.prepend(link);
  });
}

async function loadEditor(run: PageRun<FlowData>): Promise<typeof import('../../editor/index.ts')> {
  editorReady ??= (async () => {
    const [editor] = await Promise.all([import('../../editor/index.ts'), loadStyles(run.app.asset('client/editor/index.css'))]);
    editor.useWorkers({ editor: run.app.asset('client/editor/editor.worker.ts'), yaml: run.app.asset('client/editor/yaml.worker.ts') });
    const answer = await fetch('/api/v1/plugins/schemas/flow');
    if (answer.ok) editor.useFlowSchema(await answer.json());
    return editor;
  })().catch((error: unknown) => { editorReady = undefined; throw error; });
  return editorReady;
}

export function mountEditorTab(run: PageRun<FlowData>, options: EditorTabOptions): void {
  const { root, data, app } = run;
  const host = root.querySelector<HTMLElement>('#editor');
  const graphHost = root.querySelector<HTMLElement>('#topology');
  if (host === null || graphHost === null) return;
  const address = { namespace: data.namespace, id: data.id };
  const reader = readOnlyReason(run.place());
  const flowDocument: FlowDocument = openFlowDocument({ tenant: run.place().tenant, ...address, birth: data.draft.birth });
  let editor: FlowEditor | undefined;
  let topology: Topology | undefined;
  let released = false;
  let diagnostics: readonly Diagnostic[] = data.draft.diagnostics;
  let facts: DraftFacts = { revision: data.draft.base, differs: data.draft.differs, hunkCount: data.draft.hunks.length };
  const releases: (() => void)[] = [];
  run.own(() => {
    released = true;
    for (const release of releases.reverse()) release();
    editor?.unmount();
    topology?.unmount();
    flowDocument.destroy();
  });

  // ------------------------------------------------------------------ what the server says

  const paintBar = (): void => {
    const bar = root.querySelector('#draft-bar');
    if (bar !== null) draw(bar, DraftBar({ data, draft: facts, diagnostics }));
    paintPeople();
    paintStatus();
  };
  const paintPeople = (): void => {
    const people = [...new Map(flowDocument.people().map((person) => [person.user.id, person.user])).values()];
    const place = root.querySelector('#editor-people');
    if (place !== null) draw(place, Avatars({ people }));
    topology?.update({ remote: flowDocument.people().filter((person) => !person.own).flatMap((person) => (typeof person.state['node'] === 'string' ? [{ nodeId: person.state['node'], name: person.user.name, color: person.user.color }] : [])) });
  };
  const paintStatus = (): void => {
    const status = root.querySelector('#editor-status');
    const words: Readonly<Record<string, string>> = { connecting: 'connecting…', connected: '', disconnected: 'offline: what you type is kept and sent when the server is back', closed: '' };
    if (status !== null) status.textContent = words[flowDocument.status()] ?? '';
    const notice = root.querySelector<HTMLElement>('#editor-notice');
    const closed = flowDocument.closed();
    if (notice === null) return;
    notice.hidden = closed === undefined;
    if (closed !== undefined) {
      notice.textContent = `${closed.words} Your text is still here to be copied.`;
      editor?.setReadOnly(true);
    }
  };
  releases.push(flowDocument.onStatus(paintStatus), flowDocument.onPeople(paintPeople), flowDocument.onAnnouncement((announcement) => {
    diagnostics = announcement.diagnostics;
    facts = { revision: announcement.revision, differs: announcement.differs, hunkCount: announcement.hunkCount };
    editor?.setDiagnostics(diagnostics);
    paintBar();
    options.onFacts(facts);
    const problems = root.querySelector('#problems');
    if (problems !== null) draw(problems, Problems({ diagnostics }));
  }));

  // ------------------------------------------------------------------ topology

  let cancelGraph: (() => void) | undefined;
  const text = (): string => (flowDocument.isSynced() || editor !== undefined ? flowDocument.text.toString() : data.draft.source);
  const paintGraph = async (): Promise<void> => {
    const graph = await graphOfText(text(), run.place().tenant);
    if (released || graph === undefined) return;
    if (topology === undefined) {
      const { mountTopology } = await import('../../topology/index.ts');
      if (released || topology !== undefined) return;
      topology = mountTopology(graphHost, {
        graph, label: `Topology of ${data.id}`,
        onSelect: (nodeId) => {
          flowDocument.show('node', nodeId ?? null);
          const taskId = nodeId === undefined ? undefined : nodeId.slice(nodeId.lastIndexOf('.') + 1);
          const range = taskId === undefined ? undefined : rangeOfTask(text(), taskId);
          if (range !== undefined) editor?.revealOffset(range.from);
        },
        onOpen: () => editor?.focus(),
      });
    } else {
      topology.update({ graph });
    }
  };
  const graphSoon = (): void => {
    cancelGraph?.();
    cancelGraph = app.timers.after(graphRestMs, () => { void paintGraph().catch((error: unknown) => app.toasts.failed(error, 'The topology could not be drawn')); });
  };
  flowDocument.text.observe(graphSoon);
  releases.push(() => { flowDocument.text.unobserve(graphSoon); cancelGraph?.(); });
  graphSoon();

  // ------------------------------------------------------------------ editor

  void Promise.all([loadEditor(run), flowDocument.synced]).then(([{ mountEditor }]) => {
    if (released) return;
    host.replaceChildren();
    editor = mountEditor(host, {
      ...address, text: flowDocument.text, awareness: flowDocument.awareness, undo: flowDocument.undo, readOnly: reader !== undefined,
      after: (delayMs, call) => app.timers.after(delayMs, call), onPublish: () => { void publish().catch((error: unknown) => app.toasts.failed(error)); }, onRun: () => { void options.execute().catch((error: unknown) => app.toasts.failed(error)); },
    });
    editor.setDiagnostics(diagnostics);
    root.dataset['editor'] = 'ready';
    paintStatus();
  }).catch((error: unknown) => app.toasts.failed(error, 'The editor could not be loaded; the text is shown as it was'));
  mountSplitter(run, () => editor?.layout());

  // ------------------------------------------------------------------ publishing

  /** Publishes; a sheet shows first when somebody else has unpublished changes, and errors lead to the first problem. */
  async function publish(): Promise<void> {
    if (reader !== undefined) throw new Error(reader);
    // The answer of `flows.draft` waits for what is being committed: nothing typed a moment ago is left out.
    const draft = await run.call(flows.flowsDraft, address);
    const errors = draft.diagnostics.filter((one) => one.severity === 'error');
    const firstError = errors[0];
    if (firstError !== undefined) {
      editor?.reveal(firstError.line, firstError.column);
      app.toasts.failed(new Error(`Line ${firstError.line}: ${firstError.message}${firstError.author === undefined ? '' : ` (written by ${firstError.author.name})`}`), 'Not published');
      return;
    }
    if (!draft.differs && draft.base > 0) { app.toasts.done(`Revision ${draft.base} is this text already`); return; }
    const ownId = run.place().viewer.id;
    const others = draft.hunks.some((hunk) => hunk.author.id !== ownId);
    if (!others) { published((await run.call(flows.flowsPublish, { ...address, expectedRevision: draft.base })).revision); return; }
    const dialog = app.dialogs.open(PublishSheet({ draft, ownId }));
    const form = dialog.element.querySelector('form');
    const place = dialog.element.querySelector<HTMLElement>('[data-error]');
    form?.addEventListener('click', (event) => { if (event.target instanceof Element && event.target.closest('[data-action="cancel"]') !== null) dialog.close(''); });
    form?.addEventListener('submit', (event) => {
      event.preventDefault();
      const without = [...form.querySelectorAll<HTMLInputElement>('input[name="hunk"]')].filter((box) => !box.checked).map((box) => box.value);
      const message = form.querySelector<HTMLInputElement>('[name="message"]')?.value.trim() ?? '';
      run.call(flows.flowsPublish, { ...address, without, expectedRevision: draft.base, ...(message === '' ? {} : { message }) }).then((flow) => { dialog.close('published'); published(flow.revision); }, (error: unknown) => {
        if (place === null) return;
        place.hidden = false;
        place.textContent = error instanceof Error ? error.message : String(error);
      });
    });
    await dialog.closed;
    editor?.focus();
  }
  const published = (revision: number): void => {
    app.toasts.done(`Published revision ${revision}`);
    facts = { ...facts, revision };
    options.onFacts(facts);
  };

  run.actions({
    publish,
    'run-draft': () => options.execute(),
    'to-problem': ({ value }) => { const [line = '1', column = '1'] = value.split(':'); editor?.reveal(Number(line), Number(column)); },
    async 'show-changes'() { app.dialogs.open(ChangesDialog({ draft: await run.call(flows.flowsDraft, address) })); },
  });
  run.listen(document.body, 'keydown', (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.defaultPrevented) return;
    if (event.key === 's') { event.preventDefault(); void publish().catch((error: unknown) => app.toasts.failed(error)); }
    if (event.key === 'e' && reader === undefined) { event.preventDefault(); void options.execute().catch((error: unknown) => app.toasts.failed(error)); }
  });
  paintPeople();
}

/** The line between source and topology: by pointer and by keys, 25 to 75 percent. */
function mountSplitter(run: PageRun<FlowData>, onMoved: () => void): void {
  const splitter = run.root.querySelector<HTMLElement>('#editor-splitter');
  const split = splitter?.parentElement;
  if (splitter === null || split === null || split === undefined) return;
  const set = (percent: number): void => {
    const share = Math.round(Math.min(75, Math.max(25, percent)));
    split.style.gridTemplateColumns = `minmax(0, ${share}fr) 1px minmax(0, ${100 - share}fr)`;
    splitter.setAttribute('aria-valuenow', String(share));
    onMoved();
  };
  run.listen(splitter, 'keydown', (event) => {
    const now = Number(splitter.getAttribute('aria-valuenow') ?? 50);
    const step = event.key === 'ArrowLeft' ? -2 : event.key === 'ArrowRight' ? 2 : 0;
    if (step !== 0) { event.preventDefault(); set(now + step); }
  });
  run.listen(splitter, 'pointerdown', (event) => {
    splitter.setPointerCapture(event.pointerId);
    const move = (moved: PointerEvent): void => { const box = split.getBoundingClientRect(); set(((moved.clientX - box.left) / box.width) * 100); };
    splitter.addEventListener('pointermove', move);
    splitter.addEventListener('pointerup', () => splitter.removeEventListener('pointermove', move), { once: true });
  });
}
