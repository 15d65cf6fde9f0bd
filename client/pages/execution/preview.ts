/** Opens the preview of a file, and reads it anew when somebody takes more rows or another encoding. */
import { executions } from '../../../core/protocol/operations/index.ts';
import { draw } from '../../components/live/live.ts';
import type { Run } from './face.ts';
import { fileNameOf } from './outputs.ts';
import { PreviewBody, PreviewDialog, type PreviewProps } from './preview.tsx';
import { bytesText, fileAddress } from './value-pane.tsx';

const openedMs = 60_000;

export async function openPreview(run: Run, executionId: string, path: string): Promise<void> {
  let props: PreviewProps = { name: fileNameOf(path), href: fileAddress(run.place(), executionId, path), bytes: undefined, rows: 100, encoding: 'UTF-8', answer: { type: 'loading' } };
  const dialog = run.app.dialogs.open(PreviewDialog(props));
  const { element } = dialog;
  const body = element.querySelector('#preview-body');
  let round = 0;
  const show = (answer: PreviewProps['answer']): void => {
    props = { ...props, answer };
    if (body !== null) draw(body, PreviewBody(props));
  };
  const load = async (): Promise<void> => {
    round += 1;
    const mine = round;
    try {
      const preview = await run.call(executions.executionsFilePreview, { executionId, path, maxRows: props.rows, encoding: props.encoding });
      if (mine === round) show({ type: 'shown', preview });
    } catch (error) {
      if (mine === round) show({ type: 'failed', message: error instanceof Error ? error.message : String(error) });
    }
  };
  element.addEventListener('change', (event) => {
    if (!(event.target instanceof HTMLSelectElement)) return;
    props = event.target.name === 'rows' ? { ...props, rows: Number(event.target.value) } : { ...props, encoding: event.target.value };
    void load();
  });
  element.addEventListener('click', (event) => {
    if (!(event.target instanceof Element) || event.target.closest('[data-open-pdf]') === null || props.answer.type !== 'shown') return;
    const bytes = Uint8Array.from(atob(String(props.answer.preview.content)), (character) => character.charCodeAt(0));
    const address = URL.createObjectURL(new Blob([bytes], { type: 'application/pdf' }));
    open(address, '_blank', 'noopener');
    // The new tab has read it by then.
    run.app.timers.after(openedMs, () => URL.revokeObjectURL(address));
  });
  run.call(executions.executionsFileMetas, { executionId, path }).then(({ size }) => {
    const place = element.querySelector('#preview-size');
    if (place !== null) place.textContent = bytesText(size);
  }).catch(() => undefined);
  await load();
  await dialog.closed;
}
