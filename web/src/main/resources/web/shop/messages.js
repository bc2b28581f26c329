/** The kind of a message's author: CUSTOMER, AGENT or SYSTEM. */
export const authorOf = (message) => String(message.author?.kind ?? '').replace(/^(AUTHOR_)?KIND_/, '');
