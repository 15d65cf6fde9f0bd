/** A difference of two texts, inline or side by side: signs beside colours, and whose each new line is. */
import type { RevisionAuthor } from '../../../core/protocol/entities/flow.ts';
import { besides, type DiffLine } from './line-diff.ts';

export interface DiffViewProps {
  readonly lines: readonly DiffLine[];
  readonly label: string;
  /** Names of both sides, for side by side. */
  readonly heads: readonly [old: string, fresh: string];
  /** Authors of the lines, by number - 1. */
  readonly oldAuthors: readonly (RevisionAuthor | undefined)[];
  readonly freshAuthors: readonly (RevisionAuthor | undefined)[];
}

export function DiffView(props: DiffViewProps & { readonly mode: 'inline' | 'side' }) {
  const { lines, mode } = props;
  if (!lines.some((line) => line.type === 'added' || line.type === 'removed')) return <p class="page-pad faint">They are the same, letter by letter.</p>;
  return mode === 'side' ? <><SideBySide {...props} /><div class="narrow-diff"><Inline {...props} /></div></> : <Inline {...props} />;
}

const equalWords = (count: number): string => `${count} equal ${count === 1 ? 'line' : 'lines'}`;

function Inline({ lines, label, freshAuthors }: DiffViewProps) {
  return (
    <div class="inline-diff mono" role="region" aria-label={label} tabindex={0}>
      {lines.map((line) => {
        switch (line.type) {
          case 'fold': return <div class="diff-fold faint">{equalWords(line.count)}</div>;
          case 'same': return <div class="diff-line"><span class="no">{line.old}</span><span class="no">{line.fresh}</span><span class="sign"></span><code>{line.text}</code></div>;
          case 'removed': return <div class="diff-line" data-diff="del"><span class="no">{line.old}</span><span class="no"></span><span class="sign" aria-label="removed">−</span><code>{line.text}</code></div>;
          case 'added': return <div class="diff-line" data-diff="add"><span class="no"></span><span class="no">{line.fresh}</span><span class="sign" aria-label="added">+</span><code>{line.text}</code><Author author={freshAuthors[line.fresh - 1]} /></div>;
          default: return never(line);
        }
      })}
    </div>
  );
}

function Author({ author }: { readonly author: RevisionAuthor | undefined }) {
  return author === undefined ? null : <span class="name-flag diff-author" data-who={author.color}>{author.name}</span>;
}

function SideBySide({ lines, label, heads, oldAuthors, freshAuthors }: DiffViewProps) {
  const pairs = besides(lines);
  const side = (which: 'old' | 'fresh') => {
    const authors = which === 'old' ? oldAuthors : freshAuthors;
    let shown: string | undefined;
    return (
      <div class="code">
        <div class="diff-head"><span class="small cut">{which === 'old' ? heads[0] : heads[1]}</span></div>
        {pairs.map((pair) => {
          if (pair.type === 'fold') { shown = undefined; return <div class="diff-fold faint">{equalWords(pair.count)}</div>; }
          const line = which === 'old' ? pair.old : pair.fresh;
          if (line === undefined) return <div class="line" data-diff="none"><span class="by"></span><span class="no"></span><span class="mark"></span><code> </code></div>;
          const author = authors[line.number - 1];
          const changed = line.changed ? (which === 'old' ? 'del' : 'add') : undefined;
          // The name stands where authorship changes, not on each line.
          const named = changed === 'add' && author !== undefined && author.id !== shown ? author : undefined;
          shown = changed === 'add' ? author?.id : undefined;
          return <div class="line" data-diff={changed}><span class="by" data-who={author?.color} title={author?.name}></span><span class="no">{line.number}</span><span class="mark" aria-label={changed === 'del' ? 'removed' : changed === 'add' ? 'added' : undefined}>{changed === 'del' ? '−' : changed === 'add' ? '+' : ''}</span><code>{line.text === '' ? ' ' : line.text}</code>{named === undefined ? null : <span class="author name-flag" data-who={named.color}>{named.name}</span>}</div>;
        })}
      </div>
    );
  };
  return <div class="diff wide" role="region" aria-label={label} tabindex={0}>{side('old')}{side('fresh')}</div>;
}

function never(value: never): never {
  throw new Error(`not a line of a difference: ${JSON.stringify(value)}`);
}
