/** Where a line of the cart came from, in words and as an icon. */
import {t} from 'filo/i18n.js';
import {deviceKind, deviceName} from 'filo/session.js';

const SERVICE = ['desk', 'chat', 'agent'];

/** {text, image}; null when it came from this very device. */
export function originOf(origin) {
  if (!origin?.channel) return null;
  if (origin.way === 'LINK') return {image: 'link', text: t('origin.link')};
  if (origin.way === 'PROPOSED') return {image: 'agent', text: t('origin.proposed', {name: origin.by})};
  if (origin.way === 'BY_AGENT') return {image: 'agent', text: t('origin.byAgent', {name: origin.by})};
  if (SERVICE.includes(origin.channel) || (origin.by && origin.by !== 'customer')) {
    return {image: 'agent', text: origin.by && origin.by !== 'customer' ? t('origin.agentNamed', {name: origin.by}) : t('origin.agent')};
  }
  if (origin.channel === 'store') return {image: 'store', text: t('origin.store')};
  if (!origin.device) return origin.channel === 'app' ? {image: 'phone', text: t('origin.app')} : null;
  if (origin.device === deviceName() && origin.channel === 'web') return null;
  const kind = deviceKind(origin.device);
  return {image: kind, text: t(`origin.${kind}`)};
}
