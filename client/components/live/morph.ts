/** Puts fresh HTML over what is there with the least change: focus, selection, scroll and open menus stay. */
import { Idiomorph } from 'idiomorph';

/** Elements marked so belong to a behaviour (an editor, a canvas): morphing leaves them alone. */
const ownedSelector = '[data-owned]';
/** The chosen rows and typed texts are the reader's, not the server's: a live update must not take them away. */
const keptAttributes: ReadonlySet<string> = new Set(['checked', 'open']);

export function morphInner(element: Element, html: string): void {
  Idiomorph.morph(element, html, { morphStyle: 'innerHTML', ignoreActiveValue: true, restoreFocus: true, callbacks });
}

export function morphOuter(element: Element, html: string): void {
  Idiomorph.morph(element, html, { morphStyle: 'outerHTML', ignoreActiveValue: true, restoreFocus: true, callbacks });
}

const callbacks = {
  beforeNodeMorphed: (old: Node): boolean => !(old instanceof Element && old.matches(ownedSelector)),
  beforeNodeRemoved: (node: Node): boolean => !(node instanceof Element && node.matches('[data-keep]')),
  beforeAttributeUpdated: (name: string): boolean => !keptAttributes.has(name),
};
