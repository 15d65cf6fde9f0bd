import { raw } from 'hono/html';

/**
 * Data inside the page, for the browser to continue from. A script of another type is not executed, so the policy allows it. Its text is
 * not HTML: entities would stay as they are, so `<` is escaped in JSON's own way, which no text can use to end the element.
 */
export function JsonScript({ id, value }: { readonly id: string; readonly value: unknown }) {
  return <script type="application/json" id={id}>{raw(JSON.stringify(value).replaceAll('<', '\\u003c'))}</script>;
}
