/** What can not be shown: the status, why, and the way out. The server opens it for every failure of a page. */
import type { FieldProblem } from '../../../core/protocol/errors.ts';
import { Button } from '../../components/button/button.tsx';
import { Empty } from '../../components/notice/notice.tsx';
import { openedPage, to, type OpenedPage, type PageDefinition, type Place } from '../page.ts';

export interface ErrorData {
  readonly status: number;
  readonly message: string;
  readonly errors: readonly FieldProblem[];
}

const titles: Readonly<Record<number, string>> = { 401: 'Sign in first', 403: 'Not allowed', 404: 'Not found', 410: 'No longer valid', 429: 'Too many tries', 503: 'Not ready' };
const titleOf = (status: number): string => titles[status] ?? 'Something went wrong';

const definition: PageDefinition<ErrorData> = {
  name: 'error',
  route: '/error',
  title: ({ status }) => titleOf(status),
  load: () => Promise.reject(new Error('An error page is opened with its data')),
  view: (data, place) => <ErrorView data={data} place={place} />,
};

/** A failure as a page. `known`: somebody who is signed in gets the shell around it. */
export function errorPage(data: ErrorData, place: Place, known: boolean): OpenedPage {
  return openedPage(known ? definition : { ...definition, access: 'open' }, data, place, data.status);
}

function ErrorView({ data, place }: { readonly data: ErrorData; readonly place: Place }) {
  return (
    <div class="page-pad">
      <section class="panel">
        <Empty icon={data.status === 403 || data.status === 401 ? 'lock' : data.status === 404 ? 'search' : 'state-warning'} title={titleOf(data.status)}>
          <p class="error-words">{data.message}</p>
          {data.errors.length === 0 ? null : <ul class="small">{data.errors.map((error) => <li>{error.path === undefined ? '' : `${error.path}: `}{error.message}</li>)}</ul>}
          <span class="row">
            {data.status === 401 ? <Button kind="primary" href={`${to(place, '/login')}?from=${encodeURIComponent(place.path)}`}>Sign in</Button> : <Button kind="primary" icon="home" href={to(place, '/dashboards')}>Home</Button>}
            <Button icon="replay" href={`${place.path}${place.search === '' ? '' : `?${place.search.replace(/^\?/, '')}`}`}>Try again</Button>
          </span>
          <p class="faint small num">{data.status}</p>
        </Empty>
      </section>
    </div>
  );
}
