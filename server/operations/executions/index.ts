/** Executions. */
import type { executionBulk, executionFacts, executions } from '../../../core/protocol/operations/index.ts';
import type { HandlersOf } from '../handler.ts';
import * as many from './bulk.ts';
import * as commands from './commands.ts';
import * as dependencies from './dependencies.ts';
import * as facts from './facts.ts';
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
  executionsBulk: many.bulk, executionsReplayWithInputs: commands.replayWithInputs,
};

export const executionBulkHandlers: HandlersOf<typeof executionBulk> = {
  executionsBulkByQuery: many.bulkByQuery, executionsChangeStatusByIds: many.changeStatusByIds, executionsChangeStatusByQuery: many.changeStatusByQuery,
  executionsUnqueueByIds: many.unqueueByIds, executionsUnqueueByQuery: many.unqueueByQuery, executionsLabelsByIds: many.labelsByIds, executionsLabelsByQuery: many.labelsByQuery,
};

export const executionFactHandlers: HandlersOf<typeof executionFacts> = {
  executionsNamespaces: facts.namespaces, executionsFlowsOfNamespace: facts.flowsOfNamespace, executionsFlowToRun: facts.flowToRun, executionsDistinctValues: facts.distinctValues,
  executionsOutputs: facts.outputs, executionsOutputsOfTaskRun: facts.outputsOfTaskRun, taskRunsSearch: facts.taskRuns,
  concurrencyLimitsSearch: facts.concurrencyLimits, concurrencyLimitsUpdate: facts.updateConcurrencyLimit,
  executionsDependencies: dependencies.dependencies, executionsFollowDependencies: dependencies.followDependencies,
};
