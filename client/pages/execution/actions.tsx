/** What one can do with a run, in the top bar and under the thumb: every action, with the reason when it is refused. */
import type { ExecutionHeader } from '../../../core/protocol/entities/execution.ts';
import { isTerminal, type StateType } from '../../../core/protocol/states.ts';
import { Button } from '../../components/button/button.tsx';
import { Menu, MenuItem } from '../../components/menu/menu.tsx';
import { StatePill } from '../../components/state-pill/state-pill.tsx';
import { Duration } from '../../components/time/time.tsx';
import { exactWords } from '../../components/time/words.ts';
import type { IconName } from '../../theme/icons.ts';
import { refusalOf } from '../executions/allowed.ts';
import { readOnlyReason, to, toFlow, type Place } from '../page.ts';
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

interface ActionItem {
  readonly action: string;
  readonly icon: IconName;
  readonly text: string;
  readonly refusal: string | undefined;
  readonly danger?: boolean;
}

/** Everything that can be done with a run, in the order of the menu. What is refused now is shown with its reason. */
export function actionsOf(state: StateType): readonly ActionItem[] {
  const atBreakpoint = state === 'BREAKPOINT';
  return [
    atBreakpoint ? { action: 'continue', icon: 'play', text: 'Continue from the breakpoint', refusal: undefined } : { action: 'resume', icon: 'play', text: 'Resume', refusal: refusalOf('resume', state) },
    { action: 'pause', icon: 'pause', text: 'Pause', refusal: refusalOf('pause', state) },
    { action: 'kill', icon: 'stop', text: 'Kill', refusal: refusalOf('kill', state), danger: true },
    { action: 'restart', icon: 'replay', text: 'Restart from where it failed', refusal: refusalOf('restart', state) },
    { action: 'replay', icon: 'replay', text: 'Replay as a new execution', refusal: refusalOf('replay', state) },
    { action: 'status', icon: 'edit', text: 'Change state', refusal: refusalOf('status', state) },
    { action: 'labels', icon: 'tag', text: 'Set labels', refusal: refusalOf('labels', state) },
    { action: 'unqueue', icon: 'play', text: 'Unqueue', refusal: refusalOf('unqueue', state) },
    { action: 'force-run', icon: 'play', text: 'Force run', refusal: refusalOf('forceRun', state) },
  ];
}

/** What helps most in this state: one button, and for what runs a second one that ends it. */
function primaryOf(state: StateType): readonly string[] {
  if (state === 'PAUSED') return ['resume', 'kill'];
  if (state === 'BREAKPOINT') return ['continue', 'kill'];
  if (state === 'QUEUED') return ['unqueue', 'kill'];
  if (state === 'FAILED' || state === 'KILLED') return ['restart'];
  return isTerminal(state) ? ['replay'] : ['pause', 'kill'];
}
const loud: ReadonlySet<string> = new Set(['resume', 'continue', 'restart']);
const shortTexts: Readonly<Record<string, string>> = { continue: 'Continue', restart: 'Restart', replay: 'Replay' };

export function ExecutionActions({ execution, place, id = 'execution-actions' }: { readonly execution: ExecutionHeader; readonly place: Place; readonly id?: string }) {
  const reader = readOnlyReason(place);
  const state = execution.state.current;
  const items = actionsOf(state);
  return (
    <span class="row" id={id}>
      {primaryOf(state).map((action) => {
        const item = items.find((one) => one.action === action);
        return item === undefined ? null : <Button {...(item.danger === true ? { kind: 'danger' as const } : loud.has(action) ? { kind: 'primary' as const } : {})} icon={item.icon} action={action} disabled={reader ?? item.refusal}>{shortTexts[action] ?? item.text}</Button>;
      })}
      <Menu id={`${id}-menu`} title="More actions">
        {items.map((item) => <MenuItem icon={item.icon} action={item.action} danger={item.danger === true} disabled={reader ?? item.refusal}>{item.text}</MenuItem>)}
        <hr />
        <MenuItem icon="play" action="execute-again" disabled={reader}>Execute its flow…</MenuItem>
        <MenuItem icon="split" href={`${to(place, '/compare')}?a=${execution.id}`}>Compare with another run</MenuItem>
        <MenuItem icon="edit" href={toFlow(place, execution.namespace, execution.flowId, 'editor')}>Edit flow</MenuItem>
        <MenuItem icon="copy" action="copy" value={execution.id}>Copy id</MenuItem>
        <MenuItem icon="download" href={`/api/v1/${place.tenant}/logs/${execution.id}/download`} download="">Download log</MenuItem>
        <MenuItem icon="code" href={`/api/v1/${place.tenant}/executions/${execution.id}`}>API: this execution as JSON</MenuItem>
        <MenuItem icon="trash" danger action="delete" disabled={reader}>Delete execution</MenuItem>
      </Menu>
    </span>
  );
}

/** On a phone the actions take the place of the navigation: under the thumb. */
export function PhoneActions({ execution, place }: { readonly execution: ExecutionHeader; readonly place: Place }) {
  return <div class="execution-acts" id="execution-acts"><ExecutionActions execution={execution} place={place} id="execution-thumb" /></div>;
}
