/** What a page's script is: mount gets the page's element and data; what it acquires is released when the page is left. */
import type { InputOf, Operation, OutputOf } from '../../core/protocol/operation.ts';
import type { Release } from '../ambient/contract.ts';
import type { Actions, Submits } from '../components/actions/actions.ts';
import type { App } from '../components/app.ts';
import type { Place } from '../components/place.ts';

export type { App } from '../components/app.ts';

export interface PageRun<Data> {
  /** The element with `data-page`. */
  readonly root: HTMLElement;
  readonly data: Data;
  readonly app: App;
  /** Where we are, with the present moment. */
  place(): Place;
  /** Calls an operation over the page's socket. */
  call<O extends Operation>(operation: O, input: InputOf<O>): Promise<OutputOf<O>>;
  /** Draws a topic's newest state; stops when the page is left. */
  live<State>(topic: string, draw: (state: State) => void, refused?: (error: Error) => void): void;
  /** Clicks by `data-action` inside the page, top bar included. */
  actions(actions: Actions): void;
  /** Forms by `data-submit` inside the page. */
  submits(submits: Submits): void;
  /** Registers what has to happen when the page is left. Last registered, first released. */
  own(release: Release): void;
  listen<Name extends keyof HTMLElementEventMap>(target: EventTarget, name: Name, listener: (event: HTMLElementEventMap[Name]) => void): void;
}

export interface PageScript {
  mount(run: PageRun<unknown>): void;
}

/** `Data` is what the page's load gave: the server wrote it into the page, so it has that shape. */
export function pageScript<Data>(mount: (run: PageRun<Data>) => void): PageScript {
  return { mount: (run) => mount(run as PageRun<Data>) };
}
