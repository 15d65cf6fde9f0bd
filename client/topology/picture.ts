/** The drawn graph as a picture that stands alone: looks and icons are written into it, so that it is the same anywhere. */

/** What is drawn with: read as the browser computed it, written as attributes. */
const looks = ['fill', 'fill-opacity', 'stroke', 'stroke-width', 'stroke-dasharray', 'opacity', 'font-family', 'font-size', 'font-weight', 'text-anchor', 'color', 'stroke-linecap', 'stroke-linejoin'] as const;
const namespace = 'http://www.w3.org/2000/svg';

/** `size`: of the whole graph, in its own units. The icons are read from the sprite, which is in the cache. */
export async function pictureOf(canvas: SVGSVGElement, size: { readonly width: number; readonly height: number }): Promise<string> {
  const copy = canvas.cloneNode(true);
  if (!(copy instanceof SVGSVGElement)) throw new Error('The graph is no picture');
  const originals = [canvas, ...canvas.querySelectorAll('*')];
  const copies = [copy, ...copy.querySelectorAll('*')];
  for (const [index, original] of originals.entries()) {
    const drawn = copies[index];
    if (drawn === undefined || original.namespaceURI !== namespace) continue;
    const computed = getComputedStyle(original);
    for (const look of looks) {
      const value = computed.getPropertyValue(look);
      if (value !== '') drawn.setAttribute(look, value);
    }
    for (const name of ['class', 'tabindex', 'role', 'aria-selected', 'aria-label']) drawn.removeAttribute(name);
  }
  // Who is where, what is chosen and what can be clicked is of this moment, not of the graph.
  for (const passing of copy.querySelectorAll('[data-who], [data-expand]')) passing.remove();
  await embedIcons(copy);
  copy.setAttribute('xmlns', namespace);
  copy.setAttribute('viewBox', `0 0 ${size.width} ${size.height}`);
  copy.setAttribute('width', String(size.width));
  copy.setAttribute('height', String(size.height));
  const ground = document.createElementNS(namespace, 'rect');
  ground.setAttribute('width', String(size.width));
  ground.setAttribute('height', String(size.height));
  ground.setAttribute('fill', getComputedStyle(canvas.parentElement ?? canvas).backgroundColor);
  copy.prepend(ground);
  return new XMLSerializer().serializeToString(copy);
}

async function embedIcons(picture: SVGSVGElement): Promise<void> {
  const uses = [...picture.querySelectorAll('use')];
  const sprite = uses[0]?.getAttribute('href')?.split('#')[0];
  if (sprite === undefined) return;
  const answer = await fetch(sprite);
  if (!answer.ok) throw new Error(`The icons could not be read: ${answer.status}`);
  const symbols = new DOMParser().parseFromString(await answer.text(), 'image/svg+xml');
  const defs = document.createElementNS(namespace, 'defs');
  const known = new Set<string>();
  for (const use of uses) {
    const id = use.getAttribute('href')?.split('#')[1] ?? '';
    use.setAttribute('href', `#${id}`);
    const symbol = symbols.getElementById(id);
    if (known.has(id) || symbol === null) continue;
    known.add(id);
    defs.append(document.importNode(symbol, true));
  }
  picture.append(defs);
}

/** Twice the size, so that it is sharp on every screen; a browser draws no larger picture than this. */
const pixelRatio = 2;
const sidePxMax = 8192;

export async function pngOf(svg: string, size: { readonly width: number; readonly height: number }): Promise<Blob> {
  const ratio = Math.min(pixelRatio, sidePxMax / Math.max(size.width, size.height));
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
  await image.decode();
  const canvas = document.createElement('canvas');
  canvas.width = Math.ceil(size.width * ratio);
  canvas.height = Math.ceil(size.height * ratio);
  canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve, reject) => canvas.toBlob((blob) => { if (blob === null) reject(new Error('The browser could not draw the picture')); else resolve(blob); }, 'image/png'));
}

export function download(blob: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}
