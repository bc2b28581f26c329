/** Reservations kept on this device, so that the pickup code can be shown without a network. */
const KEY = 'filo.reservations';
const MOST = 20;

const read = () => {
  try { return JSON.parse(localStorage.getItem(KEY)) ?? []; } catch { return []; }
};
const write = (all) => {
  try { localStorage.setItem(KEY, JSON.stringify(all.slice(0, MOST))); } catch { /* then it needs the network */ }
};

/** Keeps one reservation; the newest first. */
export const keepReservation = (reservation) => write([reservation, ...read().filter((each) => each.name !== reservation.name)]);

/** Keeps what the server listed. */
export const keepReservations = (all) => write(all);

/** A kept reservation, or undefined. */
export const keptReservation = (name) => read().find((each) => each.name === name);

/** All kept reservations. */
export const keptReservations = read;

/** Forgets them: at sign-out, or when somebody else signs in. */
export const forgetReservations = () => {
  try { localStorage.removeItem(KEY); } catch { /* nothing was kept */ }
};
