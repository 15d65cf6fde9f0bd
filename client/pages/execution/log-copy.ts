/** Copies a log: all of it while that is sensible, else what is on the page. */
import type { Run } from './face.ts';

/** More is for the download: a clipboard of 100 MB helps nobody. */
const linesMax = 20_000;

export interface LogCopy {
  readonly run: Run;
  readonly total: number;
  /** The log as text, through the filter. */
  readonly address: string;
  readonly shown: () => string;
}

export async function copyLog({ run, total, address, shown }: LogCopy): Promise<void> {
  if (total > linesMax) {
    await navigator.clipboard.writeText(shown());
    run.app.toasts.done(`Copied the lines on this page; download the log for all ${total.toLocaleString('en-US')}`);
    return;
  }
  const text = fetch(address).then(async (answer) => {
    if (!answer.ok) throw new Error(`The log could not be read: the server answered ${answer.status}`);
    return answer.text();
  });
  // A promise inside the item keeps the permission of the click while the text is on its way.
  await navigator.clipboard.write([new ClipboardItem({ 'text/plain': text.then((words) => new Blob([words], { type: 'text/plain' })) })]);
  run.app.toasts.done('Copied the log');
}
