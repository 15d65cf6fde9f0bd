/** Icons are drawn on a 16 grid in the colour of the text, and hold nothing that could run or load. */
import type { Check } from './check.ts';

const elements = new Set(['svg', 'path', 'circle', 'rect', 'line', 'polyline', 'polygon', 'ellipse', 'g']);

export const iconIsPlain: Check = ({ icon }) => {
  const found = [...icon.matchAll(/<\s*([a-zA-Z][\w:-]*)/g)].map((match) => match[1] ?? '');
  return [
    ...(icon.includes('viewBox="0 0 16 16"') ? [] : ['icon.svg has no viewBox="0 0 16 16"']),
    ...(icon.includes('currentColor') ? [] : ['icon.svg does not use currentColor']),
    ...(icon.length <= 4096 ? [] : [`icon.svg has ${icon.length} characters: expected at most 4096`]),
    ...found.filter((name) => !elements.has(name)).map((name) => `icon.svg has a <${name}>: expected only ${[...elements].join(', ')}`),
    ...(/\son\w+\s*=|href|url\(|<!|style\s*=/i.test(icon) ? ['icon.svg has a handler, a link, a style or a declaration'] : []),
  ];
};
