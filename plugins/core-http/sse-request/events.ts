/** Server-sent events, as the HTML standard defines their stream. */

export interface ServerEvent {
  readonly id?: string;
  /** The field `event`. */
  readonly name?: string;
  readonly data: string;
  readonly comment?: string;
  readonly retry?: number;
}

/** An event longer than this is no event: the stream would fill the memory. */
const eventCharsMax = 1024 * 1024;

export async function* serverEvents(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<ServerEvent> {
  const decoder = new TextDecoder('utf-8');
  let rest = '';
  let fields = emptyFields();
  for await (const chunk of chunks) {
    rest += decoder.decode(chunk, { stream: true });
    // A carriage return at the end may be the first half of a line end.
    const lines = rest.split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop() ?? '';
    for (const line of lines) {
      if (line !== '') addLine(fields, line);
      else {
        const event = eventOf(fields);
        fields = emptyFields();
        if (event !== undefined) yield event;
      }
    }
    if (rest.length + fields.length > eventCharsMax) throw new Error(`An event of the stream has more than ${eventCharsMax} characters.`);
  }
}

interface Fields {
  data: string[];
  id: string | undefined;
  name: string | undefined;
  comments: string[];
  retry: number | undefined;
  length: number;
}

const emptyFields = (): Fields => ({ data: [], id: undefined, name: undefined, comments: [], retry: undefined, length: 0 });

function addLine(fields: Fields, line: string): void {
  fields.length += line.length;
  const colon = line.indexOf(':');
  const field = colon === -1 ? line : line.slice(0, colon);
  const value = colon === -1 ? '' : line.slice(colon + 1).replace(/^ /, '');
  switch (field) {
    case '': fields.comments.push(value); return;
    case 'data': fields.data.push(value); return;
    case 'id': if (!value.includes('\0')) fields.id = value; return;
    case 'event': fields.name = value; return;
    case 'retry': if (/^\d+$/.test(value)) fields.retry = Number(value); return;
    default: // The standard says to pass over other fields.
  }
}

/** A block without data is no event: a comment that keeps the connection alive, for one. */
function eventOf(fields: Fields): ServerEvent | undefined {
  if (fields.data.length === 0) return undefined;
  return {
    data: fields.data.join('\n'),
    ...(fields.id === undefined ? {} : { id: fields.id }),
    ...(fields.name === undefined || fields.name === '' ? {} : { name: fields.name }),
    ...(fields.comments.length === 0 ? {} : { comment: fields.comments.join('\n') }),
    ...(fields.retry === undefined ? {} : { retry: fields.retry }),
  };
}
