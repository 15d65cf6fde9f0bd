/** A difference of two texts: inline, signs beside colours. */
import type { DiffLine } from './line-diff.ts';

export function DiffView({ lines, label }: { readonly lines: readonly DiffLine[]; readonly label: string }) {
  if (!lines.some((line) => line.type === 'added' || line.type === 'removed')) return <p class="panel-body faint">They are the same, letter by letter.</p>;
  return (
    <div class="inline-diff mono" role="table" aria-label={label} tabindex={0}>
      {lines.map((line) => {
        switch (line.type) {
          case 'fold': return <div class="diff-fold faint" role="row"><span role="cell">{line.count} equal {line.count === 1 ? 'line' : 'lines'}</span></div>;
          case 'same': return <div class="diff-line" role="row"><span class="no" role="cell">{line.old}</span><span class="no" role="cell">{line.fresh}</span><span class="sign" role="cell"></span><code role="cell">{line.text}</code></div>;
          case 'removed': return <div class="diff-line" data-diff="del" role="row"><span class="no" role="cell">{line.old}</span><span class="no" role="cell"></span><span class="sign" role="cell" aria-label="removed">−</span><code role="cell">{line.text}</code></div>;
          case 'added': return <div class="diff-line" data-diff="add" role="row"><span class="no" role="cell"></span><span class="no" role="cell">{line.fresh}</span><span class="sign" role="cell" aria-label="added">+</span><code role="cell">{line.text}</code></div>;
        }
      })}
    </div>
  );
}
