/** Pages of a list, as addresses: 10, 25, 50 or 100 rows. At most five numbers are shown. */
import { pageSizes, withQuery } from '../filter-bar/filters.ts';
import { Button } from '../button/button.tsx';

export interface PagerProps {
  readonly path: string;
  readonly search: string;
  readonly page: number;
  readonly size: number;
  readonly total: number;
}

const number = (value: number): string => value.toLocaleString('en-US').replaceAll(',', '\u202f');

export function Pager({ path, search, page, size, total }: PagerProps) {
  const pages = Math.max(1, Math.ceil(total / size));
  const from = total === 0 ? 0 : (page - 1) * size + 1;
  const shown = [...new Set([1, page - 1, page, page + 1, pages])].filter((one) => one >= 1 && one <= pages).sort((a, b) => a - b);
  const href = (target: number): string => `${path}${withQuery(search, { page: target === 1 ? undefined : target })}`;
  return (
    <nav class="pager" id="pager" aria-label="Pages">
      <span class="num">{number(from)} to {number(Math.min(total, page * size))} of {number(total)}</span>
      <span class="grow"></span>
      {total <= pageSizes[0] ? null : (
        <span class="segmented wide" role="group" aria-label="Rows a page">
          {pageSizes.map((one) => <a href={`${path}${withQuery(search, { size: one, page: undefined })}`} aria-pressed={one === size ? 'true' : 'false'} data-page-size={one} role="button" title={`${one} rows a page`}>{one}</a>)}
        </span>
      )}
      {pages === 1 ? null : (
        <>
          <Button kind="quiet" size="small" icon="chevron-left" title="Previous page" {...(page > 1 ? { href: href(page - 1) } : { disabled: 'This is the first page' })} />
          {shown.map((one, index) => (
            <>
              {index > 0 && one - (shown[index - 1] ?? one) > 1 ? <span class="faint">…</span> : null}
              <a class="button" data-kind="quiet" data-size="small" href={href(one)} aria-current={one === page ? 'page' : undefined}>{one}</a>
            </>
          ))}
          <Button kind="quiet" size="small" icon="chevron-right" title="Next page" {...(page < pages ? { href: href(page + 1) } : { disabled: 'This is the last page' })} />
        </>
      )}
    </nav>
  );
}
