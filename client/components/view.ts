/** What a view is: typed JSX that becomes escaped text, the same on the server and in the browser. */
import type { Child } from 'hono/jsx';
import type { JSX } from 'hono/jsx/jsx-runtime';

export type View = JSX.Element;
export type Children = Child;

/** The text of a view. Views are synchronous: a promise in one is a mistake, which is said instead of printed as `[object Promise]`. */
export function renderView(view: View): string {
  const text: unknown = view.toString();
  if (typeof text !== 'string') throw new Error('A view gave a promise: load data in load.ts, render it synchronously in view.tsx');
  return text;
}
