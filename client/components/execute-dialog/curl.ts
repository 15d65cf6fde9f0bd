/** The same start as a line for a terminal. Quoted for POSIX shells: nothing typed into a form can become a command. */
const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

export interface CurlLine {
  readonly origin: string;
  readonly tenant: string;
  readonly namespace: string;
  readonly id: string;
  readonly fields: Readonly<Record<string, string>>;
  readonly secrets: ReadonlySet<string>;
  readonly files: readonly { readonly input: string; readonly name: string }[];
  readonly labels: readonly string[];
  readonly open: boolean;
}

export function curlLine(line: CurlLine): string {
  const query = line.labels.length === 0 ? '' : `?${line.labels.map((label) => `labels=${encodeURIComponent(label)}`).join('&')}`;
  const address = `${line.origin}/api/v1/${line.tenant}/executions/${encodeURIComponent(line.namespace)}/${encodeURIComponent(line.id)}${query}`;
  const parts = [
    'curl --request POST',
    ...(line.open ? [] : ['--header "Authorization: Bearer $ENSEMBLE_TOKEN"']),
    ...Object.entries(line.fields).map(([name, value]) => `--form-string ${quoted(`${name}=${line.secrets.has(name) ? '…' : value}`)}`),
    ...line.files.map(({ input, name }) => `--form ${quoted(`files=@${name};filename=${input}`)}`),
    quoted(address),
  ];
  return parts.join(' \\\n  ');
}
