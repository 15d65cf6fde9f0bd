/**
 * Records of CSV text that comes in pieces. A field may stand in delimiters; inside, a delimiter is written twice, and separators and line
 * ends are text. A record that breaks these rules is given out as bad, and reading goes on at the next line.
 */
export type CsvRecord =
  | { readonly type: 'record'; readonly fields: readonly string[]; readonly line: number }
  | { readonly type: 'bad'; readonly why: string; readonly line: number };

export interface CsvOptions {
  /** One UTF-16 unit each. */
  readonly separator: string;
  readonly delimiter: string;
  /** A longer record is refused. */
  readonly recordCharsMax: number;
}

/** The reader is in one of these places; each says what the next character means. */
type Place = 'fieldStart' | 'plain' | 'delimited' | 'delimiterSeen' | 'skipLine';

export async function* csvRecords(texts: AsyncIterable<string>, options: CsvOptions): AsyncGenerator<CsvRecord> {
  const { separator, delimiter } = options;
  let place: Place = 'fieldStart';
  let fields: string[] = [];
  let field = '';
  let line = 1;
  let recordLine = 1;
  let chars = 0;
  let why = '';
  let afterReturn = false;
  /** Read anew each time: the functions below change it, which the compiler does not see. */
  const now = (): Place => place;

  const endField = (): void => {
    fields.push(field);
    field = '';
    place = 'fieldStart';
  };
  const endRecord = (): CsvRecord => {
    const record: CsvRecord = now() === 'skipLine' ? { type: 'bad', why, line: recordLine } : { type: 'record', fields: [...fields, field], line: recordLine };
    fields = [];
    field = '';
    place = 'fieldStart';
    chars = 0;
    recordLine = line;
    return record;
  };
  const bad = (reason: string): void => {
    why = reason;
    place = 'skipLine';
  };

  for await (const text of texts) {
    for (let index = 0; index < text.length; index += 1) {
      // Most characters are just text: they are taken by the run, not one by one.
      const run = now() === 'delimited' ? endOfText(text, index, delimiter) : now() === 'plain' || now() === 'skipLine' ? endOfText(text, index, separator) : index;
      if (run > index) {
        if (now() !== 'skipLine') field += text.slice(index, run);
        chars += run - index;
        afterReturn = false;
        index = run;
        if (chars > options.recordCharsMax && now() !== 'skipLine') bad(`it has more than ${options.recordCharsMax} characters`);
        if (index >= text.length) break;
      }
      const character = text.charAt(index);
      const isLineEnd = character === '\n' || character === '\r';
      if (character === '\n' && afterReturn) {
        // The second half of one line end; inside delimiters it is text.
        afterReturn = false;
        if (now() === 'delimited') field += character;
        continue;
      }
      afterReturn = character === '\r';
      if (isLineEnd) line += 1;
      chars += 1;
      if (chars > options.recordCharsMax && now() !== 'skipLine') bad(`it has more than ${options.recordCharsMax} characters`);
      switch (now()) {
        case 'fieldStart':
          if (character === delimiter) place = 'delimited';
          else if (character === separator) endField();
          else if (isLineEnd) yield endRecord();
          else {
            field += character;
            place = 'plain';
          }
          break;
        case 'plain':
          if (character === separator) endField();
          else if (isLineEnd) yield endRecord();
          else field += character;
          break;
        case 'delimited':
          if (character === delimiter) place = 'delimiterSeen';
          else field += character;
          break;
        case 'delimiterSeen':
          if (character === delimiter) {
            field += character;
            place = 'delimited';
          } else if (character === separator) endField();
          else if (isLineEnd) yield endRecord();
          else bad(`after the closing ${delimiter} of a field comes ${JSON.stringify(character)}`);
          break;
        case 'skipLine':
          if (isLineEnd) yield endRecord();
          break;
      }
    }
  }
  if (now() === 'delimited') {
    bad(`a field that begins with ${delimiter} is never closed`);
    yield endRecord();
  } else if (now() !== 'fieldStart' || fields.length > 0 || field !== '') yield endRecord();
}

/** Where the run of plain text that begins at `from` ends: at a line end, or at this character. */
function endOfText(text: string, from: number, character: string): number {
  const wanted = character.charCodeAt(0);
  let at = from;
  for (; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 0x0a || code === 0x0d || code === wanted) return at;
  }
  return at;
}
