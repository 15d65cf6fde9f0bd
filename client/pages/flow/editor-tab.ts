/**
 * The editor tab: the live text in Monaco, the topology beside it, problems below. The text is bound only when the server's has
 * arrived; a refusal for good is explained and the text stays readable.
 */
import type { Diagnostic } from '../../../core/protocol/entities/flow.ts';
import { parseFlow, rangeOfTask } from '../../../core/language/index.ts';
import { localStore } from '../../ambient/index.ts';
import { draw } from '../../components/live/live.ts';
import { openFlowDocument, type FlowDocument } from '../../document/index.ts';
import type { FlowEditor } from '../../editor/index.ts';
import type { Topology } from '../../topology/index.ts';
import type { PageRun } from '../behaviour.ts';
import { readOnlyReason } from '../page.ts';
import { ClosedNotice, DraftBar, editorPanes, EditorPeople, Problems, type DraftFacts, type PersonHere } from './editor-view.tsx';
import { catalogOf, graphOfText } from './graph.ts';
import type { FlowData } from './load.ts';
import { createPublishing } from './publish.ts';
import { problemWords } from './problem-words.ts';
import { remoteNodes } from './remote-nodes.ts';

const graphRestMs = 150;
const panesKey = 'ensemble-editor-panes';
const shareKey = 'ensemble-editor-share';

export interface EditorTabOptions {
  /** Opens the execute dialog for the draft, which asks for these inputs. */
  readonly execute: (inputs: readonly Readonly<Record<string, unknown>>[]) => Promise<void>;
  readonly onFacts: (facts: DraftFacts) => void;
}

let editorReady: Promise<typeof import('../../editor/index.ts')> | undefined;

/** Links a style sheet before the house's own, so that the house's rules win; a second call waits for the same one. */
function loadStyles(address: string): Promise<void> {
  if (document.querySelector(`link[data-styles="${CSS.escape(address)}"]`) !== null) return Promise.resolve();
  return new Promise((resolve, reject) => {
    const link = document.createElement('link');
    link.rel = 'stylesheet';
    link.dataset['styles'] = address;
    link.addEventListener('load', () => resolve(), { once: true });
    link.addEventListener('error', () => { link.remove(); reject(new Error('The editor could not be loaded. Check the connection and reload the page.')); }, { once: true });
    link.href = address;
    document.head.prepend(link);
  });
}

/** Monaco and its schema, once a page load. */
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
  const report = (work: Promise<unknown>, doing?: string): void => { work.catch((error: unknown) => app.toasts.failed(error, doing)); };

  // ------------------------------------------------------------------ what the server says

  const people = (): readonly PersonHere[] => {
    const faces = new Map<string, PersonHere>();
    for (const person of flowDocument.people()) if (!faces.has(person.user.id) || person.own) faces.set(person.user.id, { ...person.user, clientId: person.clientId, own: person.own });
    return [...faces.values()];
  };
  const paintBar = (): void => {
    const bar = root.querySelector('#draft-bar');
    if (bar !== null) draw(bar, DraftBar({ data, draft: facts, diagnostics, people: people() }));
    paintStatus();
  };
  const paintPeople = (): void => {
    const place = root.querySelector('#editor-people');
    if (place !== null) draw(place, EditorPeople({ people: people() }));
    topology?.update({ remote: remoteNodes(flowDocument.people()) });
  };
  const paintStatus = (): void => {
    const status = root.querySelector<HTMLElement>('#editor-status');
    if (status !== null) {
      status.textContent = statusWords[flowDocument.status()];
      status.dataset['status'] = flowDocument.status();
    }
    const notice = root.querySelector<HTMLElement>('#editor-notice');
    const closed = flowDocument.closed();
    if (notice === null || !notice.hidden || closed === undefined) return;
    notice.hidden = false;
    draw(notice, ClosedNotice({ code: closed.code, words: closed.words, place: run.place() }));
    editor?.setReadOnly(true);
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

  // What was typed while nobody could hear it lives in this tab only: closing it is asked about.
  let unheard = false;
  const heard = (): void => { if (flowDocument.status() === 'connected') unheard = false; };
  releases.push(flowDocument.onStatus(heard));
  const changed = (_event: unknown, transaction: { readonly local: boolean }): void => { if (transaction.local && flowDocument.status() !== 'connected') unheard = true; };
  flowDocument.text.observe(changed);
  releases.push(() => flowDocument.text.unobserve(changed));
  const warn = (event: BeforeUnloadEvent): void => { if (unheard) event.preventDefault(); };
  addEventListener('beforeunload', warn);
  releases.push(() => removeEventListener('beforeunload', warn));

  // ------------------------------------------------------------------ topology

  let cancelGraph: (() => void) | undefined;
  const text = (): string => (flowDocument.isSynced() || editor !== undefined ? flowDocument.text.toString() : data.draft.source);
  const paintGraph = async (): Promise<void> => {
    const graph = await graphOfText(text(), run.place().tenant);
    // Half a word may read as no flow at all: the last picture stays until there is another.
    if (released || graph === undefined || (graph.nodes.length === 0 && topology !== undefined)) return;
    if (topology !== undefined) { topology.update({ graph }); return; }
    const { mountTopology } = await import('../../topology/index.ts');
    if (released || topology !== undefined) return;
    topology = mountTopology(graphHost, {
      graph, label: `Topology of ${data.id}`, remote: remoteNodes(flowDocument.people()),
      onSelect: (nodeId) => {
        flowDocument.show('node', nodeId ?? null);
        const taskId = nodeId === undefined ? undefined : nodeId.slice(nodeId.lastIndexOf('.') + 1);
        const range = taskId === undefined ? undefined : rangeOfTask(text(), taskId);
        if (range !== undefined) editor?.revealOffset(range.from);
      },
      onOpen: () => editor?.focus(),
    });
  };
  const graphSoon = (): void => {
    cancelGraph?.();
    cancelGraph = app.timers.after(graphRestMs, () => report(paintGraph(), 'The topology could not be drawn'));
  };
  flowDocument.text.observe(graphSoon);
  releases.push(() => { flowDocument.text.unobserve(graphSoon); cancelGraph?.(); });
  graphSoon();

  // ------------------------------------------------------------------ editor

  const publishing = createPublishing({
    run, catalog: () => catalogOf(run.place().tenant),
    reveal: (line, column) => editor?.reveal(line, column),
    published: (revision) => {
      app.toasts.done(`Published revision ${revision}`);
      facts = { ...facts, revision };
      options.onFacts(facts);
      editor?.focus();
    },
    onChange: (listener) => {
      flowDocument.text.observe(listener);
      return () => flowDocument.text.unobserve(listener);
    },
  });

  /** The dialog asks for the inputs of the text on the screen; a text that can not run leads to its first problem. */
  async function runDraft(): Promise<void> {
    if (reader !== undefined) throw new Error(reader);
    const parsed = parseFlow(text(), { catalog: await catalogOf(run.place().tenant), level: '1.x' });
    const first = parsed.diagnostics.find((one) => one.severity === 'error');
    if (parsed.flow === undefined) {
      if (first !== undefined) editor?.reveal(first.line, first.column);
      throw new Error(first === undefined ? 'Not run: this text is no flow' : `Not run: ${problemWords(first)}`);
    }
    const inputs: unknown = parsed.flow.data['inputs'];
    await options.execute(Array.isArray(inputs) ? inputs : []);
  }

  report(Promise.all([loadEditor(run), flowDocument.synced]).then(([{ mountEditor }]) => {
    if (released) return;
    host.replaceChildren();
    editor = mountEditor(host, {
      ...address, text: flowDocument.text, awareness: flowDocument.awareness, undo: flowDocument.undo, readOnly: reader !== undefined || flowDocument.closed() !== undefined,
      after: (delayMs, call) => app.timers.after(delayMs, call), onPublish: () => report(publishing.publish()), onRun: () => report(runDraft()),
    });
    editor.setDiagnostics(diagnostics);
    root.dataset['editor'] = 'ready';
    const line = Number(new URLSearchParams(run.place().search).get('line'));
    if (line > 0) editor.reveal(line, 1);
    paintStatus();
  }), 'The editor could not be loaded; the text is shown as it was');
  run.own(() => { delete root.dataset['editor']; });
  mountPanes(run, () => { editor?.layout(); topology?.fit(); });

  run.actions({
    publish: () => publishing.publish(),
    'run-draft': () => runDraft(),
    'to-problem': ({ value }) => { const [line = '1', column = '1'] = value.split(':'); editor?.reveal(Number(line), Number(column)); },
    'to-person': ({ value }) => {
      const place = editor?.whereIs(Number(value));
      if (place === undefined) app.toasts.done('No caret of theirs is in this text');
      else editor?.reveal(place.line, place.column);
    },
    'show-changes': () => publishing.showChanges(),
    'discard-draft': () => publishing.discard(),
    async 'copy-text'() { await navigator.clipboard.writeText(text()); app.toasts.done('Copied the text'); },
    'reload-page': () => location.reload(),
  });
  run.listen(document.body, 'keydown', (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.defaultPrevented) return;
    const inDialog = document.querySelector('dialog[open]') !== null;
    if (event.key === 's') { event.preventDefault(); if (!inDialog) report(publishing.publish()); }
    if (event.key === 'e' && !inDialog) { event.preventDefault(); report(runDraft()); }
  });
  paintPeople();
}

const statusWords: Readonly<Record<ReturnType<FlowDocument['status']>, string>> = {
  connecting: 'connecting…', connected: '', disconnected: 'offline: what you type is kept and sent when the server is back', closed: '',
};

/** Source, topology or both, and the line between them: by pointer and by keys, 25 to 75 percent. Both are remembered. */
function mountPanes(run: PageRun<FlowData>, onMoved: () => void): void {
  const splitter = run.root.querySelector<HTMLElement>('#editor-splitter');
  const split = run.root.querySelector<HTMLElement>('#editor-split');
  const choices = run.root.querySelector('#editor-panes');
  if (splitter === null || split === null) return;
  const choose = (value: string): void => {
    const panes = editorPanes.find((one) => one === value) ?? 'both';
    split.dataset['panes'] = panes;
    for (const choice of choices?.querySelectorAll('[role="radio"]') ?? []) choice.setAttribute('aria-checked', String(choice.getAttribute('data-value') === panes));
    onMoved();
  };
  run.actions({ panes: ({ value }) => { choose(value); localStore.write(panesKey, value); } });
  choose(localStore.read(panesKey) ?? 'both');

  const set = (percent: number): void => {
    const share = Math.round(Math.min(75, Math.max(25, percent)));
    split.style.setProperty('--source', `${share}fr`);
    split.style.setProperty('--beside', `${100 - share}fr`);
    splitter.setAttribute('aria-valuenow', String(share));
    localStore.write(shareKey, String(share));
    onMoved();
  };
  const remembered = Number(localStore.read(shareKey));
  if (remembered > 0) set(remembered);
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
