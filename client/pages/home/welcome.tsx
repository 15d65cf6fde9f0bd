/** An empty workspace: be somebody, run something, bring somebody in. Nothing here is a slide. */
import { Avatar } from '../../components/avatars/avatars.tsx';
import { Button } from '../../components/button/button.tsx';
import { FormError, Swatches, TextField } from '../../components/field/field.tsx';
import { Icon } from '../../components/icon/icon.tsx';
import type { IconName } from '../../theme/icons.ts';
import { readOnlyReason, to, toFlow, type Place } from '../page.ts';
import type { TutorialFlow, WelcomeData } from './load.ts';

/** The three flows, by their order; the server creates them with the first click. */
const lessons: readonly { readonly words: RegExp; readonly title: string; readonly text: string; readonly icon: IconName }[] = [
  { words: /greet|hello/i, title: 'A greeting', text: 'Typed inputs, an expression, a line in the log. Ten seconds.', icon: 'logs' },
  { words: /data|csv|sales|report/i, title: 'A data job', text: 'Shell tasks make a CSV, a ForEach fans out over it, outputs and metrics come back.', icon: 'task-loop' },
  { words: /approv|release|deploy/i, title: 'An approval', text: 'It waits for your word in a form, retries what fails, and has a branch for errors.', icon: 'task-check' },
];

export function Welcome({ welcome, place }: { readonly welcome: WelcomeData; readonly place: Place }) {
  const reason = readOnlyReason(place);
  return (
    <div class="welcome">
      <div class="welcome-head"><h2>Run your first flow, then bring someone in</h2><p class="dim">One minute. Nothing here is a slide: these are real flows, and the pages you will work in.</p></div>
      <ol class="welcome-steps">
        <li class="panel step">
          <div class="step-head"><span class="step-no">1</span><h3>This is you</h3></div>
          <form class="step-body welcome-me" data-submit="me">
            <Avatar who={place.viewer} />
            <TextField name="name" label="Name the others see" value={place.viewer.name} required maxLength={60} autocomplete="name" />
            <Swatches name="color" value={place.viewer.color} />
            <Button type="submit">Save</Button>
            <FormError />
          </form>
        </li>
        <li class="panel step" data-now="">
          <div class="step-head"><span class="step-no">2</span><h3>Three flows are ready. Run one</h3><span class="grow"></span><span class="small faint wide">namespace <code>tutorial</code></span></div>
          <div class="step-body lessons">
            {lessons.map((lesson, index) => {
              const flow = flowOf(welcome.flows, index);
              return (
                <article class="lesson">
                  <Icon name={lesson.icon} size={20} />
                  <h4>{lesson.title}</h4>
                  <p class="small dim">{lesson.text}</p>
                  <span class="row"><Button {...(index === 0 ? { kind: 'primary' as const } : {})} icon="play-fill" action="lesson" value={String(index)} disabled={reason}>Run</Button>{flow === undefined ? null : <Button kind="quiet" icon="code" href={toFlow(place, flow.namespace, flow.id, 'editor')}>Look inside</Button>}</span>
                </article>
              );
            })}
          </div>
          <div class="step-foot"><span class="small dim">You go to the run: bars grow in the Gantt, lines come into the log, for everybody who looks.</span></div>
        </li>
        <li class="panel step">
          <div class="step-head"><span class="step-no">3</span><h3>Bring a second person in</h3></div>
          {place.viewer.open ? (
            <div class="step-body stack"><p class="dim">Open this address in another browser, or a private window: you are two people already. For somebody at another computer, start with</p><div class="row"><span class="input grow"><input class="mono" readonly value="npm start -- --share" aria-label="Command that shares this workspace" /></span><Button icon="copy" action="copy" value="npm start -- --share">Copy</Button></div><p class="small faint">It listens on the network and prints an administrator link and an invitation link.</p></div>
          ) : (
            <div class="step-body row"><Button icon="link" action="invite" disabled={place.viewer.role === 'admin' ? undefined : 'Only administrators invite'}>Make an invitation link</Button><span class="small dim">It works once; you choose whether they may edit or only look.</span></div>
          )}
        </li>
      </ol>
      <section class="welcome-more" aria-label="Other ways to start">
        <a class="panel start" href={to(place, '/flows/new')}><Icon name="plus" /><span><b>Write a flow</b><br /><span class="small faint">YAML, with its graph beside it</span></span><Icon name="chevron-right" size={14} /></a>
        <button type="button" class="panel start" data-action={reason === undefined ? 'import' : undefined} aria-disabled={reason === undefined ? undefined : 'true'} title={reason}><Icon name="upload" /><span><b>Import flows</b><br /><span class="small faint">YAML or ZIP, from Kestra too</span></span><Icon name="chevron-right" size={14} /></button>
        <a class="panel start" href={to(place, '/settings')}><Icon name="bot" /><span><b>Connect a bot or CI</b><br /><span class="small faint">a token, then the same calls as people</span></span><Icon name="chevron-right" size={14} /></a>
      </section>
    </div>
  );
}

/** Which of the existing flows a lesson is: by its name, else by its place. */
export function flowOf(flows: readonly TutorialFlow[], lesson: number): TutorialFlow | undefined {
  const words = lessons[lesson]?.words;
  return flows.find((flow) => words?.test(flow.id) === true) ?? flows[lesson];
}
