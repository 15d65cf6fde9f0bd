/** Parts of the topology of a run beside the graph: the menu of what is drawn inside, and the word when nothing can be drawn. */
import { Icon } from '../../components/icon/icon.tsx';
import { Empty } from '../../components/notice/notice.tsx';

/** A node of a started flow belongs to another execution, whose page has all that can be done. */
export function ChildMenu({ taskId, href }: { readonly taskId: string; readonly href: string }) {
  return <div class="menu" id="child-menu" role="menu" aria-label={`Actions for ${taskId}`}><a class="menu-item" role="menuitem" tabindex={-1} href={href} target="_blank" rel="noopener"><Icon name="external" /><span>Open its execution</span></a></div>;
}

export function NoGraph({ reason }: { readonly reason: string }) {
  return <Empty icon="branch" title="The graph can not be drawn"><p role="alert">{reason}. The task runs are in the Gantt.</p></Empty>;
}
