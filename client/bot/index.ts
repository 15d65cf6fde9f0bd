/** For bots and scripts, in Node and in the browser: join a flow as a colleague, edit it, publish, start and watch it. */
export { joinFlow, type FlowBot, type JoinOptions, type WatchedExecution } from './flow-bot.ts';
