/** Markdown of descriptions and plugin docs. HTML inside it stays text, and links of other kinds than http(s), mailto and paths stay text, too. */
import { raw } from 'hono/html';
import MarkdownIt from 'markdown-it';

// Written out, since a changed default would let a flow's description run in everybody's browser.
const markdown = new MarkdownIt({ html: false, linkify: true, typographer: false, breaks: false });
markdown.validateLink = (address) => /^(https?:|mailto:|\/(?!\/)|#)/i.test(address.trim());
// An image from elsewhere would tell its host who reads this; the policy refuses it anyway.
markdown.disable('image');

export function Markdown({ text }: { readonly text: string }) {
  return <div class="markdown">{raw(markdown.render(text))}</div>;
}
