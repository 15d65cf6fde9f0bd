/** Executions. */
import type { executions } from '../../../core/protocol/operations/index.ts';
import type { HandlersOf } from '../handler.ts';
import { bulk } from './bulk.ts';
import * as commands from './commands.ts';
import * as files from './files.ts';
import { flow, graph } from './flow.ts';
import { follow } from './follow.ts';
import * as read from './read.ts';
import * as start from './start.ts';
import { webhook } from './webhook.ts';

export const executionHandlers: HandlersOf<typeof executions> = {
  executionsCreate: start.create, executionsValidate: start.validate, executionsResumeValidate: start.resumeValidate,
  executionsGet: read.get, executionsSearch: read.search, executionsOfFlow: read.ofFlow, executionsLatest: read.latest, executionsEval: read.evaluate, executionsWebhook: webhook,
  executionsFollow: follow, executionsFlow: flow, executionsGraph: graph,
  executionsDelete: commands.remove, executionsKill: commands.kill, executionsPause: commands.pause, executionsResume: commands.resume,
  executionsRestart: commands.restart, executionsReplay: commands.replay, executionsState: commands.state, executionsChangeStatus: commands.changeStatus,
  executionsLabels: commands.labels, executionsUnqueue: commands.unqueue, executionsResumeFromBreakpoint: commands.resumeFromBreakpoint, executionsForceRun: commands.forceRun,
  executionsFile: files.file, executionsFileMetas: files.fileMetas, executionsFilePreview: files.filePreview,
  executionsBulk: bulk,
};
