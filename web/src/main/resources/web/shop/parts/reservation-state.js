/** The states of a reservation, in words and as a tag. */
import {html} from 'lit';
import {icon} from 'filo/icons.js';
import {t} from 'filo/i18n.js';
import {plain} from 'filo/ui.js';

/** States in which the goods are kept, or about to be. */
export const OPEN = ['PENDING', 'HELD', 'PREPARED'];

const LOOK = {
  PENDING: ['clock', ''], HELD: ['check', 'accent'], PREPARED: ['box', 'accent'], COLLECTED: ['done', ''], EXPIRED: ['clock', ''], CANCELLED: ['close', ''], REFUSED: ['warning', 'danger'],
};

/** The state as a tag with icon and word. */
export function stateTag(reservation) {
  const state = plain(reservation.state);
  if (plain(reservation.offer?.state) === 'OPEN') return html`<span class="tag accent">${icon('store', {size: 'small'})} ${t('offer.tag')}</span>`;
  const [image, look] = LOOK[state] ?? ['info', ''];
  return html`<span class="tag ${look}">${icon(image, {size: 'small'})} ${t(`reservation.state.${state}`)}</span>`;
}
