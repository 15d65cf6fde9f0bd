/** Metrics in the browser: live, of one task or of all. */
import { draw } from '../../components/live/live.ts';
import { faceOf, type Face, type FaceContext, type Run } from './face.ts';
import { MetricsView } from './metrics-view.tsx';

export function mountMetricsFace(run: Run, context: FaceContext): Face {
  const { root, app } = run;
  const list = root.querySelector('#execution-metrics');
  run.listen(root, 'change', (event) => {
    if (!(event.target instanceof HTMLSelectElement) || event.target.id !== 'metric-task') return;
    const query = new URLSearchParams(run.place().search);
    query.delete('page');
    if (event.target.value === '') query.delete('task');
    else query.set('task', event.target.value);
    const text = query.toString();
    app.go(`${run.place().path}${text === '' ? '' : `?${text}`}`);
  });
  return faceOf({ changed: () => { if (list !== null) draw(list, MetricsView({ state: context.state(), place: run.place() })); } });
}
