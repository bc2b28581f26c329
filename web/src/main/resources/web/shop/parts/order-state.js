/** The states of an order, in words and as a tag. */
import {html} from 'lit';
import {icon} from 'filo/icons.js';
import {t} from 'filo/i18n.js';
import {plain} from 'filo/ui.js';

const LOOK = {PLACING: ['clock', ''], AWAITING_PAYMENT: ['clock', 'accent'], PLACED: ['check', 'accent'], COMPLETED: ['done', ''], CANCELLED: ['close', '']};

/** The state as a tag with icon and word. */
export function orderTag(order) {
  const state = plain(order.state);
  const [image, look] = LOOK[state] ?? ['info', ''];
  return html`<span class="tag ${look}">${icon(image, {size: 'small'})} ${t(`order.state.${state}`)}</span>`;
}
