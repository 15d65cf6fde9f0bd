/** The flow language: text to flow and diagnostics, graph, inputs, minimal text edits, schema for the editor. */
export { apiGraphOf } from './api-graph.ts';
export type { ApiFlowGraph } from './api-graph.ts';
export { constraintsText, deprecationPaths, messagesOf } from './constraints.ts';
export { parseConfigText } from './config-text.ts';
export { splitDocuments } from './document-split.ts';
export type { SourceDocument } from './document-split.ts';
export { editorSchema, flowJsonSchema } from './editor-schema.ts';
export { replaceIdAndNamespace, setTopLevel } from './flow-edits.ts';
export { graphOf, graphOfFlow, graphOfSource } from './graph.ts';
export { inputsOfData } from './inputs-of-data.ts';
export { checkInputs, resolveInputs, typedOutput } from './inputs.ts';
export type { CheckedInput, InputProblem, InputsRequest } from './inputs.ts';
export { reservedFlowIds } from './flow-reader.ts';
export { languageLimits } from './limits.ts';
export type {
  ConditionModel, FlowGraphModel, FlowModel, GraphNode, GraphRelation, InputModel, InputType, JsonSchema, LanguageLevel, OutputModel, ParsedFlow, ParseOptions,
  PluginDefault, RetryModel, TaskChildren, TaskModel, TriggerModel, TypeCatalog, TypeInfo,
} from './model.ts';
export { inputTypes } from './model.ts';
export { parseElement, parseFlow } from './parse-flow.ts';
export { pathAtOffset } from './path-at-offset.ts';
export type { TextPosition } from './path-at-offset.ts';
export { addTask, moveTask, rangeOfTask, removeTask, renameTask } from './task-edits.ts';
export type { TaskTarget } from './task-edits.ts';
export { childTasks, walkTasks } from './task-walk.ts';
export { applyEdits } from './text-edit.ts';
export type { Edited, TextEdit } from './text-edit.ts';
export { testingCatalog } from './testing-catalog.ts';
export { cronProblem } from './trigger-reader.ts';
export type { Typed } from './typed-value.ts';
