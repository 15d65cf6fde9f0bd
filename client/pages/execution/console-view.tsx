/** The expression console of a run: what anybody on it has evaluated, oldest first, and a line for the next. */
import type { ConsoleEntry } from '../../../core/protocol/topics.ts';
import { Avatar } from '../../components/avatars/avatars.tsx';
import { Button } from '../../components/button/button.tsx';
import { momentWords } from '../../components/time/words.ts';
import { readOnlyReason, type Place } from '../page.ts';
import { Json } from './value-pane.tsx';

/** A result that is JSON is shown as JSON. */
function pretty(text: string): string | undefined {
  if (!/^\s*[[{]/.test(text)) return undefined;
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return undefined;
  }
}

export interface ConsoleEntriesProps {
  readonly entries: readonly ConsoleEntry[];
  readonly place: Place;
  readonly taskNameOf: (taskRunId: string | undefined) => string | undefined;
}

export function ConsoleEntries({ entries, place, taskNameOf }: ConsoleEntriesProps) {
  if (readOnlyReason(place) !== undefined) return <p class="faint">Only who may change executions evaluates expressions on them, and reads what others have evaluated: ask an administrator for the role editor.</p>;
  if (entries.length === 0) return <p class="faint">Render any expression as a task of this run would see it: {'{{ outputs | json }}'}. Everybody who has this run open sees it, too, until the last one has left. Secrets are not available here.</p>;
  return <>{entries.map((entry) => <Entry entry={entry} place={place} task={taskNameOf(entry.taskRunId)} />)}</>;
}

function Entry({ entry, place, task }: { readonly entry: ConsoleEntry; readonly place: Place; readonly task: string | undefined }) {
  const { by, outcome } = entry;
  const failed = outcome.type === 'error';
  const [message = '', ...stack] = failed ? outcome.text.split('\n') : [];
  const json = failed || outcome.cut ? undefined : pretty(outcome.text);
  return (
    <article class="entry" id={`entry-${entry.id}`}>
      <span class="row small faint"><Avatar who={by} size={16} /><span class="who">{by.id === place.viewer.id ? 'You' : by.name}</span><time class="num" datetime={entry.at}>{momentWords(Date.parse(entry.at), place.nowMs, place.zone)}</time><span class="cut">{task === undefined ? '' : `as ${task} sees it`}</span></span>
      <button type="button" class="expr mono" data-action="use-expression" data-value={entry.expression} title="Edit again">{entry.expression}</button>
      {failed ? (
        <div class="result" data-kind="error" role="group" aria-label="Error">
          <p>{message}</p>
          {stack.length === 0 ? null : <details><summary class="small">Where it happened</summary><pre class="mono">{stack.join('\n')}</pre></details>}
          <span class="row"><Button size="small" icon="copy" action="copy" value={message}>Copy error</Button>{stack.length === 0 ? null : <Button size="small" kind="quiet" icon="copy" action="copy" value={outcome.text}>Copy all of it</Button>}</span>
        </div>
      ) : (
        <div class="result-box"><pre class="result code value-text" tabindex={0} aria-label="Result">{outcome.text === '' ? <i class="faint">an empty text</i> : json === undefined ? outcome.text : <Json text={json} />}</pre>
          <Button kind="quiet" size="small" icon="copy" action="copy" value={outcome.text} title="Copy the result" /></div>
      )}
      {outcome.cut ? <p class="faint small">Only the beginning is kept here.</p> : null}
    </article>
  );
}

export function Console({ place }: { readonly place: Place }) {
  return (
    <>
      <div class="drawer-body console" id="console-entries" role="log" aria-label="Evaluated expressions" tabindex={0}><ConsoleEntries entries={[]} place={place} taskNameOf={() => undefined} /></div>
      <form class="console-input" data-submit="evaluate">
        <label class="input expr-input"><textarea id="eval-expression" name="expression" class="mono x" rows={2} aria-label="Expression" spellcheck={false} placeholder="{{ outputs.… }}"></textarea></label>
        <p class="form-error" data-error="" role="alert" hidden></p>
        <div class="row"><span class="small faint cut" id="eval-context">As the execution sees it</span><span class="grow"></span><Button kind="primary" type="submit" keys="Ctrl Enter" disabled={readOnlyReason(place)}>Evaluate</Button></div>
      </form>
    </>
  );
}
