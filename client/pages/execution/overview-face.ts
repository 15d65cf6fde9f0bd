/** The overview in the browser: live, with what is chosen in its columns. */
import { morphOuter } from '../../components/live/morph.ts';
import { renderView } from '../../components/view.ts';
import { pathOfValue, walked } from './cascader.ts';
import { faceOf, type Face, type FaceContext, type Run } from './face.ts';
import { treeOfValues } from './outputs.ts';
import { Overview } from './overview.tsx';
import { valueSections, valuesOf, type ValuePaths, type ValueSectionName } from './overview-values.tsx';

export function mountOverviewFace(run: Run, context: FaceContext): Face {
  const { root, data } = run;
  let paths: ValuePaths = {};
  const paint = (): void => {
    const element = document.getElementById('execution-overview');
    if (element !== null) morphOuter(element, renderView(Overview({ data: { ...data, state: context.state(), logs: context.logs() }, place: run.place(), paths })));
  };
  const sectionOf = (element: Element): ValueSectionName | undefined => valueSections.find((one) => `columns-${one}` === element.closest<HTMLElement>('[data-section]')?.dataset['section']);
  const choose = (section: ValueSectionName, path: readonly string[]): void => {
    paths = { ...paths, [section]: path };
    paint();
    root.querySelector<HTMLElement>(`#columns-${section}-${path.length - 1} [aria-selected="true"]`)?.focus({ preventScroll: true });
  };
  run.listen(root, 'keydown', (event) => {
    const item = event.target instanceof Element ? event.target.closest<HTMLElement>('.column-item') : null;
    const section = item === null ? undefined : sectionOf(item);
    const { execution } = context.state();
    if (item === null || section === undefined || execution === null) return;
    const { handled, path } = walked(treeOfValues(valuesOf(execution, section, data.flow)), paths[section] ?? [], pathOfValue(item.dataset['value'] ?? ''), event.key);
    if (!handled) return;
    event.preventDefault();
    if (path !== undefined) choose(section, path);
  });
  return faceOf({
    changed: paint,
    logged() { if (context.state().execution?.state.current === 'FAILED') paint(); },
    actions: {
      value({ element, value }) {
        const section = sectionOf(element);
        if (section === undefined) return;
        const path = pathOfValue(value);
        // A second click closes it again.
        const same = JSON.stringify(paths[section]) === JSON.stringify(path);
        choose(section, same ? path.slice(0, -1) : path);
      },
    },
  });
}
