/** The topology tab: the graph, and the source of what is chosen in it. */
import { Button } from '../../components/button/button.tsx';
import { Empty } from '../../components/notice/notice.tsx';
import type { ElementSource } from './element-source.ts';

export function TopologyTab({ editor }: { readonly editor: string }) {
  return (
    <div class="split" data-split="side">
      <div class="graph" id="topology" data-owned=""></div>
      <div class="splitter" role="presentation"></div>
      <aside class="drawer" id="task-source" aria-label="Source of the chosen part" aria-live="polite"><ElementPanel element={undefined} editor={editor} /></aside>
    </div>
  );
}

export function ElementPanel({ element, editor }: { readonly element: ElementSource | undefined; readonly editor: string }) {
  if (element === undefined) return <div class="drawer-body"><Empty icon="code" title="Choose a task"><p>Its source appears here. Arrow keys walk along the edges.</p></Empty></div>;
  return (
    <>
      <div class="drawer-head"><h2 class="mono cut grow">{element.id}</h2><Button size="small" icon="edit" href={`${editor}?line=${element.line}`}>Line {element.line}</Button></div>
      <pre class="task-source mono" tabindex={0}>{element.text}</pre>
    </>
  );
}
