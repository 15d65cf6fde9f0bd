/** Template: removed from the language; read so that old flows can be published, and refused when it runs. */
import { flowable } from '../../sdk/index.ts';
import { branches, dynamic, mapOf, optional, properties, text } from '../../sdk/schema.ts';

export const plugin = flowable({
  type: 'io.kestra.plugin.core.flow.Template',
  aliases: ['io.kestra.core.tasks.flows.Template'],
  title: 'Run a template',
  description: 'Templates were removed from the language. Publish the tasks of the template as a flow and call it with a Subflow task; until then this task fails and says so.',
  deprecated: true,
  properties: properties({
    namespace: dynamic(text({ title: 'Namespace of the template' })),
    templateId: dynamic(text({ title: 'Id of the template' })),
    args: optional(dynamic(mapOf(undefined, { title: 'Arguments', description: 'Values by name.' }))),
    ...branches(),
  }),
  flowable: 'template',
});
