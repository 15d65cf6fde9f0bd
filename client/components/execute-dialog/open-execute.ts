/** Behaviour of the execute dialog. Every keystroke is checked by the server after a short rest; files go up with progress. */
import type { ExecutionHeader, Label } from '../../../core/protocol/entities/execution.ts';
import { renderView } from '../view.ts';
import type { Timers } from '../../ambient/contract.ts';
import type { Connection } from '../../connection/index.ts';
import { executions, flows } from '../../../core/protocol/operations/index.ts';
import type { Dialogs } from '../dialog/dialogs.ts';
import { mountLabelRows, readLabelRows } from '../label/label-rows.ts';
import { LabelRows } from '../label/label-rows.tsx';
import { mountInputForm } from '../input-form/form-behaviour.ts';
import { formInputsOf, initialText, InputForm, type FormInput } from '../input-form/input-form.tsx';
import { instantText, localText, readForm, type ReadForm } from '../input-form/read-form.ts';
import { curlLine } from './curl.ts';
import { ExecuteDialog } from './execute-dialog.tsx';

export interface ExecuteRequest {
  readonly connection: Connection;
  readonly dialogs: Dialogs;
  readonly timers: Timers;
  readonly tenant: string;
  readonly namespace: string;
  readonly id: string;
  /** Run the draft's text. */
  readonly draft?: boolean;
  /** The inputs, when the caller has them already (a draft's, a Pause task's). */
  readonly inputs?: readonly Readonly<Record<string, unknown>>[];
  /** An open workspace asks for no token in the curl line. */
  readonly open: boolean;
  readonly disabled?: string | undefined;
  /** An execution whose inputs and labels can be taken; `now`: they are there from the start. */
  readonly prefill?: { readonly execution: Pick<ExecutionHeader, 'id' | 'inputs' | 'labels'>; readonly now?: boolean } | undefined;
  /** The new execution. */
  readonly started: (execution: { readonly id: string; readonly namespace: string; readonly flowId: string }) => void;
}

const checkRestMs = 250;

const usesTrigger = /\{\{[^}]*\btrigger\s*[.[]/;
/** A label's text on the wire. */
const labelText = ({ key, value }: Label): string => `${key}:${value}`;
const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Sends a multipart form with progress; resolves with the JSON of a 2xx, rejects with the server's message. */
export function sendForm(address: string, form: FormData, onProgress: (share: number) => void): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('POST', address);
    request.upload.addEventListener('progress', (event) => { if (event.lengthComputable) onProgress(event.loaded / event.total); });
    request.addEventListener('load', () => {
      let body: unknown;
      try { body = request.responseText === '' ? undefined : JSON.parse(request.responseText); } catch { body = undefined; }
      if (request.status >= 200 && request.status < 300) { resolve(body); return; }
      const message = typeof body === 'object' && body !== null && 'message' in body && typeof body.message === 'string' ? body.message : `The server answered ${request.status}`;
      reject(new Error(message));
    });
    request.addEventListener('error', () => reject(new Error('The server could not be reached; nothing was started')));
    request.send(form);
  });
}

/** A form as multipart: a file part is named `files` and its filename is the input's id, as Kestra's clients send it. */
export function multipartOf(read: ReadForm): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(read.fields)) form.append(name, value);
  for (const { input, file } of read.files) form.append('files', file, input);
  return form;
}

export async function openExecute(request: ExecuteRequest): Promise<void> {
  const { connection, dialogs, timers, tenant, namespace, id } = request;
  const flow = request.inputs === undefined ? await connection.call(flows.flowsGet, { namespace, id, source: true }) : undefined;
  const inputs: readonly FormInput[] = formInputsOf(request.inputs ?? flow?.inputs ?? []);
  const valuesOf = (given: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> => {
    const values: Record<string, string> = {};
    for (const input of inputs) {
      const own = valueAt(given, input.id);
      // A secret comes back as it is stored, which is nothing to start with.
      const initial = own === undefined || input.type === 'SECRET' ? initialText(input) : initialText({ ...input, defaults: own });
      // A default that is an expression is the server's to render; the field stays empty and the default applies.
      if (!initial.includes('{{')) values[input.id] = input.type === 'DATETIME' ? localText(initial) : initial;
    }
    return values;
  };
  const taken = request.prefill?.execution;
  const takenLabels = (taken?.labels ?? []).filter((label) => !label.key.startsWith('system.') && !(flow?.labels ?? []).some((own) => own.key === label.key && own.value === label.value));
  const isTaken = request.prefill?.now === true;
  const refusal = request.disabled ?? (flow?.disabled === true ? `${id} is disabled: enable it first` : undefined);
  const dialog = dialogs.open(ExecuteDialog({
    title: `Run ${id}`, form: { inputs, values: valuesOf(isTaken ? taken?.inputs ?? {} : {}), problems: {}, hidden: new Set() }, labels: isTaken ? takenLabels : [], draft: request.draft === true,
    disabled: refusal, prefill: taken === undefined || isTaken ? undefined : taken.id.slice(0, 8),
    warnings: [
      ...(flow?.disabled === true ? [`${id} is disabled: it can not be started before somebody enables it.`] : []),
      ...(usesTrigger.test(flow?.source ?? '') ? ['It uses values of a trigger, which a run by hand does not have: where they stand it may fail.'] : []),
    ],
  }));
  const { element } = dialog;
  const form = element.querySelector('form');
  if (form === null) return;
  const first = form.querySelector<HTMLElement>('input, select, textarea');
  first?.focus();
  const errorPlace = form.querySelector<HTMLElement>('[data-error]');
  const progress = form.querySelector('progress');
  const curl = form.querySelector<HTMLElement>('[data-curl]');
  const secrets = new Set(inputs.filter((input) => input.type === 'SECRET').map((input) => input.id));
  const labelTexts = (): readonly string[] => readLabelRows(form).map(labelText);
  /** While a label is half typed it is not a fault yet. */
  const labelTextsSoFar = (): readonly string[] => {
    try { return labelTexts(); } catch { return []; }
  };
  mountInputForm(form);
  mountLabelRows(form, () => paintCurl(readForm(form, inputs)));
  const dateText = (): string => form.querySelector<HTMLInputElement>('[name="$date"]')?.value ?? '';
  const fail = (message: string | undefined): void => {
    if (errorPlace === null) return;
    errorPlace.hidden = message === undefined;
    errorPlace.textContent = message ?? '';
  };

  function paintCurl(read: ReadForm): void {
    if (curl !== null) curl.textContent = curlLine({ origin: location.origin, tenant, namespace, id, fields: read.fields, secrets, files: read.files.map(({ input, file }) => ({ input, name: file.name })), labels: labelTextsSoFar(), open: request.open });
  }

  function paintProblems(checks: readonly { readonly input: string; readonly enabled: boolean; readonly errors: readonly { readonly message: string }[] }[], touchedOnly: boolean): number {
    let count = 0;
    for (const check of checks) {
      const field = form?.querySelector<HTMLElement>(`[data-field="${CSS.escape(check.input)}"]`);
      if (field === null || field === undefined) continue;
      field.hidden = !check.enabled;
      const problem = check.enabled ? check.errors[0]?.message : undefined;
      if (problem !== undefined) count += 1;
      const shown = problem !== undefined && (!touchedOnly || field.dataset['touched'] !== undefined) ? problem : undefined;
      const hint = field.querySelector<HTMLElement>('.hint');
      if (hint !== null) {
        hint.dataset['rest'] ??= hint.textContent ?? '';
        hint.textContent = shown ?? hint.dataset['rest'];
        if (shown === undefined) delete hint.dataset['kind'];
        else hint.dataset['kind'] = 'error';
      }
      for (const control of field.querySelectorAll('.input, input, select, textarea')) {
        if (shown === undefined) control.removeAttribute('aria-invalid');
        else control.setAttribute('aria-invalid', 'true');
      }
    }
    return count;
  }

  let round = 0;
  let cancel: (() => void) | undefined;
  async function check(touchedOnly: boolean): Promise<number> {
    if (form === null) return 0;
    round += 1;
    const mine = round;
    const read = readForm(form, inputs);
    paintCurl(read);
    if (inputs.length === 0) return 0;
    // A file that is chosen counts as given; its bytes go up with the start.
    const fields: Record<string, string> = { ...read.fields };
    for (const { input } of read.files) fields[input] = `kestra:///upload/${input}`;
    try {
      const answer = await connection.call(executions.executionsValidate, { namespace, id, form: { fields, files: [] }, ...(request.draft === true ? { draft: true } : {}) });
      return mine === round ? paintProblems(answer.inputs, touchedOnly) : 0;
    } catch (error) {
      if (mine === round) fail(messageOf(error));
      return 0;
    }
  }

  form.addEventListener('input', (event) => {
    const field = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-field]') : null;
    if (field !== null) field.dataset['touched'] = '';
    fail(undefined);
    cancel?.();
    cancel = timers.after(checkRestMs, () => { void check(true); });
  });
  form.addEventListener('click', (event) => {
    const action = event.target instanceof Element ? event.target.closest('[data-action]')?.getAttribute('data-action') : undefined;
    if (action === 'cancel') dialog.close('');
    if (action === 'prefill' && taken !== undefined) {
      const place = form.querySelector('[data-inputs]');
      const labels = form.querySelector('[data-label-place]');
      if (place !== null) place.innerHTML = renderView(InputForm({ inputs, values: valuesOf(taken.inputs ?? {}), problems: {}, hidden: new Set() }));
      if (labels !== null) labels.innerHTML = renderView(LabelRows({ labels: takenLabels }));
      if (takenLabels.length > 0) labels?.closest('details')?.setAttribute('open', '');
      void check(false);
    }
    if (action === 'copy-curl') void navigator.clipboard.writeText(curl?.textContent ?? '');
  });
  form.addEventListener('keydown', (event) => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) { event.preventDefault(); form.requestSubmit(); }
  });
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    if (refusal !== undefined) return;
    const button = form.querySelector('button[type="submit"]');
    button?.setAttribute('aria-busy', 'true');
    void start().catch((error: unknown) => fail(messageOf(error))).finally(() => {
      button?.removeAttribute('aria-busy');
      if (progress !== null) progress.hidden = true;
    });
  });

  async function start(): Promise<void> {
    if (form === null) return;
    if (await check(false) > 0) { form.querySelector<HTMLElement>(':is(input, select, textarea)[aria-invalid="true"]')?.focus(); return; }
    const read = readForm(form, inputs);
    const query = new URLSearchParams();
    for (const label of labelTexts()) query.append('labels', label);
    if (dateText() !== '') query.set('scheduleDate', instantText(dateText()));
    if (request.draft === true) query.set('draft', 'true');
    if (progress !== null && read.files.length > 0) progress.hidden = false;
    const answer = await sendForm(`/api/v1/${tenant}/executions/${encodeURIComponent(namespace)}/${encodeURIComponent(id)}?${query}`, multipartOf(read), (share) => { if (progress !== null) progress.value = share * 100; });
    if (typeof answer !== 'object' || answer === null || !('id' in answer) || typeof answer.id !== 'string') throw new Error('The server answered without an execution');
    dialog.close('started');
    request.started({ id: answer.id, namespace, flowId: id });
  }

  paintCurl(readForm(form, inputs));
  void check(true);
  await dialog.closed;
  cancel?.();
}

/** An input `a.b` lies in the object of `a`. */
function valueAt(values: Readonly<Record<string, unknown>>, id: string): unknown {
  if (Object.hasOwn(values, id)) return values[id] ?? undefined;
  let here: unknown = values;
  for (const part of id.split('.')) {
    if (typeof here !== 'object' || here === null || !Object.hasOwn(here, part)) return undefined;
    here = (here as Readonly<Record<string, unknown>>)[part];
  }
  return here ?? undefined;
}
