/** Chromium with one separate profile a person, so that two people in a test are two people. Records CSP reports and script errors. */
import { rm, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { launch, type Browser, type Page } from 'puppeteer-core';
import { until } from './server.ts';

export interface TestPerson {
  readonly name: string;
  readonly page: Page;
  /** Reports of the page policy and uncaught script errors, which every story expects to be none. */
  readonly complaints: string[];
  go(address: string): Promise<void>;
  text(selector: string): Promise<string>;
  /** Waits until the selector is there and its text holds the words. */
  sees(selector: string, words?: string, timeoutMs?: number): Promise<void>;
  click(selector: string): Promise<void>;
  close(): Promise<void>;
}

export interface TestBrowser {
  person(name: string, options?: { readonly width?: number; readonly height?: number; readonly dark?: boolean }): Promise<TestPerson>;
  close(): Promise<void>;
}

export async function openBrowser(): Promise<TestBrowser> {
  const executablePath = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
  const profile = await mkdtemp(join(tmpdir(), 'ensemble-chromium-'));
  const browser: Browser = await launch({
    executablePath, headless: true, userDataDir: profile,
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--disable-dev-shm-usage'],
  });
  return {
    async person(name, options = {}) {
      const context = await browser.createBrowserContext();
      const page = await context.newPage();
      await page.setViewport({ width: options.width ?? 1440, height: options.height ?? 900 });
      await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: options.dark === true ? 'dark' : 'light' }, { name: 'prefers-reduced-motion', value: 'reduce' }]);
      const complaints: string[] = [];
      page.on('pageerror', (error) => complaints.push(`script error: ${error instanceof Error ? error.message : String(error)}`));
      page.on('console', (message) => { if (/Content Security Policy|Refused to/i.test(message.text())) complaints.push(message.text()); });
      await page.evaluateOnNewDocument(() => {
        document.addEventListener('securitypolicyviolation', (event) => { console.error(`Content Security Policy: ${event.violatedDirective} ${event.blockedURI}`); });
      });
      return {
        name, page, complaints,
        async go(address) { await page.goto(address, { waitUntil: 'domcontentloaded' }); },
        async text(selector) { return await page.$eval(selector, (element) => element.textContent ?? ''); },
        async sees(selector, words, timeoutMs) {
          await until(`${name} sees ${selector}${words === undefined ? '' : ` with "${words}"`}`, async () => await page.$$eval(selector, (elements) => elements.map((element) => element.textContent ?? '').join('\n')), (found) => (words === undefined ? found.length >= 0 : found.includes(words)), timeoutMs);
          await page.waitForSelector(selector, { timeout: timeoutMs ?? 15_000 });
        },
        async click(selector) { await page.waitForSelector(selector, { visible: true }); await page.click(selector); },
        async close() { await context.close(); },
      };
    },
    async close() {
      await browser.close();
      await rm(profile, { recursive: true, force: true });
    },
  };
}
