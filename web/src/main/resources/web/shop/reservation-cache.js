/** Reservations kept on this device, so that the pickup code can be shown without a network. */
const KEY = 'filo.reservations';
const MOST = 20;

function read() {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY));
    return Array.isArray(kept?.reservations) ? kept : {at: 0, reservations: []};
  } catch {
    return {at: 0, reservations: []};
  }
}

function write(reservations) {
  try { localStorage.setItem(KEY, JSON.stringify({at: Date.now(), reservations: reservations.slice(0, MOST)})); } catch { /* then it needs the network */ }
}

/** Keeps one reservation; the newest first. */
export const keepReservation = (reservation) => write([reservation, ...read().reservations.filter((each) => each.name !== reservation.name)]);

/** Keeps what the server listed. */
export const keepReservations = write;

/** A kept reservation, or undefined. */
export const keptReservation = (name) => read().reservations.find((each) => each.name === name);

/** All kept reservations, and when they were kept (ms): {at, reservations}. */
export const keptReservations = read;

/** Forgets them: whenever another person is at the device. */
export function forgetReservations() {
  try { localStorage.removeItem(KEY); } catch { /* nothing was kept */ }
}
