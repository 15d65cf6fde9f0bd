import { constraintsText, deprecationPaths, messagesOf } from '../../../core/language/constraints.ts';
import { splitDocuments } from '../../../core/language/document-split.ts';
import type { ValidateConstraintViolation } from '../../../core/protocol/entities/flow.ts';
import type * as operations from '../../../core/protocol/operations/flows.ts';
import { loadFlowRecord } from '../../store/index.ts';
import type { Handler } from '../handler.ts';

/** One answer a document; no `constraints` means valid. */
export const flowsValidate: Handler<typeof operations.flowsValidate> = ({ input, caller, rooms }) => Promise.all(splitDocuments(input.source).map(async ({ source }, index): Promise<ValidateConstraintViolation> => {
  const { id, namespace, flow, outline, diagnostics } = await rooms.documents.parse(source);
  const constraints = constraintsText(diagnostics);
  const stated = (flow ?? outline)?.data['revision'];
  const next = id === undefined || namespace === undefined ? 1 : (loadFlowRecord(rooms.front, caller.tenant, namespace, id)?.revision ?? 0) + 1;
  return {
    index,
    ...(id === undefined ? {} : { flow: id }),
    ...(namespace === undefined ? {} : { namespace }),
    ...(constraints === undefined ? {} : { constraints }),
    outdated: typeof stated === 'number' && stated !== next,
    deprecationPaths: deprecationPaths(diagnostics), warnings: messagesOf(diagnostics, 'warning'), infos: messagesOf(diagnostics, 'info'),
  };
}));
