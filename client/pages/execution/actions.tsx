/** What one can do with a run, in the top bar and under the thumb: every action, with the reason when it is refused. */
import type { ExecutionHeader } from '../../../core/protocol/entities/execution.ts';
import { isTerminal } from '../../../core/protocol/states.ts';
import { Button } from '../../components/button/button.tsx';
import { Menu, MenuItem } from '../../components/menu/menu.tsx';
import { StatePill } from '../../components/state-pill/state-pill.tsx';
import { Duration } from '../../components/time/time.tsx';
import { exactWords } from '../../components/time/words.ts';
import { refusalOf } from '../executions/allowed.ts';
import { readOnlyReason, toFlow, type Place } from '../page.ts';
import { spanOf } from './overview.tsx';

/** State and duration beside the title; live. */
export function ExecutionStatus({ execution, place }: { readonly execution: ExecutionHeader; readonly place: Place }) {
  const { startMs, endMs } = spanOf(execution);
  return (
    <span class="row execution-status" id="execution-status">
      <StatePill state={execution.state.current} />
      <Duration startMs={startMs} endMs={endMs} nowMs={place.nowMs} title={`Started ${exactWords(startMs, place.zone)} by ${execution.startedBy ?? 'nobody known'}`} />
    </span>
  );
}

/** The one thing that helps most in this state. */
function Primary({ execution, place }: { readonly execution: ExecutionHeader; readonly place: Place }) {
  const reader = readOnlyReason(place);
  const state = execution.state.current;
  if (state === 'PAUSED' || state === 'BREAKPOINT') return <Button kind="primary" icon="play" action="resume" disabled={reader}>Resume</Button>;
  if (state === 'FAILED' || state === 'KILLED') return <Button kind="primary" icon="replay" action="restart" disabled={reader}>Restart</Button>;
  return isTerminal(state) ? <Button icon="replay" action="replay" disabled={reader}>Replay</Button> : <Button icon="pause" action="pause" disabled={reader ?? refusalOf('pause', state)}>Pause</Button>;
}

export function ExecutionActions({ execution, place, id = 'execution-actions' }: { readonly execution: ExecutionHeader; readonly place: Place; readonly id?: string }) {
  const reader = readOnlyReason(place);
  const state = execution.state.current;
  const ended = isTerminal(state);
  return (
    <span class="row" id={id}>
      <Primary execution={execution} place={place} />
      {ended ? null : <Button kind="danger" icon="stop" action="kill" disabled={reader ?? refusalOf('kill', state)}>Kill</Button>}
      <Menu id={`${id}-menu`} title="More actions">
        <MenuItem icon="replay" action="restart" disabled={reader ?? refusalOf('restart', state)}>Restart from where it failed</MenuItem>
        <MenuItem icon="replay" action="restart-latest" disabled={reader ?? refusalOf('restart', state)}>Restart on the latest revision</MenuItem>
        <MenuItem icon="replay" action="replay" disabled={reader}>Replay from the start</MenuItem>
        <MenuItem icon="replay" action="replay-latest" disabled={reader}>Replay on the latest revision</MenuItem>
        {state === 'QUEUED' ? <MenuItem icon="play" action="unqueue" disabled={reader}>Start now, over the limit</MenuItem> : null}
        {ended ? null : <MenuItem icon="play" action="force-run" disabled={reader}>Force run</MenuItem>}
        <MenuItem icon="tag" action="labels" disabled={reader ?? refusalOf('labels', state)}>Change labels</MenuItem>
        <MenuItem icon="edit" action="status" disabled={reader ?? refusalOf('labels', state)}>Change state</MenuItem>
        <MenuItem icon="edit" href={toFlow(place, execution.namespace, execution.flowId, 'editor')}>Edit flow</MenuItem>
        <MenuItem icon="copy" action="copy" value={execution.id}>Copy id</MenuItem>
        <MenuItem icon="download" href={`/api/v1/${place.tenant}/logs/${execution.id}/download`} download="">Download log</MenuItem>
        <MenuItem icon="code" href={`/api/v1/${place.tenant}/executions/${execution.id}`}>As JSON</MenuItem>
        <MenuItem icon="trash" danger action="delete" disabled={reader ?? refusalOf('delete', state)}>Delete execution</MenuItem>
      </Menu>
    </span>
  );
}

/** On a phone the actions take the place of the navigation: under the thumb. */
export function PhoneActions({ execution, place }: { readonly execution: ExecutionHeader; readonly place: Place }) {
  return <div class="execution-acts" id="execution-acts"><ExecutionActions execution={execution} place={place} id="execution-thumb" /></div>;
}
