/** The whole document around the frame. Nothing in it is executable but two files of ours, so the strict policy holds on every page. */
import type { OpenedPage } from './frame.ts';
import { renderView } from '../view.ts';
import { JsonScript } from './json-script.tsx';
import { BareShell, Shell, type ShellData } from './shell.tsx';

/** htmx without anything that would be evaluated or styled inline; requests of navigation only. */
const htmxConfig = JSON.stringify({ includeIndicatorCSS: false, history: true, morphSkip: '[data-owned]', noSwap: [204, 304], defaultTimeout: 30_000 });

/** The page as text, from the first byte to the last. */
export function renderPage(page: OpenedPage, shell: ShellData): string {
  const { look, manifest } = shell;
  const asset = (source: string): string => {
    const address = manifest[source];
    if (address === undefined) throw new Error(`The client's manifest does not know ${source}: build the client (npm run build)`);
    return address;
  };
  return `<!doctype html>${renderView(
    <html lang="en" data-theme={look.theme === 'system' ? undefined : look.theme} data-density={look.density === 'regular' ? undefined : look.density}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover" />
        <meta name="color-scheme" content="light dark" />
        <meta name="htmx-config" content={htmxConfig} />
        <title>{page.title} · Ensemble</title>
        <link rel="icon" type="image/svg+xml" href={asset('client/theme/mark.svg')} />
        <link rel="stylesheet" href={asset('client/theme/index.css')} />
        <script type="module" src={asset('client/app.ts')}></script>
        <JsonScript id="manifest" value={manifest} />
      </head>
      <body hx-sync="replace">
        <a class="skip" href="#main">Skip to content</a>
        <div class="progress-line" id="progress" hidden></div>
        {page.bare ? <BareShell page={page} /> : <Shell page={page} shell={shell} />}
        <div id="dialogs"></div>
        <div class="toasts" id="toasts" role="region" aria-label="Messages"></div>
        <div class="hidden-text" id="announcements" role="status" aria-live="polite"></div>
      </body>
    </html>,
  )}`;
}
