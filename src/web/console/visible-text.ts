import { options, type VNode } from 'preact';
import { visible } from '../view/element.ts';

/** What Preact makes of a text between its elements: no type, and the text in place of properties. */
type TextNode = { readonly type: null; props: unknown };

/**
 * Has every text of every page shown as reports show theirs: what turns, hides or joins others by its number. To be called before
 * anything is drawn. No page can forget it, whoever wrote the text: titles of contracts, say, are free.
 */
export function showEveryCharacter(): void {
  options.vnode = (node: VNode | TextNode) => {
    if (node.type === null && typeof node.props === 'string') node.props = visible(node.props);
  };
}
