/**
 * The graph in the browser: pan with drag, arrows of the wheel and two fingers, zoom with + and -, 0 fits, arrow keys walk along
 * edges, Enter opens. A new graph keeps the place that the person looks at.
 */
import { Idiomorph } from 'idiomorph';
import type { FlowGraphModel } from '../../core/language/model.ts';
import { renderView } from '../components/view.ts';
import { iconSprite } from '../theme/icons.ts';
import { layoutGraph, type LaidGraph, type Orientation } from './layout.ts';
import { download, pictureOf, pngOf } from './picture.ts';
import { TopologyView, type NodeState, type RemoteMark } from './view.tsx';

export interface TopologyOptions {
  readonly graph: FlowGraphModel;
  readonly label: string;
  readonly states?: ReadonlyMap<string, NodeState>;
  readonly selected?: string | undefined;
  readonly remote?: readonly RemoteMark[];
  /** A node was chosen, or nothing (a click on the ground, Escape). */
  readonly onSelect?: (nodeId: string | undefined) => void;
  /** Enter or a double click. */
  readonly onOpen?: (nodeId: string) => void;
  /** A right click, or the menu key, on a node. */
  readonly onMenu?: (nodeId: string, at: { readonly x: number; readonly y: number }) => void;
  /** The sign on a task that has started a flow, or E. */
  readonly onExpand?: (nodeId: string) => void;
  readonly orientation?: Orientation;
  /** The person turned it. */
  readonly onOrientation?: (orientation: Orientation) => void;
  /** The run has ended: what has no state was not taken. */
  readonly ended?: boolean;
  /** Saves pictures under this name; without it there is no such button. */
  readonly pictureName?: string;
  readonly onProblem?: (error: unknown) => void;
}

export interface Topology {
  update(change: Partial<TopologyOptions>): void;
  fit(): void;
  unmount(): void;
}

interface Frame { x: number; y: number; width: number; height: number }

const zoomStep = 1.25;
/** One user unit a pixel at most twice enlarged, and never so small that ids can not be read as shapes. */
const scaleMax = 2;
const scaleMin = 0.15;
/** Smaller than this ids can not be read: a long graph is entered at its beginning. */
const scaleReadable = 0.55;

const tools: readonly (readonly [string, string, string])[] = [['in', 'plus', 'Zoom in ( + )'], ['out', 'minus', 'Zoom out ( - )'], ['fit', 'fit', 'Fit the whole graph ( 0 )'], ['turn', 'orient', 'Turn: from the top or from the left']];
const pictureTools: typeof tools = [['svg', 'download', 'Save as a drawing (SVG)'], ['png', 'file', 'Save as a picture (PNG)']];

export function mountTopology(element: HTMLElement, given: TopologyOptions): Topology {
  let options = given;
  let orientation: Orientation = options.orientation ?? 'down';
  let laid: LaidGraph = layoutGraph(options.graph, orientation);
  let frame: Frame | undefined;
  const aborts = new AbortController();
  const on = { signal: aborts.signal } as const;

  element.classList.add('graph');
  const bar = document.createElement('div');
  bar.className = 'graph-tools';
  bar.setAttribute('role', 'toolbar');
  bar.setAttribute('aria-label', 'View');
  for (const [action, icon, title] of given.pictureName === undefined ? tools : [...tools, ...pictureTools]) {
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'button';
    button.dataset['kind'] = 'quiet';
    button.dataset['only'] = 'icon';
    button.dataset['tool'] = action;
    button.setAttribute('aria-label', title);
    button.title = title;
    const drawing = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
    drawing.setAttribute('class', 'icon');
    drawing.setAttribute('aria-hidden', 'true');
    const use = document.createElementNS('http://www.w3.org/2000/svg', 'use');
    use.setAttribute('href', `${iconSprite}#${icon}`);
    drawing.append(use);
    button.append(drawing);
    bar.append(button);
  }

  const canvas = (): SVGSVGElement | null => element.querySelector('svg.graph-canvas');
  const applyFrame = (): void => {
    if (frame !== undefined) canvas()?.setAttribute('viewBox', `${frame.x} ${frame.y} ${frame.width} ${frame.height}`);
  };

  function draw(): void {
    const text = renderView(TopologyView({ laid, label: options.label, ...(options.states === undefined ? {} : { states: options.states }), selected: options.selected, remote: options.remote ?? [], ended: options.ended ?? false }));
    const present = canvas();
    if (present === null) {
      const template = document.createElement('template');
      template.innerHTML = text;
      element.prepend(template.content);
    } else {
      const focused = document.activeElement instanceof Element && present.contains(document.activeElement) ? document.activeElement.id : undefined;
      Idiomorph.morph(present, text, { morphStyle: 'outerHTML' });
      if (focused !== undefined) document.getElementById(focused)?.focus({ preventScroll: true });
    }
    applyFrame();
  }

  /** The frame that `fit` chose last: while it is the one shown, the graph stays fitted when the room changes. */
  let fitted: typeof frame;
  function fit(scaleLeast = 0): void {
    const box = element.getBoundingClientRect();
    if (box.width === 0 || box.height === 0) return;
    const scale = Math.max(scaleLeast, Math.min(1, box.width / laid.width, box.height / laid.height));
    const width = box.width / scale;
    const height = box.height / scale;
    // What does not fit is seen from its beginning.
    frame = { x: width < laid.width && orientation === 'right' ? 0 : (laid.width - width) / 2, y: orientation === 'right' || scale === 1 ? Math.min(0, (laid.height - height) / 2) : 0, width, height };
    fitted = frame;
    applyFrame();
  }

  /** Zooms around a point of the element (its middle when left out). */
  function zoom(factor: number, at?: { readonly x: number; readonly y: number }): void {
    const box = element.getBoundingClientRect();
    if (frame === undefined || box.width === 0) return;
    const scale = box.width / frame.width;
    const next = Math.min(scaleMax, Math.max(scaleMin, scale * factor));
    const x = at === undefined ? 0.5 : (at.x - box.left) / box.width;
    const y = at === undefined ? 0.5 : (at.y - box.top) / box.height;
    const width = box.width / next;
    const height = box.height / next;
    frame = { x: frame.x + (frame.width - width) * x, y: frame.y + (frame.height - height) * y, width, height };
    applyFrame();
  }

  function pan(dx: number, dy: number): void {
    const box = element.getBoundingClientRect();
    if (frame === undefined || box.width === 0) return;
    frame = { ...frame, x: frame.x + (dx * frame.width) / box.width, y: frame.y + (dy * frame.height) / box.height };
    applyFrame();
  }

  const nodeAt = (target: EventTarget | null): string | undefined => {
    const node = target instanceof Element ? target.closest('.node') : null;
    return node === null || !element.contains(node) ? undefined : node.getAttribute('data-node') ?? undefined;
  };

  function select(nodeId: string | undefined, focus: boolean): void {
    options = { ...options, selected: nodeId };
    draw();
    if (focus && nodeId !== undefined) {
      const node = element.querySelector(`.node[data-node="${CSS.escape(nodeId)}"]`);
      if (node instanceof SVGElement) node.focus({ preventScroll: true });
      reveal(nodeId);
    }
    options.onSelect?.(nodeId);
  }

  function reveal(nodeId: string): void {
    const one = laid.nodes.find((candidate) => candidate.node.id === nodeId);
    if (one === undefined || frame === undefined) return;
    const pad = 24;
    const x = Math.min(one.x - pad, Math.max(frame.x, one.x + one.width + pad - frame.width));
    const y = Math.min(one.y - pad, Math.max(frame.y, one.y + one.height + pad - frame.height));
    frame = { ...frame, x, y };
    applyFrame();
  }

  /** The visible neighbour along an edge, over the invisible points of clusters. */
  function neighbour(nodeId: string, direction: 'next' | 'previous'): string | undefined {
    const seen = new Set<string>();
    let front = [nodeId];
    while (front.length > 0) {
      const found = front.flatMap((id) => laid.edges.filter((edge) => (direction === 'next' ? edge.from : edge.to) === id).map((edge) => (direction === 'next' ? edge.to : edge.from))).filter((id) => !seen.has(id));
      const visible = found.find((id) => laid.order.includes(id));
      if (visible !== undefined) return visible;
      for (const id of found) seen.add(id);
      front = found;
    }
    return undefined;
  }

  function sibling(nodeId: string, step: 1 | -1): string | undefined {
    const index = laid.order.indexOf(nodeId);
    return laid.order[index + step];
  }

  let drag: { readonly id: number; x: number; y: number; moved: number } | undefined;
  element.addEventListener('pointerdown', (event) => {
    if (event.button !== 0 || (event.target instanceof Element && event.target.closest('.graph-tools') !== null)) return;
    drag = { id: event.pointerId, x: event.clientX, y: event.clientY, moved: 0 };
  }, on);
  element.addEventListener('pointermove', (event) => {
    if (drag === undefined || drag.id !== event.pointerId) return;
    const dx = event.clientX - drag.x;
    const dy = event.clientY - drag.y;
    drag.moved += Math.abs(dx) + Math.abs(dy);
    drag.x = event.clientX;
    drag.y = event.clientY;
    if (drag.moved > 4) {
      if (!element.hasPointerCapture(event.pointerId)) element.setPointerCapture(event.pointerId);
      pan(-dx, -dy);
    }
  }, on);
  element.addEventListener('pointerup', (event) => {
    const ended = drag;
    drag = undefined;
    if (ended === undefined || ended.moved > 4) return;
    if (event.target instanceof Element && event.target.closest('.graph-tools') !== null) return;
    const expand = event.target instanceof Element ? event.target.closest('[data-expand]')?.getAttribute('data-expand') : undefined;
    if (expand !== undefined && expand !== null) { options.onExpand?.(expand); return; }
    select(nodeAt(event.target), true);
  }, on);
  element.addEventListener('contextmenu', (event) => {
    const nodeId = nodeAt(event.target);
    if (nodeId === undefined || options.onMenu === undefined) return;
    event.preventDefault();
    select(nodeId, true);
    const box = element.querySelector(`.node[data-node="${CSS.escape(nodeId)}"]`)?.getBoundingClientRect();
    // The menu key has no place of its own.
    options.onMenu(nodeId, event.clientX === 0 && event.clientY === 0 && box !== undefined ? { x: box.right, y: box.top } : { x: event.clientX, y: event.clientY });
  }, on);

  function turn(): void {
    orientation = orientation === 'down' ? 'right' : 'down';
    laid = layoutGraph(options.graph, orientation);
    draw();
    fit(scaleReadable);
    options.onOrientation?.(orientation);
  }
  async function save(kind: 'svg' | 'png'): Promise<void> {
    const drawn = canvas();
    if (drawn === null) return;
    const svg = await pictureOf(drawn, laid);
    download(kind === 'svg' ? new Blob([svg], { type: 'image/svg+xml' }) : await pngOf(svg, laid), `${options.pictureName ?? 'graph'}.${kind}`);
  }
  element.addEventListener('pointercancel', () => { drag = undefined; }, on);
  element.addEventListener('dblclick', (event) => {
    const nodeId = nodeAt(event.target);
    if (nodeId !== undefined) options.onOpen?.(nodeId);
  }, on);
  element.addEventListener('wheel', (event) => {
    event.preventDefault();
    if (event.ctrlKey || event.metaKey) zoom(event.deltaY < 0 ? 1.08 : 1 / 1.08, { x: event.clientX, y: event.clientY });
    else pan(event.deltaX, event.deltaY);
  }, { ...on, passive: false });
  bar.addEventListener('click', (event) => {
    const tool = event.target instanceof Element ? event.target.closest('[data-tool]')?.getAttribute('data-tool') : undefined;
    if (tool === 'in') zoom(zoomStep);
    else if (tool === 'out') zoom(1 / zoomStep);
    else if (tool === 'fit') fit();
    else if (tool === 'turn') turn();
    else if (tool === 'svg' || tool === 'png') save(tool).catch((error: unknown) => options.onProblem?.(error));
  }, on);
  element.addEventListener('keydown', (event) => {
    const nodeId = nodeAt(event.target) ?? options.selected;
    const go = (target: string | undefined): void => {
      event.preventDefault();
      if (target !== undefined) select(target, true);
    };
    switch (event.key) {
      case 'ArrowRight': if (nodeId !== undefined) go(neighbour(nodeId, 'next')); break;
      case 'ArrowLeft': if (nodeId !== undefined) go(neighbour(nodeId, 'previous')); break;
      case 'e': if (nodeId !== undefined) options.onExpand?.(nodeId); break;
      case 'ArrowDown': if (nodeId !== undefined) go(sibling(nodeId, 1)); break;
      case 'ArrowUp': if (nodeId !== undefined) go(sibling(nodeId, -1)); break;
      case 'Home': go(laid.order[0]); break;
      case 'End': go(laid.order[laid.order.length - 1]); break;
      case 'Enter': if (nodeId !== undefined) { event.preventDefault(); select(nodeId, true); options.onOpen?.(nodeId); } break;
      case '+': case '=': zoom(zoomStep); break;
      case '-': zoom(1 / zoomStep); break;
      case '0': fit(); break;
      case 'Escape': if (options.selected !== undefined) { event.stopPropagation(); select(undefined, false); } break;
      default: break;
    }
  }, on);

  element.append(bar);
  draw();
  fit(orientation === 'right' ? scaleReadable : 0);
  const sized = new ResizeObserver(() => {
    const box = element.getBoundingClientRect();
    if (frame === undefined || frame === fitted) { fit(orientation === 'right' ? scaleReadable : 0); return; }
    if (box.width === 0 || box.height === 0) return;
    // The scale stays as the person left it; only more or less of the graph is seen.
    const scale = Math.min(scaleMax, Math.max(scaleMin, box.width / frame.width));
    frame = { ...frame, height: box.height / scale };
    applyFrame();
  });
  sized.observe(element);

  return {
    update(change) {
      const graphChanged = change.graph !== undefined && change.graph !== options.graph;
      options = { ...options, ...change };
      if (graphChanged) {
        const whole = frame === undefined || (frame.width >= laid.width && frame.height >= laid.height);
        laid = layoutGraph(options.graph, orientation);
        draw();
        // Somebody who saw the whole graph goes on seeing the whole; somebody who looked at a part keeps their place.
        if (whole) fit();
      } else {
        draw();
      }
    },
    fit: () => fit(),
    unmount() {
      aborts.abort();
      sized.disconnect();
      element.replaceChildren();
    },
  };
}
