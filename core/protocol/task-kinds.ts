/**
 * What runs a task: the worker, the engine by its structure, the engine by changing the execution, a child execution; `items`: a child
 * execution for each item; `merge`: the outputs of those children gathered in a file.
 */
export type TaskKind = 'runnable' | 'flowable' | 'execution' | 'subflow' | 'items' | 'merge';

/** What a task of kind `execution` does to its own execution. */
export type ExecutionChange = 'labels' | 'setVariables' | 'unsetVariables' | 'exit';

/** The structures the engine knows how to walk. */
export type FlowableKind =
  | 'sequential' | 'parallel' | 'dag' | 'if' | 'switch' | 'foreach' | 'eachSequential' | 'eachParallel'
  | 'pause' | 'allowFailure' | 'workingDirectory' | 'loopUntil' | 'forEachItem' | 'template' | 'badSequential';
