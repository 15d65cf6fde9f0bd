/** What runs a task: the worker, the engine by its structure, the engine by changing the execution, a child execution. */
export type TaskKind = 'runnable' | 'flowable' | 'execution' | 'subflow';

/** The structures the engine knows how to walk. */
export type FlowableKind =
  | 'sequential' | 'parallel' | 'dag' | 'if' | 'switch' | 'foreach' | 'eachSequential' | 'eachParallel'
  | 'pause' | 'allowFailure' | 'workingDirectory' | 'loopUntil' | 'forEachItem' | 'template' | 'badSequential';
