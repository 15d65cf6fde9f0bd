// A bot of thirty lines: joins a flow, edits a line that everybody sees appear, publishes, starts the flow, watches it to its end.
// node --import tsx client/bot/example.ts http://127.0.0.1:8080 tutorial greeting
import { joinFlow } from './index.ts';

const [url = 'http://127.0.0.1:8080', namespace = 'tutorial', id = 'greeting', token] = process.argv.slice(2);
const bot = await joinFlow({ url, namespace, id, name: 'Greeter', ...(token === undefined ? {} : { token }) });
console.log(`joined ${namespace}.${id}: ${bot.text.toString().split('\n').length} lines`);

const line = /^description:.*$/m.exec(bot.text.toString())?.[0];
if (line === undefined) bot.text.insert(bot.text.length, '\ndescription: Greeted by a bot\n');
else bot.replace(line, line.endsWith(' (checked)') ? line : `${line} (checked)`);
bot.select(0, 0);

const flow = await bot.publish('checked by Greeter');
console.log(`published revision ${flow.revision}`);

const started = await bot.execute();
const ended = await bot.watchExecution(started.id, ({ execution, taskRuns }) => {
  console.log(`${execution.state.current}: ${taskRuns.map((run) => `${run.taskId} ${run.state.current}`).join(', ')}`);
});
console.log(`${started.id} ended ${ended.execution.state.current} after ${ended.execution.state.duration}`);
await bot.leave();
