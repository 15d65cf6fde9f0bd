/** The name that a downloaded file gets: what is asked for, else what the answer says, else what the address ends with. */

export interface NameSource {
  readonly saveAs: string | undefined;
  /** The header `Content-Disposition`. */
  readonly disposition: string | undefined;
  /** Of the address. */
  readonly path: string;
}

const nameCharsMax = 200;

/** `saveAs` may have folders and is checked where the file is stored; the other two are made harmless. */
export function nameOf(source: NameSource): string {
  const asked = source.saveAs?.trim() ?? '';
  if (asked !== '') return asked;
  const given = source.disposition === undefined ? '' : safe(ofDisposition(source.disposition));
  if (given !== '') return given;
  const last = safe(decoded(source.path.split('/').filter((part) => part !== '').at(-1) ?? ''));
  return last === '' ? 'download' : last;
}

/** RFC 6266: `filename*` (RFC 8187) wins over `filename`. */
function ofDisposition(header: string): string {
  const extended = /;\s*filename\*\s*=\s*"?([\w.:-]*)'[\w-]*'([^;"\s]+)/i.exec(`;${header}`);
  if (extended !== null) {
    const bytes = unescaped(extended[2] ?? '');
    try {
      return new TextDecoder(extended[1] === '' ? 'utf-8' : extended[1]).decode(bytes);
    } catch {
      // A charset that nobody knows: the plain name, if there is one, says enough.
    }
  }
  const plain = /;\s*filename\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;\s]+))/i.exec(`;${header}`);
  return plain === null ? '' : (plain[1]?.replace(/\\(.)/g, '$1') ?? plain[2] ?? '');
}

function unescaped(text: string): Uint8Array {
  const bytes: number[] = [];
  for (const match of text.matchAll(/%([0-9a-fA-F]{2})|([\s\S])/g)) bytes.push(match[1] === undefined ? (match[2] ?? '').charCodeAt(0) & 255 : Number.parseInt(match[1], 16));
  return Uint8Array.from(bytes);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // A lone percent sign belongs to the name.
    return text;
  }
}

/** Without folders and control characters: a server must not choose where its file goes. */
function safe(name: string): string {
  const last = name.split(/[/\\]/).at(-1)?.replace(/[\x00-\x1f\x7f]/g, '').trim() ?? '';
  if (/^\.*$/.test(last)) return '';
  if (last.length <= nameCharsMax) return last;
  const ending = /\.\w{1,10}$/.exec(last)?.[0] ?? '';
  return `${last.slice(0, nameCharsMax - ending.length)}${ending}`;
}
