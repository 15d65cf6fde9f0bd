import type * as operations from '../../../core/protocol/operations/flows.ts';
import type { FlowRecord, RevisionRecord } from '../../store/index.ts';
import type { Handler } from '../handler.ts';
import { flowAnswer, latestRevision } from './flow-answer.ts';
import { filteredFlows, pageOf, sortedFlows } from './flow-list.ts';

const fragmentsMax = 20;
const aroundChars = 60;

/** Flows whose published source holds a text, with marked fragments. */
export const flowsSearchSource: Handler<typeof operations.flowsSearchSource> = ({ input, caller, rooms }) => {
  const wanted = (input.q ?? '').toLowerCase();
  const found: { readonly record: FlowRecord; readonly revision: RevisionRecord; readonly fragments: readonly string[] }[] = [];
  const { namespace } = input;
  for (const record of sortedFlows(filteredFlows(rooms, caller, namespace === undefined ? {} : { namespace }), input.sort)) {
    const revision = latestRevision(rooms.front, record);
    if (revision === undefined) continue;
    const fragments = fragmentsOf(revision.source, wanted);
    if (wanted === '' || fragments.length > 0) found.push({ record, revision, fragments });
  }
  return pageOf(found, input, async ({ record, revision, fragments }) => ({ model: await flowAnswer(rooms, record, revision, { source: false }), fragments }));
};

function fragmentsOf(source: string, wanted: string): string[] {
  if (wanted === '') return [];
  const lower = source.toLowerCase();
  const fragments: string[] = [];
  for (let at = lower.indexOf(wanted); at >= 0 && fragments.length < fragmentsMax; at = lower.indexOf(wanted, at + wanted.length)) {
    const end = at + wanted.length;
    fragments.push(`${source.slice(Math.max(0, at - aroundChars), at)}[mark]${source.slice(at, end)}[/mark]${source.slice(end, end + aroundChars)}`);
  }
  return fragments;
}
