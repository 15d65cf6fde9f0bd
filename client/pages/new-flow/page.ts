import { applyEdits, replaceIdAndNamespace } from '../../../core/language/index.ts';
import { flowIdPattern, namespacePattern } from '../../../core/protocol/ids.ts';
import { flows } from '../../../core/protocol/operations/index.ts';
import { pageScript } from '../behaviour.ts';
import { toFlow } from '../page.ts';
import type { NewFlowData } from './view.tsx';

/** A flow that runs as it stands, so that the first publish works. */
const template = (namespace: string, id: string): string => `id: ${id}
namespace: ${namespace}

tasks:
  - id: hello
    type: io.kestra.plugin.core.log.Log
    message: Hello from {{ flow.id }}
`;

export const script = pageScript<NewFlowData>((run) => {
  run.submits({
    async create(_form, fields) {
      const namespace = (fields['namespace'] ?? '').trim();
      const id = (fields['id'] ?? '').trim();
      if (!namespacePattern.test(namespace)) throw new Error(`"${namespace}" is no namespace: small letters, digits, dots, dashes and underscores, beginning with a letter or digit`);
      if (!flowIdPattern.test(id)) throw new Error(`"${id}" is no id: letters, digits, dots, dashes and underscores, at most 100, beginning with a letter or digit`);
      let source = template(namespace, id);
      if (run.data.source !== undefined) {
        const edited = replaceIdAndNamespace(run.data.source, { id, namespace });
        if ('refusal' in edited) throw new Error(edited.refusal);
        source = applyEdits(run.data.source, edited.edits);
      }
      await run.call(flows.flowsCreate, { source, draft: true });
      run.app.go(toFlow(run.place(), namespace, id, 'editor'));
    },
  });
});
