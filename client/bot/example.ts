// A bot of thirty lines: joins a flow, edits a line that everybody sees appear, publishes, starts the flow, watches it to its end.
// node --import tsx client/bot/example.ts http://127.0.0.1:8080 tutorial greeting
import { joinFlow } from './index.ts';

const [url = 'http://127.0.0.1:8080', namespace = 'tutorial', id = 'greeting', token] = process.argv.slice(2);
const bot = await joinFlow({ url, namespace, id, name: 'Greeter', ...(token === undefined ? {} : { token }) });
try {
  const source = bot.text.toString();
  console.log(`joined ${namespace}.${id}: ${source.split('\n').length} lines`);

  const note = /^# Greeter was here: (\d+)$/m.exec(source);
  const line = `# Greeter was here: ${Number(note?.[1] ?? 0) + 1}`;
  if (note === null) bot.text.insert(source.length, `${line}\n`);
  else bot.replace(note[0], line);
  const at = bot.text.toString().indexOf(line);
  bot.select(at, at + line.length);

  const flow = await bot.publish('checked by Greeter');
  console.log(`published revision ${flow.revision}`);

  const started = await bot.execute();
  const ended = await bot.watchExecution(started.id, ({ execution, taskRuns }) => {
    console.log([execution.state.current, ...taskRuns.map((run) => `${run.taskId} ${run.state.current}`)].join(', '));
  });
  console.log(`${started.id} ended ${ended.execution.state.current} after ${ended.execution.state.duration}`);
} finally {
  await bot.leave();
}
