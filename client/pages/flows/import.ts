/** The import dialog's behaviour: also opened from the welcome page. */
import type { PageRun } from '../behaviour.ts';
import { to } from '../page.ts';
import { ImportDialog } from './import-dialog.tsx';
import { importFlows } from './transfer.ts';

export function openImport(run: PageRun<unknown>): void {
  const { element, close } = run.app.dialogs.open(ImportDialog());
  const form = element.querySelector<HTMLFormElement>('form[data-import]');
  const problem = element.querySelector<HTMLElement>('[data-error]');
  const submit = element.querySelector<HTMLElement>('[type="submit"]');
  element.querySelector('[data-close]')?.addEventListener('click', () => close());
  form?.addEventListener('submit', (event) => {
    event.preventDefault();
    const file = new FormData(form).get('fileUpload');
    if (!(file instanceof File) || problem === null) return;
    problem.hidden = true;
    submit?.setAttribute('aria-busy', 'true');
    importFlows(run.place().tenant, file).then((failed) => {
      if (failed.length > 0) {
        problem.hidden = false;
        problem.textContent = `All others came in. These could not be read:\n${failed.map((name) => (/^\d+$/.test(name) ? `document ${Number(name) + 1} of the file` : name)).join('\n')}`;
        return;
      }
      close();
      run.app.toasts.done(`Imported ${file.name}`, { text: 'Flows', href: to(run.place(), '/flows') });
    }, (error: unknown) => {
      problem.hidden = false;
      problem.textContent = error instanceof Error ? error.message : String(error);
    }).finally(() => submit?.removeAttribute('aria-busy'));
  });
}
