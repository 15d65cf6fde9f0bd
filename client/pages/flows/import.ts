/** The import dialog's behaviour: also opened from the welcome page. */
import type { PageRun } from '../behaviour.ts';
import { to } from '../page.ts';
import { ImportDialog } from './import-dialog.tsx';
import { importFlows } from './transfer.ts';

export function openImport(run: PageRun<unknown>): void {
  const dialog = run.app.dialogs.open(ImportDialog());
  dialog.submits(async (form) => {
    const file = new FormData(form).get('fileUpload');
    if (!(file instanceof File)) return;
    const failed = await importFlows(run.place().tenant, file);
    if (failed.length > 0) throw new Error(`All others came in. These could not be read:\n${failed.map((name) => (/^\d+$/.test(name) ? `document ${Number(name) + 1} of the file` : name)).join('\n')}`);
    dialog.close();
    run.app.toasts.done(`Imported ${file.name}`, { text: 'Flows', href: to(run.place(), '/flows') });
  });
}
