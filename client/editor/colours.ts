/** Monaco wants plain hex colours; the look has tokens that follow the theme. This reads one as the other. */
import { monaco } from './monaco.ts';

/** The computed value of a token, as `#rrggbb`: a canvas understands every notation that CSS does. */
function hexOf(token: string, probe: HTMLElement, pencil: CanvasRenderingContext2D): string {
  probe.setAttribute('data-token', token);
  probe.style.setProperty('color', `var(${token})`);
  pencil.fillStyle = '#000000';
  pencil.fillStyle = getComputedStyle(probe).color;
  pencil.clearRect(0, 0, 1, 1);
  pencil.fillRect(0, 0, 1, 1);
  const [red = 0, green = 0, blue = 0] = pencil.getImageData(0, 0, 1, 1).data;
  return `#${[red, green, blue].map((part) => part.toString(16).padStart(2, '0')).join('')}`;
}

/** Defines and sets the editor's theme from the tokens as they are now; call it again when the theme changes. */
export function useLookTheme(): void {
  const probe = document.createElement('span');
  probe.hidden = true;
  document.body.append(probe);
  const pencil = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  if (pencil === null) { probe.remove(); return; }
  const hex = (token: string): string => hexOf(token, probe, pencil);
  const bare = (token: string): string => hex(token).slice(1);
  const surface = hex('--surface');
  const dark = Number.parseInt(surface.slice(1, 3), 16) < 128;
  monaco.editor.defineTheme('ensemble', {
    base: dark ? 'vs-dark' : 'vs',
    inherit: true,
    rules: [
      { token: '', foreground: bare('--text') },
      { token: 'type', foreground: bare('--code-key') },
      { token: 'type.yaml', foreground: bare('--code-key') },
      { token: 'string', foreground: bare('--code-string') },
      { token: 'string.yaml', foreground: bare('--code-string') },
      { token: 'number', foreground: bare('--code-number') },
      { token: 'keyword', foreground: bare('--code-number') },
      { token: 'comment', foreground: bare('--code-comment'), fontStyle: 'italic' },
    ],
    colors: {
      'editor.background': surface,
      'editor.foreground': hex('--text'),
      'editorLineNumber.foreground': hex('--text-3'),
      'editorLineNumber.activeForeground': hex('--text'),
      'editorCursor.foreground': hex('--accent'),
      'editor.selectionBackground': `${hex('--accent')}38`,
      'editor.lineHighlightBackground': `${hex('--accent')}0f`,
      'editor.lineHighlightBorder': '#00000000',
      'editorIndentGuide.background1': hex('--line-faint'),
      'editorWidget.background': hex('--raised'),
      'editorWidget.border': hex('--line'),
      'editorHoverWidget.background': hex('--raised'),
      'editorSuggestWidget.background': hex('--raised'),
      'editorSuggestWidget.selectedBackground': `${hex('--accent')}2e`,
      'scrollbarSlider.background': `${hex('--line-strong')}59`,
      'scrollbarSlider.hoverBackground': `${hex('--line-strong')}8c`,
      'scrollbarSlider.activeBackground': `${hex('--line-strong')}b3`,
      'editorOverviewRuler.border': '#00000000',
      'editorError.foreground': hex('--state-failed'),
      'editorWarning.foreground': hex('--state-warning'),
      focusBorder: hex('--accent'),
    },
  });
  monaco.editor.setTheme('ensemble');
  probe.remove();
}
