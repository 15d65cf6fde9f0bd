/** Executions that have started this one or were started by it: a list that is readable from the first byte, and a graph beside it. */
import type { ExecutionDependencies, RelatedExecution } from '../../../core/protocol/operations/execution-facts.ts';
import { Empty } from '../../components/notice/notice.tsx';
import { StatePill } from '../../components/state-pill/state-pill.tsx';
import { Duration } from '../../components/time/time.tsx';
import { to, toExecution, type Place } from '../page.ts';

export interface RelatedListProps {
  readonly related: ExecutionDependencies;
  readonly executionId: string;
  readonly selected: string | undefined;
  readonly place: Place;
}

/** The origin first, then as they were found: what started it, and what it started. */
export function RelatedList({ related, executionId, selected, place }: RelatedListProps) {
  const startedBy = new Map(related.edges.map((edge) => [edge.target, edge]));
  const named = new Map(related.nodes.map((one) => [one.executionId, one]));
  return (
    <ul class="related" id="related-list" aria-label="Related executions">
      {related.nodes.map((one) => {
        const edge = startedBy.get(one.executionId);
        const source = edge === undefined ? undefined : named.get(edge.source);
        return <li class="related-item" id={`related-${one.executionId}`} aria-current={one.executionId === executionId ? 'true' : undefined} data-selected={one.executionId === selected ? '' : undefined}><Related one={one} own={one.executionId === executionId} from={source} byTrigger={edge?.relation === 'FLOW_TRIGGER'} place={place} /></li>;
      })}
      {related.complete ? null : <li class="faint small">There are more: <a class="link" href={`${to(place, '/executions')}?triggerExecutionId=${executionId}`}>all that this one has started</a></li>}
    </ul>
  );
}

function Related({ one, own, from, byTrigger, place }: { readonly one: RelatedExecution; readonly own: boolean; readonly from: RelatedExecution | undefined; readonly byTrigger: boolean; readonly place: Place }) {
  const startMs = Date.parse(one.state.startDate);
  return (
    <>
      <span class="row"><StatePill state={one.state.current} />{own ? <span class="mono cut">{one.flowId}</span> : <a class="link mono cut" href={toExecution(place, { namespace: one.namespace, flowId: one.flowId, id: one.executionId }, 'dependencies')} title={`${one.namespace}.${one.flowId}`}>{one.flowId}</a>}<span class="grow"></span><Duration startMs={startMs} {...(one.state.endDate === undefined ? {} : { endMs: Date.parse(one.state.endDate) })} nowMs={place.nowMs} /></span>
      <span class="small faint"><span class="mono">{one.executionId.slice(0, 8)}</span>{own ? ', this one' : ''}{from === undefined ? '' : byTrigger ? `, by a trigger after ${from.flowId}` : `, started by ${from.flowId}`}</span>
    </>
  );
}

export function DependenciesView({ related, executionId, place }: { readonly related: ExecutionDependencies | undefined; readonly executionId: string; readonly place: Place }) {
  const alone = related === undefined || related.nodes.length < 2;
  return (
    <div class="split" data-split="side" id="dependencies-split">
      <div class="graph" id="dependencies" data-owned="">{alone ? <Empty icon="branch" title="It stands alone"><p>No execution has started it, and it has started none. Subflows and Flow triggers connect executions.</p></Empty> : null}</div>
      <div class="splitter" role="separator" tabindex={0} aria-orientation="vertical" aria-label="Resize the list" aria-valuemin={15} aria-valuemax={75} aria-valuenow={26} data-splits="dependencies"></div>
      <aside class="drawer" id="related" aria-label="Related executions">
        <div class="drawer-head"><h2>Related executions</h2><span class="count" id="related-count">{related?.nodes.length ?? 1}</span></div>
        <div class="drawer-body">{related === undefined ? null : <RelatedList related={related} executionId={executionId} selected={undefined} place={place} />}</div>
      </aside>
    </div>
  );
}
